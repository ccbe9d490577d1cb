// SPDX-License-Identifier: Apache-2.0
// Each request is an operation number and the address of a block of words. On Cortex-M the trap is
// BKPT 0xAB with those two in r0 and r1, and the answer comes back in r0; on RISC-V it is EBREAK
// between two shifts that do nothing, all uncompressed and on one page, with a0 and a1.
#include "boards/firmware/semihost.h"

namespace mote::semihost {
namespace {

enum Operation : uint32_t {
  kOpen = 0x01,
  kClose = 0x02,
  kWrite0 = 0x04,
  kWrite = 0x05,
  kRead = 0x06,
  kSeek = 0x0a,
  kLength = 0x0c,
  kCommandLine = 0x15,
  kExitExtended = 0x20,
};

constexpr uint32_t kApplicationExit = 0x20026;

#if defined(__riscv)
int32_t call(Operation operation, const void* block) {
  register uint32_t a0 asm("a0") = operation;
  register const void* a1 asm("a1") = block;
  asm volatile(
      ".balign 16\n"
      ".option push\n"
      ".option norvc\n"
      "slli x0, x0, 0x1f\n"
      "ebreak\n"
      "srai x0, x0, 7\n"
      ".option pop\n"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return static_cast<int32_t>(a0);
}
#else
int32_t call(Operation operation, const void* block) {
  register uint32_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = block;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return static_cast<int32_t>(r0);
}
#endif

uint32_t address(const void* pointer) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(pointer));
}

uint32_t text_length(const char* text) {
  uint32_t n = 0;
  while (text[n] != 0) ++n;
  return n;
}

}  // namespace

int open(const char* path, OpenMode mode) {
  uint32_t block[] = {address(path), static_cast<uint32_t>(mode), text_length(path)};
  int handle = call(kOpen, block);
  // QEMU 7.2 opens for appending without moving to the end.
  if (handle > 0 && mode == OpenMode::kAppend) seek(handle, static_cast<size_t>(length(handle)));
  return handle;
}

bool close(int handle) {
  uint32_t block[] = {static_cast<uint32_t>(handle)};
  return call(kClose, block) == 0;
}

size_t read(int handle, void* data, size_t bytes) {
  uint32_t block[] = {static_cast<uint32_t>(handle), address(data), bytes};
  uint32_t missing = static_cast<uint32_t>(call(kRead, block));
  return missing > bytes ? 0 : bytes - missing;
}

size_t write(int handle, const void* data, size_t bytes) {
  uint32_t block[] = {static_cast<uint32_t>(handle), address(data), bytes};
  uint32_t missing = static_cast<uint32_t>(call(kWrite, block));
  return missing > bytes ? 0 : bytes - missing;
}

bool seek(int handle, size_t position) {
  uint32_t block[] = {static_cast<uint32_t>(handle), position};
  return call(kSeek, block) >= 0;
}

int32_t length(int handle) {
  uint32_t block[] = {static_cast<uint32_t>(handle)};
  return call(kLength, block);
}

void print(const char* text) {
  call(kWrite0, text);
}

void print_unsigned(uint32_t value) {
  char digits[11];
  char* start = digits + sizeof digits - 1;
  *start = 0;
  do {
    *--start = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  print(start);
}

void print_hex(uint32_t value) {
  char digits[] = "0x00000000";
  for (int i = 9; i >= 2; --i, value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  print(digits);
}

bool command_line(char* text, size_t bytes) {
  uint32_t block[] = {address(text), bytes};
  return call(kCommandLine, block) == 0;
}

void exit(int code) {
  uint32_t block[] = {kApplicationExit, static_cast<uint32_t>(code)};
  for (;;) call(kExitExtended, block);
}

}  // namespace mote::semihost
