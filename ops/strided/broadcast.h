// SPDX-License-Identifier: Apache-2.0
// The walk of all operators that combine two tensors element by element, either repeated along
// dimensions where it has 1. The output is written in memory order, so it may be the same memory as
// an operand that isn't repeated.
#ifndef MOTE_OPS_STRIDED_BROADCAST_H_
#define MOTE_OPS_STRIDED_BROADCAST_H_

#include "ops/strided/strided.h"

namespace mote {

/// output = function(a, b) for each turn of the loops.
template <typename A, typename B, typename Output, typename Function>
void broadcast(const StridedLoops<2>& loops, const A* a, const B* b, Output* output,
               Function function) {
  int32_t length = loops.row_length();
  int32_t stride_a = loops.row_stride(0), stride_b = loops.row_stride(1);
  Walk<2> at(loops);
  do {
    const A* x = a + at.offset(0);
    const B* y = b + at.offset(1);
    for (int32_t i = 0; i < length; ++i) *output++ = function(x[i * stride_a], y[i * stride_b]);
  } while (at.next_row());
}

/// Whether broadcast() stays inside a, b and the output.
template <typename A, typename B, typename Output>
bool check_broadcast(const StridedLoops<2>& loops, const Operand* operands) {
  return check_strided<A>(loops, 0, 0, operands[0]) && check_strided<B>(loops, 1, 0, operands[1]) &&
         holds_all<Output>(loops, operands[2]);
}

}  // namespace mote

#endif  // MOTE_OPS_STRIDED_BROADCAST_H_
