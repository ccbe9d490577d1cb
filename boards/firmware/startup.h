// SPDX-License-Identifier: Apache-2.0
// Between the start-up code of a core (cortex_m.cc, rv32.cc), which owns the first instruction and
// the fault handler, and what is the same for all (startup.cc).
#ifndef MOTE_BOARDS_FIRMWARE_STARTUP_H_
#define MOTE_BOARDS_FIRMWARE_STARTUP_H_

#include <stdint.h>

/// The exit code after a "mote-fault:" line.
constexpr int kFaultExitCode = 125;

extern "C" {

// Addresses from the linker script; only their addresses mean anything.
extern uint32_t mote_data_start[], mote_data_end[], mote_data_load[];
extern uint32_t mote_bss_start[], mote_bss_end[];
extern uint32_t mote_stack_bottom[], mote_stack_top[];

/// Sets up memory and runs mote_main(). REQUIRES: the stack pointer is at mote_stack_top.
[[noreturn]] void mote_start();
}

#endif  // MOTE_BOARDS_FIRMWARE_STARTUP_H_
