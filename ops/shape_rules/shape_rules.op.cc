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

Result<std::vector<int64_t>> constant_integers(const NodeView& node, int i) {
  const Tensor& tensor = node.input(i);
  if (!tensor.constant()) return fail("{} must be a constant", node.input_text(i));
  // Shape rules also run on graphs that aren't verified yet.
  if (tensor.data->size() != tensor.bytes()) {
    return fail("{} has {} bytes of data", node.input_text(i), tensor.data->size());
  }
  return tensor.dtype == DType::kInt64 ? widen<int64_t>(tensor) : widen<int32_t>(tensor);
}

Result<int> resolve_axis(int64_t axis, int rank) {
  int64_t resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved >= rank) {
    return fail("axis {} doesn't exist in {} dimensions", axis, rank);
  }
  return static_cast<int>(resolved);
}

Result<void> check_same_quantization(const NodeView& node, int i) {
  const Tensor &input = node.input(i), &output = node.output();
  if (input.dtype != DType::kInt8 && input.dtype != DType::kUInt8) return {};
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
