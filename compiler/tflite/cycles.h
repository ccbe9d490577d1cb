// SPDX-License-Identifier: Apache-2.0
// CIRCULAR_BUFFER's period. TFLM ends a run at a CIRCULAR_BUFFER in all runs but every n-th one, n
// being its `cycles_max`: strided streaming convolutions, whose later layers have something to do
// less often. Here the operators behind it become the body of an IF that a counter decides on, so
// that only the reader knows of runs that end early. In such runs the model's outputs are those of
// the last whole run (at first their zero points), where TFLM leaves them as they happen to be.
#ifndef MOTE_COMPILER_TFLITE_CYCLES_H_
#define MOTE_COMPILER_TFLITE_CYCLES_H_

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote::tflite {

/// Rewrites the main graph's CIRCULAR_BUFFERs to a period of 1. One that doesn't say its period (0
/// or less) has the one that TFLM takes: 1 with 5, 13 or 25 slots, for the fifth such buffer also
/// with slots of [2, 96], and otherwise 2.
void expand_cycles(Graph* graph);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_CYCLES_H_
