// SPDX-License-Identifier: Apache-2.0
#include "ops/shape_rules/shape_rules.op.h"

#include <cmath>

namespace mote {
namespace {

template <typename T>
std::vector<int64_t> widen(const Tensor& tensor) {
  const T* elements = tensor.as<T>();
  return std::vector<int64_t>(elements, elements + tensor.shape.elements());
}

}  // namespace

Result<std::vector<Shape>> infer_same_shape(const NodeView& node) {
  return std::vector<Shape>{node.input(0).shape};
}

int32_t element_count(const NodeView& node) {
  return static_cast<int32_t>(node.output().shape.elements());
}

Result<std::vector<int64_t>> constant_integers(const NodeView& node, int i) {
  const Tensor& tensor = node.input(i);
  if (!tensor.constant()) return fail("{} must be a constant", node.input_text(i));
  // Shape rules also run on graphs that aren't verified yet.
  if (tensor.data->size() != tensor.bytes()) {
    return fail("{} has {} bytes of data", node.input_text(i), tensor.data->size());
  }
  return tensor.dtype == DType::kInt64 ? widen<int64_t>(tensor) : widen<int32_t>(tensor);
}

Result<Shape> constant_shape(const NodeView& node, int i) {
  MOTE_TRY(std::vector<int64_t> dims, constant_integers(node, i));
  if (dims.size() > kMaxRank) {
    return fail("{} names {} dimensions, at most {} are supported", node.input_text(i), dims.size(),
                kMaxRank);
  }
  Shape shape;
  for (int64_t dim : dims) {
    if (dim < 1 || dim > INT32_MAX) return fail("{} has dimension {}", node.input_text(i), dim);
    shape.push_back(static_cast<int32_t>(dim));
  }
  return shape;
}

Result<int> resolve_axis(int64_t axis, int rank) {
  int64_t resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved >= rank) {
    return fail("axis {} doesn't exist in {} dimensions", axis, rank);
  }
  return static_cast<int>(resolved);
}

Result<int64_t> constant_integer(const NodeView& node, int i) {
  MOTE_TRY(std::vector<int64_t> values, constant_integers(node, i));
  if (values.size() != 1) return fail("{} must have one element", node.input_text(i));
  return values[0];
}

Result<int> constant_axis(const NodeView& node, int i, int rank) {
  MOTE_TRY(int64_t axis, constant_integer(node, i));
  return resolve_axis(axis, rank);
}

Result<void> accept_any_quantization(const NodeView&) {
  return {};
}

Result<void> check_rank(const NodeView& node, int i, int rank) {
  if (node.input(i).shape.rank == rank) return {};
  return fail("{} must have {} dimension{}", node.input_text(i), rank, rank == 1 ? "" : "s");
}

Result<void> check_same_quantization(const NodeView& node, int i) {
  const Tensor &input = node.input(i), &output = node.output();
  bool quantized =
      input.dtype == DType::kInt8 || input.dtype == DType::kUInt8 || input.dtype == DType::kInt16;
  if (!quantized) return {};
  const Quantization &from = input.quantization, &to = output.quantization;
  constexpr float kScaleTolerance = 1e-6f;
  if (std::fabs(from.scale() - to.scale()) <= kScaleTolerance &&
      from.zero_point() == to.zero_point()) {
    return {};
  }
  return fail("{} has scale {} and zero point {}, {} has {} and {}; they must be equal",
              node.input_text(i), from.scale(), from.zero_point(), node.output_text(), to.scale(),
              to.zero_point());
}

}  // namespace mote
