// SPDX-License-Identifier: Apache-2.0
// What shape rules of many operators share: constant operands that hold integers (paddings, axes,
// permutations), and axes counted from the back.
#ifndef MOTE_OPS_SHAPE_RULES_SHAPE_RULES_OP_H_
#define MOTE_OPS_SHAPE_RULES_SHAPE_RULES_OP_H_

#include <vector>

#include "ir/record.h"

namespace mote {

/// The elements of input i. Errors: it isn't a constant. REQUIRES: its type is int32 or int64.
Result<std::vector<int64_t>> constant_integers(const NodeView& node, int i);

/// `axis` of a tensor of this rank, with -1 the innermost. Errors: out of range.
Result<int> resolve_axis(int64_t axis, int rank);

/// Errors: input i and the output are int8 or uint8 and differ in scale (by more than TFLite
/// allows) or zero point, where the operator doesn't requantise.
Result<void> check_same_quantization(const NodeView& node, int i);

}  // namespace mote

#endif  // MOTE_OPS_SHAPE_RULES_SHAPE_RULES_OP_H_
