// SPDX-License-Identifier: Apache-2.0
// What a firmware on a virtual board offers and may call. The start-up code (startup.cc) sets up
// memory, splits the semihosting command line and calls mote_main(); returning from it, or calling
// mote_exit() anywhere, ends the emulation with that exit code. Device code: C++17, no libc.
#ifndef MOTE_BOARDS_FIRMWARE_FIRMWARE_H_
#define MOTE_BOARDS_FIRMWARE_FIRMWARE_H_

#include <stddef.h>
#include <stdint.h>

extern "C" {

/// The firmware's entry point, written by its author. argv[0] is "firmware", then come the run's
/// arguments. The result is the exit code (0 to 255; 125 is taken by the fault report).
int mote_main(int argc, char** argv);

/// Reports the peak stack use on the console and ends the run.
[[noreturn]] void mote_exit(int code);

/// Bytes of stack that have been used at most since the start, by looking where the paint is gone.
uint32_t mote_stack_peak_bytes();
}

#endif  // MOTE_BOARDS_FIRMWARE_FIRMWARE_H_
