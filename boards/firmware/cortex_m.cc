// SPDX-License-Identifier: Apache-2.0
// Start-up for every Cortex-M: vector table, FPU on, .data copied, .bss zeroed, stack painted, then
// mote_main(). There are no global constructors to run: the linker script refuses them. Any fault
// or unexpected interrupt prints one "mote-fault:" line and exits with code 125, never hangs.
#include "boards/firmware/firmware.h"
#include "boards/firmware/semihost.h"

extern "C" {
// Addresses from cortex_m.ld; only their addresses mean anything.
extern uint32_t mote_data_start[], mote_data_end[], mote_data_load[];
extern uint32_t mote_bss_start[], mote_bss_end[];
extern uint32_t mote_stack_bottom[], mote_stack_top[];
}

namespace {

using mote::semihost::print;
using mote::semihost::print_hex;
using mote::semihost::print_unsigned;

constexpr uint32_t kStackPaint = 0xa5c3e187;
constexpr int kFaultExitCode = 125;
constexpr int kMaxArguments = 32;
constexpr size_t kCommandLineBytes = 1024;

volatile uint32_t& system_register(uint32_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}

/// Fills the stack below this function's own frame.
__attribute__((noinline)) void paint_stack() {
  uint32_t* here = static_cast<uint32_t*>(__builtin_frame_address(0)) - 16;
  for (uint32_t* word = mote_stack_bottom; word < here; ++word) *word = kStackPaint;
}

void set_up_memory() {
  const uint32_t* from = mote_data_load;
  for (uint32_t* word = mote_data_start; word < mote_data_end;) *word++ = *from++;
  for (uint32_t* word = mote_bss_start; word < mote_bss_end;) *word++ = 0;
}

/// Lets a division by zero fault instead of giving 0; cores without the bit ignore it.
void trap_division_by_zero() {
  system_register(0xe000ed14) = system_register(0xe000ed14) | 1u << 4;
}

/// Splits `line` at spaces, in place; returns how many words there are.
int split(char* line, char** words) {
  int n = 0;
  for (char* c = line; *c != 0 && n < kMaxArguments;) {
    while (*c == ' ') *c++ = 0;
    if (*c != 0) words[n++] = c;
    while (*c != 0 && *c != ' ') ++c;
  }
  return n;
}

char command_line[kCommandLineBytes];
char* arguments[kMaxArguments + 1];

}  // namespace

extern "C" {

// GCC's run-time library mentions this symbol in unwind tables that the linker script drops.
__attribute__((weak)) void __aeabi_unwind_cpp_pr0() {}

uint32_t mote_stack_peak_bytes() {
  const uint32_t* word = mote_stack_bottom;
  while (word < mote_stack_top && *word == kStackPaint) ++word;
  return static_cast<uint32_t>((mote_stack_top - word) * sizeof *word);
}

void mote_exit(int code) {
  uint32_t peak = mote_stack_peak_bytes();
  print("mote-stack: ");
  print_unsigned(peak);
  print(" of ");
  print_unsigned(static_cast<uint32_t>((mote_stack_top - mote_stack_bottom) * sizeof(uint32_t)));
  print("\n");
  mote::semihost::exit(code);
}

/// `frame` is where the core stacked r0-r3, r12, lr, pc and xpsr; it may be anything at all if the
/// stack pointer itself was at fault.
__attribute__((used, noreturn)) void mote_fault(const uint32_t* frame) {
  bool readable = (reinterpret_cast<uintptr_t>(frame) & 3) == 0 && frame >= mote_data_start &&
                  frame + 8 <= mote_stack_top;
  uint32_t exception;
  asm volatile("mrs %0, ipsr" : "=r"(exception));
  print("mote-fault: pc=");
  print_hex(readable ? frame[6] : 0);
  print(" lr=");
  print_hex(readable ? frame[5] : 0);
  print(" cfsr=");
  print_hex(system_register(0xe000ed28));
  print(" address=");
  print_hex(system_register(0xe000ed38));
  print(" exception=");
  print_unsigned(exception);
  print("\n");
  mote::semihost::exit(kFaultExitCode);
}

/// Takes the stacked frame's address and starts on a fresh stack, since the old one may be the
/// fault's cause.
__attribute__((naked, used)) void mote_fault_entry() {
  asm volatile(
      "mov r1, lr\n"
      "movs r2, #4\n"
      "tst r1, r2\n"
      "mrs r0, msp\n"
      "beq 1f\n"
      "mrs r0, psp\n"
      "1:\n"
      "ldr r1, =mote_stack_top\n"
      "mov sp, r1\n"
      "bl mote_fault\n");
}

__attribute__((used, noreturn)) void mote_start() {
  set_up_memory();
  paint_stack();
  trap_division_by_zero();
  if (!mote::semihost::command_line(command_line, sizeof command_line)) {
    print("mote-fault: the command line is longer than 1024 bytes\n");
    mote::semihost::exit(kFaultExitCode);
  }
  int n = split(command_line, arguments);
  mote_exit(mote_main(n, arguments));
}

/// Where the core starts: gives full access to the FPU (CPACR, CP10 and CP11) before any compiled
/// code, which might use its registers.
__attribute__((naked, used)) void mote_reset() {
  asm volatile(
#if defined(__ARM_FP)
      "ldr r0, =0xe000ed88\n"
      "ldr r1, [r0]\n"
      "ldr r2, =0x00f00000\n"
      "orrs r1, r2\n"
      "str r1, [r0]\n"
      "dsb\n"
      "isb\n"
#endif
      "bl mote_start\n");
}
}  // extern "C"

namespace {

union Vector {
  const void* stack_top;
  void (*handler)();
};

constexpr int kVectors = 16 + 48;

struct VectorTable {
  Vector entries[kVectors];
};

constexpr VectorTable make_vectors() {
  VectorTable table = {};
  table.entries[0].stack_top = mote_stack_top;
  table.entries[1].handler = mote_reset;
  for (int i = 2; i < kVectors; ++i) table.entries[i].handler = mote_fault_entry;
  return table;
}

__attribute__((section(".vectors"), used)) constexpr VectorTable kVectorTable = make_vectors();

}  // namespace
