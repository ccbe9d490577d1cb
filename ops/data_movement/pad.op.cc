// SPDX-License-Identifier: Apache-2.0
// PAD and PADV2: a constant border around a tensor. The output is filled with the border's value,
// then the input is copied into its place. PAD's value is real 0 (the zero point of quantised
// tensors), PADV2's its third input.
#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

/// paddings [rank, 2], constant: elements before and after each dimension.
Result<std::vector<int64_t>> paddings(const NodeView& node) {
  MOTE_TRY(std::vector<int64_t> values, constant_integers(node, 1));
  const Shape& shape = node.input(1).shape;
  if (shape != Shape(node.input(0).shape.rank, 2)) {
    return fail("{} must have shape [{},2]", node.input_text(1), node.input(0).shape.rank);
  }
  for (int64_t value : values) {
    if (value < 0 || value > INT32_MAX) return fail("padding {} is out of range", value);
  }
  return values;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(std::vector<int64_t> around, paddings(node));
  Shape shape = node.input(0).shape;
  for (int d = 0; d < shape.rank; ++d) {
    size_t at = static_cast<size_t>(d) * 2;
    int64_t size = shape[d] + around[at] + around[at + 1];
    if (size > INT32_MAX) return fail("dimension {} would be {}", d, size);
    shape[d] = static_cast<int32_t>(size);
  }
  return std::vector<Shape>{shape};
}

Result<void> check(const NodeView& node) {
  MOTE_CHECK_OK(check_same_quantization(node, 0));
  if (!node.has_input(2)) return {};
  if (node.input(2).shape.elements() != 1) {
    return fail("{} must have one element", node.input_text(2));
  }
  return check_same_quantization(node, 2);
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(std::vector<int64_t> around, paddings(node));
  const Tensor& output = node.output();
  const Shape& input = node.input(0).shape;
  Strides strides = row_major_strides(output.shape);
  int32_t offset = 0;
  for (size_t d = 0; d < static_cast<size_t>(input.rank); ++d) {
    offset += static_cast<int32_t>(around[2 * d]) * strides[d];
  }
  Value border = node.has_input(2) ? node.in(2) : zero_constant(node, output);
  emit_strided_copy(node, output.dtype, output.shape, {border, Strides{}}, {node.out(), strides});
  emit_strided_copy(node, output.dtype, input, {node.in(0), row_major_strides(input)},
                    {node.out(), strides, offset});
  return {};
}

template <typename T>
Graph make_case(std::mt19937& random, DType dtype, Shape shape, std::vector<T> around, bool v2) {
  GraphBuilder b(v2 ? "padv2" : "pad");
  Quantization q = random_quantization(random, dtype);
  TensorId input = b.input(dtype, shape, q);
  TensorId amounts = b.constant(Shape(shape.rank, 2), around);
  std::vector<TensorId> inputs = {input, amounts};
  if (v2) inputs.push_back(b.random_constant(random, dtype, Shape(1), q));
  return b.build({b.node(v2 ? padv2_record() : pad_record(), inputs, {}, dtype, q)});
}

std::vector<Graph> make_cases(std::mt19937& random, bool v2) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    graphs.push_back(
        make_case<int32_t>(random, dtype, Shape(1, 3, 2, 2), {0, 0, 1, 1, 0, 2, 0, 0}, v2));
    graphs.push_back(make_case<int64_t>(random, dtype, Shape(3), {2, 1}, v2));
  }
  graphs.push_back(make_case<int32_t>(random, DType::kInt8, Shape(2, 2, 1, 2, 1, 2),
                                      {0, 1, 1, 0, 0, 0, 2, 0, 0, 0, 1, 1}, v2));
  graphs.push_back(make_case<int32_t>(random, DType::kInt8, Shape(2, 2), {0, 0, 0, 0}, v2));
  return graphs;
}

OperatorRecord make_record(std::string_view name, std::string_view options) {
  return {
      .name = name,
      .tflite_options = options,
      .inputs = {{"input"}, {"paddings"}},
      .outputs = {{"output"}},
      .types = {},
      .kernels = strided_copy_kernels(),
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = nullptr,
  };
}

}  // namespace

const OperatorRecord& pad_record() {
  static const OperatorRecord record = [] {
    OperatorRecord pad = make_record("PAD", "PadOptions");
    pad.max_version = 4;
    pad.types = movement_types({{DType::kInt32}, {DType::kInt64}});
    pad.cases = [](std::mt19937& random) { return make_cases(random, false); };
    return pad;
  }();
  return record;
}

const OperatorRecord& padv2_record() {
  static const OperatorRecord record = [] {
    OperatorRecord pad = make_record("PADV2", "PadV2Options");
    pad.max_version = 4;
    pad.inputs.push_back({"constant_values"});
    for (DType dtype : movable_types()) {
      for (DType amounts : {DType::kInt32, DType::kInt64}) {
        pad.types.push_back({{dtype, amounts, dtype}, {dtype}});
      }
    }
    pad.cases = [](std::mt19937& random) { return make_cases(random, true); };
    return pad;
  }();
  return record;
}

}  // namespace mote
