// SPDX-License-Identifier: Apache-2.0
// TRANSPOSE: output dimension d is input dimension perm[d]; perm is a constant.
#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

Result<std::vector<int>> permutation(const NodeView& node) {
  int rank = node.input(0).shape.rank;
  MOTE_TRY(std::vector<int64_t> given, constant_integers(node, 1));
  if (given.size() != static_cast<size_t>(rank)) {
    return fail("{} has {} elements for {} dimensions", node.input_text(1), given.size(), rank);
  }
  std::vector<int> perm;
  std::vector<bool> used(static_cast<size_t>(rank));
  for (int64_t axis : given) {
    MOTE_TRY(int resolved, resolve_axis(axis, rank));
    if (used[static_cast<size_t>(resolved)]) {
      return fail("{} names dimension {} twice", node.input_text(1), resolved);
    }
    used[static_cast<size_t>(resolved)] = true;
    perm.push_back(resolved);
  }
  return perm;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(std::vector<int> perm, permutation(node));
  Shape shape;
  for (int axis : perm) shape.push_back(node.input(0).shape[axis]);
  return std::vector<Shape>{shape};
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(std::vector<int> perm, permutation(node));
  Strides own = row_major_strides(node.input(0).shape), strides{};
  for (size_t d = 0; d < perm.size(); ++d) strides[d] = own[static_cast<size_t>(perm[d])];
  const Tensor& output = node.output();
  emit_strided_copy(node, output.dtype, output.shape, {node.in(0), strides},
                    {node.out(), row_major_strides(output.shape)});
  return {};
}

Graph make_case(std::mt19937& random, DType dtype, Shape shape, std::vector<int32_t> perm) {
  GraphBuilder b("transpose");
  Quantization q = random_quantization(random, dtype);
  TensorId input = b.input(dtype, shape, q);
  TensorId order = b.constant(Shape(static_cast<int32_t>(perm.size())), perm);
  return b.build({b.node(transpose_record(), {input, order}, {}, dtype, q)});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    graphs.push_back(make_case(random, dtype, Shape(2, 3, 4, 5), {0, 3, 1, 2}));
    graphs.push_back(make_case(random, dtype, Shape(3, 5), {1, 0}));
  }
  graphs.push_back(make_case(random, DType::kInt8, Shape(2, 3, 2, 2, 3, 2), {5, 3, 1, 4, 2, 0}));
  graphs.push_back(make_case(random, DType::kInt8, Shape(4, 1, 3), {-3, 1, 2}));
  return graphs;
}

}  // namespace

const OperatorRecord& transpose_record() {
  static const OperatorRecord record = {
      .name = "TRANSPOSE",
      .max_version = 6,
      .tflite_options = "TransposeOptions",
      .inputs = {{"input"}, {"perm"}},
      .outputs = {{"output"}},
      .types = movement_types({{DType::kInt32}}),
      .kernels = strided_copy_kernels(),
      .infer = infer,
      .check = accept_any_quantization,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
