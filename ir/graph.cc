// SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

#include <fmt/ranges.h>

namespace mote {

Quantization quantization(float scale, int32_t zero_point) {
  Quantization q;
  q.scales = {scale};
  q.zero_points = {zero_point};
  return q;
}

std::string shape_text(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape.dims, shape.dims + shape.rank, ","));
}

std::string type_text(DType dtype, const Shape& shape) {
  return name_of(dtype) + shape_text(shape);
}

std::string type_text(const Tensor& tensor) {
  return type_text(tensor.dtype, tensor.shape);
}

}  // namespace mote
