// SPDX-License-Identifier: Apache-2.0
// Start-up for every Cortex-M: vector table, FPU on, then startup.cc. Any fault or unexpected
// interrupt prints one "mote-fault:" line and exits with code 125, never hangs.
#include "boards/firmware/semihost.h"
#include "boards/firmware/startup.h"

namespace {

using mote::semihost::print;
using mote::semihost::print_hex;
using mote::semihost::print_unsigned;

/// Whether the core has fault status registers: ARMv6-M and ARMv8-M's baseline don't.
constexpr bool kTellsCause = __ARM_ARCH_ISA_THUMB > 1;

volatile uint32_t& system_register(uint32_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}

}  // namespace

extern "C" {

// GCC's run-time library mentions this symbol in unwind tables that the linker script drops.
__attribute__((weak)) void __aeabi_unwind_cpp_pr0() {}

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
  print_hex(kTellsCause ? system_register(0xe000ed28) : 0);
  print(" address=");
  print_hex(kTellsCause ? system_register(0xe000ed38) : 0);
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

/// Where the core starts, before any compiled code; right behind the vector table, for machines
/// that are told to start here. Says where stack and table are (VTOR) to those. Lets a division by
/// zero fault instead of giving 0 (CCR). On ARMv7-M, MPU region 0 makes everything below 0x20000000
/// read-only as flash is: QEMU's MPS2 takes writes there, so an overflowing stack would go on into
/// the code. Gives full access to the FPU and MVE (CPACR, CP10 and CP11).
__attribute__((naked, used, section(".reset"))) void mote_reset() {
  asm volatile(
      "ldr r0, =mote_stack_top\n"
      "mov sp, r0\n"
#if __ARM_ARCH_ISA_THUMB > 1
      "ldr r0, =0xe000ed08\n"
      "ldr r1, =mote_vectors\n"
      "str r1, [r0]\n"
      "ldr r0, =0xe000ed14\n"
      "ldr r1, [r0]\n"
      "movs r2, #16\n"
      "orrs r1, r2\n"
      "str r1, [r0]\n"
#endif
#if __ARM_ARCH == 7
      "ldr r0, =0xe000ed90\n"
      "movs r1, #0\n"
      "str r1, [r0, #8]\n"
      "str r1, [r0, #12]\n"
      "ldr r1, =0x06020039\n"
      "str r1, [r0, #16]\n"
      "movs r1, #5\n"
      "str r1, [r0, #4]\n"
      "dsb\n"
      "isb\n"
#endif
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
