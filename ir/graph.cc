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

Bytes initial_value(const Tensor& tensor) {
  if (tensor.data) return *tensor.data;
  Bytes bytes(tensor.bytes());
  uint32_t zero_point = static_cast<uint32_t>(tensor.quantization.zero_point());
  size_t width = bits_of(tensor.dtype) / 8;
  for (size_t i = 0; width <= sizeof zero_point && i < bytes.size(); ++i) {
    bytes[i] = static_cast<uint8_t>(zero_point >> 8 * (width == 0 ? 0 : i % width));
  }
  return bytes;
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
