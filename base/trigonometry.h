// SPDX-License-Identifier: Apache-2.0
// sin() and cos() in the manner of base/math.h, within 3 ulps of the true value for every float
// (base/elementary_test.cc). The angle is brought to a quarter turn with integers (Payne and
// Hanek): the float's 24 bits times those 96 bits of 2/π that matter for its exponent.
#ifndef MOTE_BASE_TRIGONOMETRY_H_
#define MOTE_BASE_TRIGONOMETRY_H_

#include "base/elementary.h"

namespace mote {
namespace detail {

/// A word of zeros, then 2/π as a binary fraction.
constexpr uint32_t kTwoOverPi[] = {0,          0xA2F9836E, 0x4E441529, 0xFC2757D1,
                                   0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB};

/// angle = (quarter + 4·k) · π/2 + rest with |rest| <= π/4.
struct Angle {
  uint32_t quarter;
  float rest;
};

/// REQUIRES: π/4 <= x, finite.
constexpr Angle reduce_angle(float x) {
  int32_t bits = __builtin_bit_cast(int32_t, x);
  uint64_t mantissa = static_cast<uint64_t>((bits & 0x7fffff) | 0x800000);
  // The first bit of 2/π that counts is the one that, times the mantissa's unit, gives two.
  int32_t first = (bits >> 23) - 150 - 2 + 32;
  auto word = [&](int32_t i) {
    const uint32_t* at = kTwoOverPi + first / 32 + i;
    uint64_t pair = static_cast<uint64_t>(at[0]) << 32 | (first % 32 == 0 ? 0 : at[1]);
    return pair << first % 32 >> 32;
  };
  uint64_t low = mantissa * word(2);
  uint64_t middle = mantissa * word(1) + (low >> 32);
  uint64_t high = mantissa * word(0) + (middle >> 32);
  uint64_t turns = high << 32 | (middle & 0xffffffff);  // in units of 2^-62 quarters
  uint64_t fraction = turns << 2;
  uint32_t quarter = static_cast<uint32_t>(turns >> 62) + static_cast<uint32_t>(fraction >> 63);
  // 2^-64 quarters, of either sign, to radians.
  constexpr float kRadians = 1.57079632679f / 18446744073709551616.0f;
  return {quarter & 3, static_cast<float>(static_cast<int64_t>(fraction)) * kRadians};
}

// Coefficients of polynomials. Not inside the functions: there a compiler may copy them to the
// stack, with memcpy, which a device needn't have.
constexpr float kSinSeries[] = {2.724686905e-06f, -1.984006305e-04f, 8.333331831e-03f,
                                -1.666666666e-01f};
constexpr float kCosSeries[] = {-2.729820780e-07f, 2.480057817e-05f, -1.388888763e-03f,
                                4.166666666e-02f};

constexpr float sin_small(float x) {
  return polynomial(kSinSeries, x * x) * (x * x) * x + x;
}

constexpr float cos_small(float x) {
  float square = x * x;
  return polynomial(kCosSeries, square) * square * square - 0.5f * square + 1.0f;
}

/// sin(x + quarter · π/2) for |x| <= π/4.
constexpr float sin_of(Angle angle) {
  float size = (angle.quarter & 1) != 0 ? cos_small(angle.rest) : sin_small(angle.rest);
  return (angle.quarter & 2) != 0 ? -size : size;
}

/// `size` as an angle.
constexpr Angle angle_of(float size) {
  constexpr float kQuarterOfPi = 0.785398163f;
  return size < kQuarterOfPi ? Angle{0, size} : reduce_angle(size);
}

}  // namespace detail

/// NaN for NaN and infinity.
constexpr float sin(float x) {
  float size = absolute(x);
  if (!(size < __builtin_inff())) return kNaN;
  float result = detail::sin_of(detail::angle_of(size));
  return x < 0 ? -result : result;
}

constexpr float cos(float x) {
  float size = absolute(x);
  if (!(size < __builtin_inff())) return kNaN;
  detail::Angle angle = detail::angle_of(size);
  return detail::sin_of({angle.quarter + 1, angle.rest});
}

}  // namespace mote

#endif  // MOTE_BASE_TRIGONOMETRY_H_
