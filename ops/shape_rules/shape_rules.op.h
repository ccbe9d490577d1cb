// SPDX-License-Identifier: Apache-2.0
// What shape rules of many operators share: constant operands that hold integers (paddings, axes,
// permutations), and axes counted from the back.
#ifndef MOTE_OPS_SHAPE_RULES_SHAPE_RULES_OP_H_
#define MOTE_OPS_SHAPE_RULES_SHAPE_RULES_OP_H_

#include <vector>

#include "ir/record.h"

namespace mote {

/// The shape rule of elementwise operators: the output has input 0's shape.
Result<std::vector<Shape>> infer_same_shape(const NodeView& node);
/// How many elements output 0 has.
int32_t element_count(const NodeView& node);

/// The elements of input i. Errors: it isn't a constant. REQUIRES: its type is int32 or int64.
Result<std::vector<int64_t>> constant_integers(const NodeView& node, int i);

/// The elements of input i as dimensions. Errors: below 1, or too many.
Result<Shape> constant_shape(const NodeView& node, int i);

/// `axis` of a tensor of this rank, with -1 the innermost. Errors: out of range.
Result<int> resolve_axis(int64_t axis, int rank);

/// The one element of input i. Errors: it isn't a constant, or not one.
Result<int64_t> constant_integer(const NodeView& node, int i);

/// The same as an axis of a tensor of this rank.
Result<int> constant_axis(const NodeView& node, int i, int rank);

/// Errors: input i hasn't `rank` dimensions.
Result<void> check_rank(const NodeView& node, int i, int rank);

/// The check of records that accept any quantisation.
Result<void> accept_any_quantization(const NodeView& node);

/// Errors: input i and the output are int8, uint8 or int16 and differ in scale (by more than TFLite
/// allows) or zero point, where the operator doesn't requantise.
Result<void> check_same_quantization(const NodeView& node, int i);

}  // namespace mote

#endif  // MOTE_OPS_SHAPE_RULES_SHAPE_RULES_OP_H_
