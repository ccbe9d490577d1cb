// SPDX-License-Identifier: Apache-2.0
#include "ops/data_movement/copies.op.h"

#include <algorithm>

#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

Graph make_case(std::mt19937& random, const OperatorRecord& record, DType dtype,
                const MovementCase& one) {
  GraphBuilder b("copies");
  Quantization q = random_quantization(random, dtype);
  std::vector<TensorId> inputs;
  for (const CaseOperand& operand : one.operands) {
    inputs.push_back(operand.integers.empty() ? b.input(dtype, operand.shape, q)
                                              : b.constant(operand.shape, operand.integers));
  }
  return b.build(b.node(record, inputs, one.attributes, dtype, q, one.outputs));
}

}  // namespace

Copy fill_with_zero(const Shape& shape) {
  return {.source = Copy::kZero, .shape = shape, .to_strides = row_major_strides(shape)};
}

int64_t offset_of(const std::vector<int64_t>& index, const Strides& strides) {
  int64_t offset = 0;
  for (size_t d = 0; d < index.size(); ++d) offset += index[d] * strides[d];
  return offset;
}

void emit_copies(Lowering& node, const CopyPlan& plan) {
  for (const Copy& copy : plan.copies) {
    const Tensor& output = node.output(copy.to);
    Value source = copy.source == Copy::kInput    ? node.in(copy.from)
                   : copy.source == Copy::kOutput ? node.out(copy.from)
                                                  : zero_constant(node, output);
    emit_strided_copy(node, output.dtype, copy.shape,
                      {source, copy.from_strides, static_cast<int32_t>(copy.from_offset)},
                      {node.out(copy.to), copy.to_strides, static_cast<int32_t>(copy.to_offset)});
  }
}

Result<void> check_copied_quantization(const NodeView& node) {
  for (int i = 0; i < node.input_count(); ++i) {
    if (!node.has_input(i) || node.input(i).dtype != node.output().dtype) continue;
    MOTE_CHECK_OK(check_same_quantization(node, i));
  }
  return {};
}

std::vector<Graph> movement_cases(std::mt19937& random, const OperatorRecord& record,
                                  const std::vector<MovementCase>& cases) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    graphs.push_back(make_case(random, record, dtype, cases[0]));
  }
  for (size_t i = 1; i < cases.size(); ++i) {
    graphs.push_back(make_case(random, record, DType::kInt8, cases[i]));
  }
  return graphs;
}

}  // namespace mote
