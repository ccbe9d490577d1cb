// SPDX-License-Identifier: Apache-2.0
#include "ir/comparator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace mote {
namespace {

template <typename T>
double load(const Bytes& bytes, int64_t index) {
  T value;
  std::memcpy(&value, bytes.data() + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return static_cast<double>(value);
}

double half_to_double(uint16_t half) {
  double sign = half >> 15 ? -1 : 1;
  int exponent = half >> 10 & 31, fraction = half & 1023;
  if (exponent == 31) return fraction ? NAN : sign * INFINITY;
  return exponent ? sign * std::ldexp(1024 + fraction, exponent - 25)
                  : sign * std::ldexp(fraction, -24);
}

bool is_real(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat16 || dtype == DType::kFloat64;
}

/// Element `index` of two int64 or uint64 tensors, which doubles don't always tell apart.
bool same_64_bits(const Bytes& a, const Bytes& b, int64_t index) {
  size_t at = static_cast<size_t>(index) * 8;
  return std::memcmp(a.data() + at, b.data() + at, 8) == 0;
}

/// `least` is the smallest magnitude that counts.
bool close(double a, double b, double relative, double least) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return true;
  if (!std::isfinite(a) || !std::isfinite(b)) return false;
  return std::fabs(a - b) <= relative * std::max({std::fabs(a), std::fabs(b), least});
}

double largest_finite(const Tensor& tensor, const Bytes& bytes) {
  double largest = 0;
  for (int64_t i = 0; i < tensor.shape.elements(); ++i) {
    double magnitude = std::fabs(element_value(tensor.dtype, bytes, i));
    if (std::isfinite(magnitude)) largest = std::max(largest, magnitude);
  }
  return largest;
}

std::string position(const Shape& shape, int64_t element) {
  Shape index = shape;
  for (int i = shape.rank - 1; i >= 0; --i) {
    index[i] = static_cast<int32_t>(element % shape[i]);
    element /= shape[i];
  }
  return shape_text(index);
}

}  // namespace

double element_value(DType dtype, const Bytes& bytes, int64_t index) {
  switch (dtype) {
    case DType::kFloat32:
      return load<float>(bytes, index);
    case DType::kFloat64:
      return load<double>(bytes, index);
    case DType::kFloat16: {
      uint16_t half;
      std::memcpy(&half, bytes.data() + index * 2, sizeof half);
      return half_to_double(half);
    }
    case DType::kInt4: {
      int nibble = bytes[static_cast<size_t>(index / 2)] >> (index % 2 * 4) & 15;
      return nibble >= 8 ? nibble - 16 : nibble;
    }
    case DType::kInt8:
      return load<int8_t>(bytes, index);
    case DType::kBool:
    case DType::kUInt8:
      return load<uint8_t>(bytes, index);
    case DType::kInt16:
      return load<int16_t>(bytes, index);
    case DType::kUInt16:
      return load<uint16_t>(bytes, index);
    case DType::kInt32:
      return load<int32_t>(bytes, index);
    case DType::kUInt32:
      return load<uint32_t>(bytes, index);
    case DType::kInt64:
      return load<int64_t>(bytes, index);
    case DType::kUInt64:
      return load<uint64_t>(bytes, index);
  }
  return 0;
}

std::optional<Difference> compare(const Tensor& tensor, const Bytes& expected, const Bytes& actual,
                                  FloatTolerance tolerance) {
  if (expected == actual) return std::nullopt;
  Difference difference;
  int64_t elements = tensor.shape.elements();
  double least = 1e-6;
  if (tolerance.of_largest) least = std::max(least, largest_finite(tensor, expected));
  auto equal = [&](int64_t i, double a, double b) {
    if (is_real(tensor.dtype)) return close(a, b, tolerance.relative, least);
    return a == b && (bits_of(tensor.dtype) < 64 || same_64_bits(expected, actual, i));
  };
  for (int64_t i = 0; i < elements; ++i) {
    bool present = bytes_of(tensor.dtype, static_cast<uint64_t>(i) + 1) <= actual.size();
    double a = element_value(tensor.dtype, expected, i);
    double b = present ? element_value(tensor.dtype, actual, i) : NAN;
    if (present && equal(i, a, b)) continue;
    if (difference.count++ == 0) {
      difference.element = i;
      difference.expected = a;
      difference.actual = b;
    }
    difference.largest = std::max(difference.largest, std::fabs(a - b));
  }
  if (difference.count == 0) return std::nullopt;
  return difference;
}

std::string describe(const Tensor& tensor, const Difference& d) {
  return fmt::format("element {} {}: expected {}, got {} ({} of {} differ, at most by {})",
                     d.element, position(tensor.shape, d.element), d.expected, d.actual, d.count,
                     tensor.shape.elements(), d.largest);
}

}  // namespace mote
