// SPDX-License-Identifier: Apache-2.0
// Machine code to what timing needs of it. Thumb has one table of our own (thumb.inc): Capstone 4
// knows neither MVE nor the loops and conditional selects of ARMv8.1-M, and its register lists
// leave out which operand is the address. RISC-V goes through the simulator's decoder.
#ifndef MOTE_BOARDS_TIMING_DECODE_H_
#define MOTE_BOARDS_TIMING_DECODE_H_

#include <span>

#include "boards/timing/instruction.h"

namespace mote::timing {

/// Straight code that begins at this address. What is no known instruction has Class::kUnknown; a
/// piece of an instruction at the end is left out. Conditions of IT blocks that began earlier are
/// not known.
Code decode_thumb(std::span<const uint8_t> bytes, uint32_t address);
Code decode_rv32(std::span<const uint8_t> bytes, uint32_t address);

}  // namespace mote::timing

#endif  // MOTE_BOARDS_TIMING_DECODE_H_
