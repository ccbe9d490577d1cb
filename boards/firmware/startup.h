// SPDX-License-Identifier: Apache-2.0
// Between the start-up code of a core (cortex_m.cc, rv32.cc), which owns the first instruction and
// the fault handler, and what is the same for all (startup.cc).
#ifndef MOTE_BOARDS_FIRMWARE_STARTUP_H_
#define MOTE_BOARDS_FIRMWARE_STARTUP_H_

#include <stdint.h>

/// Room at the bottom of the stack in which a fault handler may run, so that it leaves the words
/// above as they are. Used where the fault's own stack is above it; the top otherwise.
#define MOTE_FAULT_STACK_BYTES 1024
#define MOTE_TEXT_OF(value) #value
#define MOTE_TEXT(value) MOTE_TEXT_OF(value)

/// The exit code after a "mote-fault:" line.
constexpr int kFaultExitCode = 125;

extern "C" {

// Addresses from the linker script; only their addresses mean anything.
extern uint32_t mote_data_start[], mote_data_end[], mote_data_load[];
extern uint32_t mote_bss_start[], mote_bss_end[];
extern uint32_t mote_stack_bottom[], mote_stack_top[];
extern const uint32_t mote_code_start[], mote_code_end[];

/// Prints one "mote-calls:" line with the words between `stack` and mote_stack_top that lie in
/// code, the innermost first: the host finds the return addresses among them.
void mote_print_calls(const uint32_t* stack);

/// Sets up memory and runs mote_main(). REQUIRES: the stack pointer is at mote_stack_top.
[[noreturn]] void mote_start();
}

#endif  // MOTE_BOARDS_FIRMWARE_STARTUP_H_
