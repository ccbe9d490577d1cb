// SPDX-License-Identifier: Apache-2.0
// CONCATENATION: one strided copy for each input, into its part of the output.
#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  Shape shape = node.input(0).shape;
  MOTE_TRY(int axis, resolve_axis(node.integer("axis"), shape.rank));
  int64_t length = 0;
  for (int i = 0; i < node.input_count(); ++i) {
    Shape next = node.input(i).shape;
    bool same_rank = next.rank == shape.rank;
    length += same_rank ? next[axis] : 0;
    if (same_rank) next[axis] = shape[axis];
    if (next != shape || length > INT32_MAX) {
      return fail("{} differs from {} in another dimension than {}", node.input_text(i),
                  node.input_text(0), axis);
    }
  }
  shape[axis] = static_cast<int32_t>(length);
  return std::vector<Shape>{shape};
}

Result<void> check(const NodeView& node) {
  for (int i = 0; i < node.input_count(); ++i) MOTE_CHECK_OK(check_same_quantization(node, i));
  return {};
}

Result<void> lower(Lowering& node) {
  const Tensor& output = node.output();
  MOTE_TRY(int axis, resolve_axis(node.integer("axis"), output.shape.rank));
  Strides strides = row_major_strides(output.shape);
  int32_t offset = 0;
  for (int i = 0; i < node.input_count(); ++i) {
    const Shape& shape = node.input(i).shape;
    emit_strided_copy(node, output.dtype, shape, {node.in(i), row_major_strides(shape)},
                      {node.out(), strides, offset});
    offset += shape[axis] * strides[static_cast<size_t>(axis)];
  }
  return {};
}

Graph make_case(std::mt19937& random, DType dtype, std::vector<Shape> shapes, int axis) {
  GraphBuilder b("concatenation");
  Quantization q = random_quantization(random, dtype);
  std::vector<TensorId> inputs;
  for (const Shape& shape : shapes) inputs.push_back(b.input(dtype, shape, q));
  return b.build({b.node(concatenation_record(), inputs, {{"axis", int64_t{axis}}}, dtype, q)});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    graphs.push_back(
        make_case(random, dtype, {Shape(1, 2, 3), Shape(1, 2, 1), Shape(1, 2, 4)}, -1));
    graphs.push_back(make_case(random, dtype, {Shape(2, 3), Shape(1, 3)}, 0));
  }
  graphs.push_back(make_case(random, DType::kInt8, {Shape(4)}, 0));
  graphs.push_back(make_case(random, DType::kInt8, std::vector<Shape>(20, Shape(2, 1, 3)), 1));
  return graphs;
}

}  // namespace

const OperatorRecord& concatenation_record() {
  static const OperatorRecord record = {
      .name = "CONCATENATION",
      .max_version = 4,
      .tflite_options = "ConcatenationOptions",
      .inputs = {{"input", OperandSpec::kVariadic}},
      .outputs = {{"output"}},
      .attributes = {{.name = "axis", .fallback = int64_t{0}, .low = -kMaxRank, .high = kMaxRank},
                     {.name = "fused_activation_function",
                      .fallback = std::string("NONE"),
                      .choices = {"NONE"}}},
      .types = movement_types({{}}),
      .kernels = strided_copy_kernels(),
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
