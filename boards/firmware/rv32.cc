// SPDX-License-Identifier: Apache-2.0
// Start-up for RISC-V cores with machine mode: stack and global pointer, trap handler, then
// startup.cc. Any trap prints one "mote-fault:" line and exits with code 125, never hangs.
#include "boards/firmware/semihost.h"
#include "boards/firmware/startup.h"

namespace {

using mote::semihost::print;
using mote::semihost::print_hex;

#define READ_CONTROL_REGISTER(name)                                                    \
  [] {                                                                                 \
    uint32_t value;                                                                    \
    asm volatile(".option push\n.option arch, +zicsr\ncsrr %0, " #name "\n.option pop" \
                 : "=r"(value));                                                       \
    return value;                                                                      \
  }()

}  // namespace

extern "C" {

/// `return_address` is ra's value at the trap.
__attribute__((used, noreturn)) void mote_fault(uint32_t return_address) {
  print("mote-fault: pc=");
  print_hex(READ_CONTROL_REGISTER(mepc));
  print(" lr=");
  print_hex(return_address);
  print(" mcause=");
  print_hex(READ_CONTROL_REGISTER(mcause));
  print(" address=");
  print_hex(READ_CONTROL_REGISTER(mtval));
  print("\n");
  mote::semihost::exit(kFaultExitCode);
}

/// Starts on a fresh stack, since the old one may be the trap's cause.
__attribute__((naked, used, aligned(4))) void mote_trap() {
  asm volatile(
      "mv a0, ra\n"
      "la sp, mote_stack_top\n"
      "j mote_fault\n");
}

/// Where the core starts. The global pointer is the one thing that must not be addressed relative
/// to itself.
__attribute__((naked, used, section(".reset"))) void mote_reset() {
  asm volatile(
      ".option push\n"
      ".option norelax\n"
      "la gp, __global_pointer$\n"
      ".option pop\n"
      "la sp, mote_stack_top\n"
      "la t0, mote_trap\n"
      ".option push\n"
      ".option arch, +zicsr\n"
      "csrw mtvec, t0\n"
      ".option pop\n"
      "j mote_start\n");
}
}  // extern "C"
