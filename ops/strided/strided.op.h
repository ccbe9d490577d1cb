// SPDX-License-Identifier: Apache-2.0
// The host's side of strided loops: from shapes and strides to as few loops as they allow.
#ifndef MOTE_OPS_STRIDED_STRIDED_OP_H_
#define MOTE_OPS_STRIDED_STRIDED_OP_H_

#include <array>

#include "base/host/result.h"
#include "ops/strided/strided.h"

namespace mote {

// The fields of StridedLoops<1>, <2> or <3> that is member `l` of a params struct, for MOTE_FIELDS.
#define MOTE_DIMENSION_FIELDS(a) a[0], a[1], a[2], a[3], a[4], a[5]
#define MOTE_LOOPS_1_FIELDS(l) MOTE_DIMENSION_FIELDS(l.dims), MOTE_DIMENSION_FIELDS(l.strides[0])
#define MOTE_LOOPS_2_FIELDS(l) MOTE_LOOPS_1_FIELDS(l), MOTE_DIMENSION_FIELDS(l.strides[1])
#define MOTE_LOOPS_3_FIELDS(l) MOTE_LOOPS_2_FIELDS(l), MOTE_DIMENSION_FIELDS(l.strides[2])

/// Elements between neighbours along each dimension.
using Strides = std::array<int32_t, kMaxRank>;

/// The strides of a tensor of this shape in memory order.
Strides row_major_strides(const Shape& shape);

/// The strides that read a tensor of shape `from` as if it had shape `to`, 0 along dimensions that
/// are repeated. Dimensions are aligned at the innermost. REQUIRES: broadcast_shape(from, …) gave
/// `to`.
Strides broadcast_strides(const Shape& from, const Shape& to);

/// The shape that two operands broadcast to, as NumPy has it. Errors: dimensions that differ and
/// aren't 1.
Result<Shape> broadcast_shape(const Shape& a, const Shape& b);

/// Loops over `shape` with the operands' strides; loops that are one in memory for every operand
/// are merged, so that rows are long.
template <int kOperands>
StridedLoops<kOperands> make_loops(const Shape& shape,
                                   const std::array<Strides, kOperands>& strides) {
  StridedLoops<kOperands> loops{};
  for (int32_t& dim : loops.dims) dim = 1;
  int at = kMaxRank;  // loops [at, kMaxRank) are filled
  auto merges = [&](int d) {
    for (size_t i = 0; i < kOperands; ++i) {
      if (strides[i][static_cast<size_t>(d)] != loops.dims[at] * loops.strides[i][at]) return false;
    }
    return true;
  };
  for (int d = shape.rank - 1; d >= 0; --d) {
    if (shape[d] == 1) continue;
    if (at < kMaxRank && merges(d)) {
      loops.dims[at] *= shape[d];
      continue;
    }
    loops.dims[--at] = shape[d];
    for (size_t i = 0; i < kOperands; ++i) {
      loops.strides[i][at] = strides[i][static_cast<size_t>(d)];
    }
  }
  return loops;
}

}  // namespace mote

#endif  // MOTE_OPS_STRIDED_STRIDED_OP_H_
