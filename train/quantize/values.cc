// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/values.h"

namespace mote::quantize {
namespace {

template <typename T>
std::vector<float> scaled(const Tensor& tensor, const Bytes& bytes) {
  const Quantization& q = tensor.quantization;
  ChannelIndex channel(tensor.shape, q.per_channel() ? q.axis : 0);
  std::vector<float> values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T stored;
    std::memcpy(&stored, &bytes[i * sizeof(T)], sizeof(T));
    size_t c = q.per_channel() ? channel(i) : 0;
    double real = q.quantized() ? (static_cast<double>(stored) - q.zero_points[c]) * q.scales[c]
                                : static_cast<double>(stored);
    values[i] = static_cast<float>(real);
  }
  return values;
}

template <typename T>
Bytes rounded_values(const Tensor& tensor, const std::vector<float>& values, double low,
                     double high) {
  Bytes bytes(values.size() * sizeof(T));
  double scale = tensor.quantization.scale(), zero = tensor.quantization.zero_point();
  for (size_t i = 0; i < values.size(); ++i) {
    T stored = rounded<T>(values[i] / scale + zero, low, high);
    std::memcpy(&bytes[i * sizeof(T)], &stored, sizeof(T));
  }
  return bytes;
}

}  // namespace

std::vector<float> floats_of(const Bytes& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

std::vector<float> real_values(const Tensor& tensor, const Bytes& bytes) {
  switch (tensor.dtype) {
    case DType::kInt8:
      return scaled<int8_t>(tensor, bytes);
    case DType::kUInt8:
      return scaled<uint8_t>(tensor, bytes);
    case DType::kInt16:
      return scaled<int16_t>(tensor, bytes);
    case DType::kInt32:
      return scaled<int32_t>(tensor, bytes);
    case DType::kInt64:
      return scaled<int64_t>(tensor, bytes);
    default:
      return floats_of(bytes);
  }
}

Bytes stored_values(const Tensor& tensor, const std::vector<float>& values) {
  switch (tensor.dtype) {
    case DType::kInt8:
      return rounded_values<int8_t>(tensor, values, -128, 127);
    case DType::kUInt8:
      return rounded_values<uint8_t>(tensor, values, 0, 255);
    case DType::kInt16:
      return rounded_values<int16_t>(tensor, values, -32768, 32767);
    default:
      return *bytes_of_values(values);
  }
}

}  // namespace mote::quantize
