// SPDX-License-Identifier: Apache-2.0
// Real numbers and the bytes of tensors, both ways.
#ifndef MOTE_TRAIN_QUANTIZE_VALUES_H_
#define MOTE_TRAIN_QUANTIZE_VALUES_H_

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "ir/graph.h"

namespace mote::quantize {

template <typename T>
std::shared_ptr<const Bytes> bytes_of_values(const std::vector<T>& values) {
  auto bytes = std::make_shared<Bytes>(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes->data(), values.data(), bytes->size());
  return bytes;
}

template <typename T>
T rounded(double value, double low, double high) {
  return static_cast<T>(std::clamp(std::round(value), low, high));
}

/// float32 bytes as numbers.
std::vector<float> floats_of(const Bytes& bytes);

/// A constant's or a value's numbers by its tensor's type and quantisation: floats as they are,
/// integers with a scale for the whole tensor or for each channel. REQUIRES: float32, int8, uint8,
/// int16, int32 or int64.
std::vector<float> real_values(const Tensor& tensor, const Bytes& bytes);

/// Numbers as a tensor's bytes: rounded half away from zero, clipped. REQUIRES: float32, int8,
/// uint8 or int16, one scale.
Bytes stored_values(const Tensor& tensor, const std::vector<float>& values);

/// The index of each element in dimension `axis`.
class ChannelIndex {
 public:
  ChannelIndex(const Shape& shape, int axis)
      : channels_(static_cast<size_t>(shape.dims[axis])),
        inner_(static_cast<size_t>(shape.product(axis + 1, shape.rank))) {}
  size_t operator()(size_t element) const { return element / inner_ % channels_; }
  size_t channels() const { return channels_; }

 private:
  size_t channels_, inner_;
};

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_VALUES_H_
