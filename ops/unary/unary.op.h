// SPDX-License-Identifier: Apache-2.0
// What the records of elementwise functions share: lowering to a table for all operators that map
// 8-bit elements one by one, to a float kernel by name, and sample cases from the rows of types.
#ifndef MOTE_OPS_UNARY_UNARY_OP_H_
#define MOTE_OPS_UNARY_UNARY_OP_H_

#include <functional>

#include "base/fixed_point.h"
#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/unary/unary.h"

namespace mote {

const KernelInfo& lookup_8_kernel();
const KernelInfo& clamp_float32_kernel();
const KernelInfo& two_slopes_int16_kernel();
const KernelInfo& unary_int32_kernel();
/// One of MOTE_FLOAT_FUNCTIONS by name ("hard_swish"), in letters of either case.
const KernelInfo& float_kernel(std::string_view name);

/// 2^16 · logistic(i / 24) as TFLite's table has it (int16_curves.h): of the rounded values, some
/// are 1 higher.
std::vector<uint16_t> logistic_table();

/// Emits the table of `function`, which maps an element of the input (8 bits) to one of the output;
/// results are clamped to the output's type.
void emit_table(Lowering& node, const std::function<int32_t(int32_t)>& function);
/// The table of a function of reals, in float as TFLite fills its tables.
void emit_real_table(Lowering& node, const std::function<float(float)>& function);

/// Emits a kernel from the input to the output that may run in place.
template <typename Params>
void emit_map(Lowering& node, const KernelInfo& kernel, const Params& params) {
  node.emit(kernel, params, {node.in(0), node.out()}).in_place = {{1, 0}};
}
/// Emits the float kernel of the record's name.
Result<void> lower_float_function(Lowering& node);

/// input_scale / output_scale: what requantises the input's elements to the output.
QuantizedMultiplier requantization(double input_scale, double output_scale);
/// The same divided in float, as TFLite's activations do it, times `factor`.
QuantizedMultiplier float_requantization(const NodeView& node, float factor = 1);

/// A row {type} -> {type} for each type.
std::vector<TypeRow> same_types(std::initializer_list<DType> types);

/// The quantisation of a sample case's tensor.
using CaseQuantization = Quantization (*)(std::mt19937& random, DType dtype);

/// Cases of several shapes for each row of the record's types.
std::vector<Graph> unary_cases(std::mt19937& random, const OperatorRecord& record,
                               CaseQuantization input = random_quantization,
                               CaseQuantization output = random_quantization,
                               const Attributes& attributes = {});

/// A record with everything but types, kernels, lower and cases.
OperatorRecord unary_record(std::string_view name, int max_version, std::string_view options = {});

}  // namespace mote

#endif  // MOTE_OPS_UNARY_UNARY_OP_H_
