// SPDX-License-Identifier: Apache-2.0
// Elementary functions for devices without libm. They use only + - * / and integer arithmetic, so
// x86, ARM and RISC-V give the same bits as long as nobody contracts a·b + c into one rounding
// (-ffp-contract=off). exp() is within 1 ulp of the true value over its normal range, tanh() and
// logistic() within 2 (base/math_test.cc).
#ifndef MOTE_BASE_MATH_H_
#define MOTE_BASE_MATH_H_

#include <stdint.h>

namespace mote {

constexpr float kLargestFloat = 3.40282346638528859812e38f;

/// NaN stays NaN.
constexpr float clamp(float value, float low, float high) {
  return value < low ? low : value > high ? high : value;
}

inline void clamp_all(float* values, int32_t count, float low, float high) {
  if (high <= kLargestFloat) {
    for (int32_t i = 0; i < count; ++i) values[i] = clamp(values[i], low, high);
  } else if (low >= -kLargestFloat) {
    for (int32_t i = 0; i < count; ++i) values[i] = values[i] < low ? low : values[i];
  }
}

/// The nearest integer, ties away from zero, held within ±2^30. NaN gives -2^30.
constexpr int32_t round_to_int(float x) {
  constexpr float kMost = 1073741824.0f;
  if (!(x > -kMost)) return -(1 << 30);
  if (x > kMost) return 1 << 30;
  int32_t whole = static_cast<int32_t>(x);
  float rest = x - static_cast<float>(whole);  // exact
  return whole + (rest >= 0.5f ? 1 : rest <= -0.5f ? -1 : 0);
}

namespace detail {

/// 2^exponent. REQUIRES: -126 <= exponent <= 127.
constexpr float power_of_two(int32_t exponent) {
  return __builtin_bit_cast(float, (exponent + 127) << 23);
}

/// e^r - 1 for |r| <= ln 2 / 2 (Cephes' expf coefficients).
constexpr float exp_minus_one_near_zero(float r) {
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r) + r;
}

}  // namespace detail

/// e^x; 0 and infinity beyond the range of float, denormals in between.
///
/// x = n·ln 2 + r with |r| <= ln 2 / 2; e^r by a polynomial, then the
/// exponent n in two factors so that neither overflows where the result doesn't.
constexpr float exp(float x) {
  if (x != x) return x;
  if (x > 88.722839f) return __builtin_inff();
  if (x < -103.972084f) return 0.0f;
  int32_t n = round_to_int(x * 1.44269504f);
  float count = static_cast<float>(n);
  // ln 2 in two parts: the first has few enough bits for count times it to be exact.
  float r = x - count * 0.693359375f;
  r = r + count * 2.12194440e-4f;
  float p = detail::exp_minus_one_near_zero(r) + 1.0f;
  int32_t half = n / 2;
  return p * detail::power_of_two(half) * detail::power_of_two(n - half);
}

/// e^x - 1, without cancellation near 0.
constexpr float exp_minus_one(float x) {
  return x > -0.34f && x < 0.34f ? detail::exp_minus_one_near_zero(x) : exp(x) - 1.0f;
}

/// tanh(x): an odd polynomial (Cephes' tanhf) near 0, 1 - 2 / (e^2x + 1) further out.
constexpr float tanh(float x) {
  float size = x < 0 ? -x : x;
  if (size < 0.625f) {
    float square = x * x;
    float p = -5.70498872745e-3f;
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    return p * square * x + x;
  }
  if (size > 9.02f) return x < 0 ? -1.0f : 1.0f;
  float result = 1.0f - 2.0f / (exp(size + size) + 1.0f);
  return x < 0 ? -result : result;
}

/// 1 / (1 + e^-x). Below -9 it is e^x and above 16.62 it is 1, to the last bit that matters.
constexpr float logistic(float x) {
  if (x > 16.619047f) return 1.0f;
  if (x < -9.0f) return exp(x);
  return 1.0f / (1.0f + exp(-x));
}

}  // namespace mote

#endif  // MOTE_BASE_MATH_H_
