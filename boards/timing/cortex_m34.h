// SPDX-License-Identifier: Apache-2.0
// What Cortex-M3 and Cortex-M4 share: the same pipeline of three stages, which loads and stores
// leave a cycle early when another follows.
#ifndef MOTE_BOARDS_TIMING_CORTEX_M34_H_
#define MOTE_BOARDS_TIMING_CORTEX_M34_H_

#include "boards/timing/core_timing.h"

namespace mote::timing {

/// The second cycle of a single load, which a load or store behind it hides: n independent loads
/// back to back take n + 1.
int cortex_m34_tail(const Instruction& instruction, const Instruction* next);

/// P of the manuals' 1 + P, "1 to 3 depending on the alignment and width of the target instruction,
/// and whether the processor manages to speculate the address early".
double cortex_m34_taken(std::span<const Instruction> code, const Instruction* target);

}  // namespace mote::timing

#endif  // MOTE_BOARDS_TIMING_CORTEX_M34_H_
