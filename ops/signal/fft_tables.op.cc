// SPDX-License-Identifier: Apache-2.0
#include "ops/signal/fft_tables.op.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "ops/signal/signal.h"

namespace mote {
namespace {

/// cos or sin as the kernels want it: rounded half up, 1 being the largest number.
template <typename T>
T rounded(double value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    return static_cast<T>(std::floor(0.5 + std::numeric_limits<T>::max() * value));
  }
}

template <typename T>
void push_twiddle(std::vector<T>& table, double phase, bool inverse) {
  double turned = inverse ? -phase : phase;
  table.push_back(rounded<T>(std::cos(turned)));
  table.push_back(rounded<T>(std::sin(turned)));
}

template <typename T>
std::vector<T> fft_twiddles(int32_t n, bool inverse) {
  std::vector<T> table;
  for (int32_t k = 0; k < n; ++k) push_twiddle(table, -2 * std::numbers::pi * k / n, inverse);
  return table;
}

template <typename T>
std::vector<T> fft_split_twiddles(int32_t n, bool inverse) {
  std::vector<T> table;
  for (int32_t k = 0; k < n / 2; ++k) {
    push_twiddle(table, -std::numbers::pi * (static_cast<double>(k + 1) / n + 0.5), inverse);
  }
  return table;
}

template <typename T>
FftConstants constants_of(Lowering& node, int32_t fft_length, bool inverse) {
  int32_t n = fft_length / 2;
  std::vector<int32_t> radices = fft_radices(n);
  return {static_cast<int32_t>(radices.size()),
          {node.constant(radices), node.constant(fft_order(radices)),
           node.constant(fft_twiddles<T>(n, inverse)),
           node.constant(fft_split_twiddles<T>(n, inverse))}};
}

}  // namespace

Result<void> check_fft_length(int64_t fft_length) {
  int64_t rest = fft_length;
  for (int64_t prime : {2, 3, 5}) {
    while (rest > 0 && rest % prime == 0) rest /= prime;
  }
  if (fft_length < 4 || fft_length > kMostFftLength || fft_length % 2 != 0 || rest != 1) {
    return fail("fft_length is {}, must be even, a product of 2, 3 and 5, and lie in 4..{}",
                fft_length, kMostFftLength);
  }
  return {};
}

std::vector<int32_t> fft_radices(int32_t n) {
  std::vector<int32_t> radices;
  for (int32_t radix : {4, 2, 3, 5}) {
    for (; n % radix == 0; n /= radix) radices.push_back(radix);
  }
  return radices;
}

std::vector<int16_t> fft_order(const std::vector<int32_t>& radices) {
  // A stage of radix p reads every p-th element of its own input, one transform after the other.
  std::vector<int16_t> order = {0};
  int32_t stride = 1;
  for (int32_t radix : radices) stride *= radix;
  for (size_t s = radices.size(); s-- > 0;) {
    stride /= radices[s];
    std::vector<int16_t> longer;
    for (int32_t q = 0; q < radices[s]; ++q) {
      for (int16_t inner : order) longer.push_back(static_cast<int16_t>(inner + q * stride));
    }
    order = std::move(longer);
  }
  return order;
}

FftConstants fft_constants(Lowering& node, DType dtype, int32_t fft_length, bool inverse) {
  if (dtype == DType::kInt16) return constants_of<int16_t>(node, fft_length, inverse);
  if (dtype == DType::kInt32) return constants_of<int32_t>(node, fft_length, inverse);
  return constants_of<float>(node, fft_length, inverse);
}

}  // namespace mote
