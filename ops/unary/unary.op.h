// SPDX-License-Identifier: Apache-2.0
// Lowering to a table, for all operators that map 8-bit elements one by one.
#ifndef MOTE_OPS_UNARY_UNARY_OP_H_
#define MOTE_OPS_UNARY_UNARY_OP_H_

#include <functional>

#include "base/fixed_point.h"
#include "ir/lowering.h"
#include "ops/unary/unary.h"

namespace mote {

const KernelInfo& lookup_8_kernel();

/// Emits the table of `function`, which maps an element of the input (int8 or uint8) to one of the
/// output; results are clamped to the output's type.
void emit_table(Lowering& node, const std::function<int32_t(int32_t)>& function);

/// input_scale / output_scale: what requantises the input's elements to the output.
QuantizedMultiplier requantization(double input_scale, double output_scale);

}  // namespace mote

#endif  // MOTE_OPS_UNARY_UNARY_OP_H_
