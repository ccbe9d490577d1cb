// SPDX-License-Identifier: Apache-2.0
// Operators that are nothing but copies whose places the host knows: each is one function that
// names the outputs' shapes and the copies; the shape rule and the lowering follow from it. So do
// sample cases from a table of operands.
#ifndef MOTE_OPS_DATA_MOVEMENT_COPIES_OP_H_
#define MOTE_OPS_DATA_MOVEMENT_COPIES_OP_H_

#include "ops/data_movement/data_movement.op.h"

namespace mote {

/// Elements along `shape`, from a source to a target that each walk with their own strides.
struct Copy {
  enum Source : uint8_t { kInput, kOutput, kZero } source = kInput;
  int from = 0;  // which input or output; kZero: a constant of one element, real 0
  int to = 0;    // which output
  Shape shape = {};
  Strides from_strides{}, to_strides{};
  int64_t from_offset = 0, to_offset = 0;
};

struct CopyPlan {
  std::vector<Shape> outputs;
  std::vector<Copy> copies;  // in order; later ones may read what earlier ones wrote
};

using CopyPlanner = Result<CopyPlan> (*)(const NodeView& node);

/// Fills output 0, which has `shape`, with real 0.
Copy fill_with_zero(const Shape& shape);
/// The sum of index · stride over the dimensions.
int64_t offset_of(const std::vector<int64_t>& index, const Strides& strides);

template <CopyPlanner kPlan>
Result<std::vector<Shape>> infer_copies(const NodeView& node) {
  MOTE_TRY(CopyPlan plan, kPlan(node));
  return plan.outputs;
}

void emit_copies(Lowering& node, const CopyPlan& plan);

template <CopyPlanner kPlan>
Result<void> lower_copies(Lowering& node) {
  MOTE_TRY(CopyPlan plan, kPlan(node));
  emit_copies(node, plan);
  return {};
}

/// Every input that has the output's type also has its quantisation.
Result<void> check_copied_quantization(const NodeView& node);

/// An operand of a sample case: an input of the case's type, or a constant int32.
struct CaseOperand {
  Shape shape = {};
  std::vector<int32_t> integers = {};
};

struct MovementCase {
  std::vector<CaseOperand> operands = {};
  Attributes attributes = {};
  int outputs = 1;
};

/// All cases in int8, the first one in every type that movement_case_types() has.
std::vector<Graph> movement_cases(std::mt19937& random, const OperatorRecord& record,
                                  const std::vector<MovementCase>& cases);

/// A record of copies with one input of data and `integers` inputs of int32 (or int64) constants.
template <CopyPlanner kPlan>
OperatorRecord copies_record(std::string_view name, int max_version, std::string_view options,
                             std::vector<OperandSpec> inputs) {
  std::vector<DType> int32(inputs.size() - 1, DType::kInt32),
      int64(inputs.size() - 1, DType::kInt64);
  return {
      .name = name,
      .max_version = max_version,
      .tflite_options = options,
      .inputs = std::move(inputs),
      .outputs = {{"output"}},
      .types = int32.empty() ? movement_types({{}}) : movement_types({int32, int64}),
      .kernels = strided_copy_kernels(),
      .infer = infer_copies<kPlan>,
      .check = check_copied_quantization,
      .lower = lower_copies<kPlan>,
      .cases = nullptr,
  };
}

}  // namespace mote

#endif  // MOTE_OPS_DATA_MOVEMENT_COPIES_OP_H_
