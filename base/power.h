// SPDX-License-Identifier: Apache-2.0
// x^y in the manner of base/math.h, within 1 ulp of the true value (base/elementary_test.cc). A
// float's logarithm times y needs more bits than a float has, so this one works in double.
#ifndef MOTE_BASE_POWER_H_
#define MOTE_BASE_POWER_H_

#include "base/elementary.h"

namespace mote {
namespace detail {

// Coefficients of polynomials; outside of the functions, as in elementary.h.
constexpr double kArtanhSeries[] = {1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                                    1.0 / 7,  0.2,      1.0 / 3,  1.0};
constexpr double kExpSeries[] = {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
                                 1.0 / 720,     1.0 / 120,    1.0 / 24,    1.0 / 6,
                                 0.5,           1.0,          1.0};

/// ln x by the series of artanh((m - 1) / (m + 1)). REQUIRES: x is finite and above 0.
constexpr double wide_log(float x) {
  Split s = split(x);
  bool upper = s.fraction > 1.41421356f;
  double m = static_cast<double>(s.fraction) * (upper ? 0.5 : 1.0);
  double t = (m - 1) / (m + 1);
  return 2 * t * polynomial(kArtanhSeries, t * t) +
         (s.exponent + (upper ? 1 : 0)) * 0.6931471805599453;
}

/// e^x, to 12 digits. NaN stays NaN.
constexpr double wide_exp(double x) {
  if (x != x) return x;
  if (x > 709) return __builtin_inf();
  if (x < -708) return 0;
  int32_t n = static_cast<int32_t>(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  double r = x - n * 0.6931471805599453;
  double scale = __builtin_bit_cast(double, static_cast<int64_t>(n + 1023) << 52);
  return polynomial(kExpSeries, r) * scale;
}

constexpr float narrow(double x) {
  return x > 3.4028235677973366e38 ? __builtin_inff() : static_cast<float>(x);
}

constexpr bool is_whole(float y) {
  return truncate(y) == y;
}
constexpr bool is_odd(float y) {
  return is_whole(y) && !is_whole(0.5f * y);
}

}  // namespace detail

/// As C's powf: 1 for y = 0 or x = 1, NaN for x < 0 with a fraction in y.
constexpr float pow(float x, float y) {
  constexpr float kInfinity = __builtin_inff();
  if (y == 0 || x == 1.0f) return 1.0f;
  if (x != x || y != y) return kNaN;
  float size = absolute(x);
  if (absolute(y) == kInfinity) {
    if (size == 1.0f) return 1.0f;
    return (size > 1.0f) == (y > 0) ? kInfinity : 0.0f;
  }
  bool negative = __builtin_bit_cast(int32_t, x) < 0 && detail::is_odd(y);
  float result = 0;
  if (size == 0 || size == kInfinity) {
    result = (size == 0) == (y > 0) ? 0.0f : kInfinity;
  } else if (x < 0 && !detail::is_whole(y)) {
    return kNaN;
  } else {
    result = detail::narrow(detail::wide_exp(detail::wide_log(size) * static_cast<double>(y)));
  }
  return negative ? -result : result;
}

}  // namespace mote

#endif  // MOTE_BASE_POWER_H_
