// SPDX-License-Identifier: Apache-2.0
// RESHAPE: the same bytes under another shape. The shape comes from the constant input 1 where
// there is one, else from the attribute; one dimension may be -1.
#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

/// Replaces the one -1 by what is left of `elements`. Errors: several, or it doesn't divide.
Result<void> stretch(std::vector<int64_t>& dims, int64_t elements) {
  int64_t known = 1;
  int64_t* open = nullptr;
  for (int64_t& dim : dims) {
    if (dim == -1 && !open) {
      open = &dim;
    } else if (dim < 1 || dim > INT32_MAX || known > elements) {
      return fail("the new shape has dimension {}", dim);
    } else {
      known *= dim;
    }
  }
  if (open) *open = elements / known;
  if (open ? elements % known != 0 : known != elements) {
    return fail("the new shape has {} elements{}, the input {}", known, open ? " times -1" : "",
                elements);
  }
  return {};
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  std::vector<int64_t> dims = node.integers("new_shape");
  if (node.has_input(1)) {
    MOTE_TRY(dims, constant_integers(node, 1));
  }
  if (dims.size() > kMaxRank) {
    return fail("the new shape has {} dimensions, at most {} are supported", dims.size(), kMaxRank);
  }
  MOTE_CHECK_OK(stretch(dims, node.input(0).shape.elements()));
  Shape shape;
  for (int64_t dim : dims) shape.push_back(static_cast<int32_t>(dim));
  return std::vector<Shape>{shape};
}

Graph make_case(std::mt19937& random, DType dtype, Shape from, std::vector<int32_t> to,
                bool as_input) {
  GraphBuilder b("reshape");
  Quantization q = random_quantization(random, dtype);
  TensorId input = b.input(dtype, from, q);
  Attributes attributes;
  std::vector<TensorId> inputs = {input};
  if (as_input) {
    inputs.push_back(b.constant(Shape(static_cast<int32_t>(to.size())), to));
  } else {
    attributes["new_shape"] = std::vector<int64_t>(to.begin(), to.end());
  }
  TensorId output = b.node(reshape_record(), inputs, attributes, dtype, q);
  return b.build({output});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    graphs.push_back(make_case(random, dtype, Shape(1, 1, 1, 8), {1, 8}, true));
    graphs.push_back(make_case(random, dtype, Shape(2, 3, 4), {4, -1}, false));
  }
  graphs.push_back(make_case(random, DType::kInt8, Shape(1, 1), {}, false));  // to a scalar
  graphs.push_back(make_case(random, DType::kFloat32, Shape(7), {1, 1, -1, 1, 1, 7}, true));
  return graphs;
}

}  // namespace

const OperatorRecord& reshape_record() {
  static const OperatorRecord record = {
      .name = "RESHAPE",
      .max_version = 1,
      .tflite_options = "ReshapeOptions",
      .inputs = {{"input"}, {"shape", OperandSpec::kOptional}},
      .outputs = {{"output"}},
      .attributes = {{.name = "new_shape", .fallback = std::vector<int64_t>{}}},
      .types = movement_types({{DType::kInt32}}),
      .kernels = {&copy_bytes_kernel()},
      .infer = infer,
      .check = accept_any_quantization,
      .lower = lower_same_bytes,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
