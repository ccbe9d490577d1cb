// SPDX-License-Identifier: Apache-2.0
// Fixed-point arithmetic of the TFLite quantisation specification, with gemmlowp's double rounding:
// a high multiply that rounds to nearest, then a right shift that rounds half away from zero. Every
// integer kernel requantises through multiply_by_quantized_multiplier(); change a rounding here and
// every model's bits change. Shifts of negative values are arithmetic, which C++17 leaves to the
// implementation and GCC and clang promise.
#ifndef MOTE_BASE_FIXED_POINT_H_
#define MOTE_BASE_FIXED_POINT_H_

#include <stdint.h>

namespace mote {

constexpr int32_t kInt32Min = -2147483647 - 1;
constexpr int32_t kInt32Max = 2147483647;

/// A positive real number as multiplier · 2^(shift - 31): multiplier in [2^30, 2^31) or 0, shift in
/// [-31, 30]; positive shifts scale up.
struct QuantizedMultiplier {
  int32_t multiplier;
  int32_t shift;
};

constexpr int32_t clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : value;
}

/// Two's-complement addition, subtraction, multiplication and left shift that wrap without
/// undefined behaviour: a hostile image may reach them with any operand.
constexpr int32_t wrapping_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
constexpr int64_t wrapping_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
constexpr int32_t wrapping_sub(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}
constexpr int32_t wrapping_mul(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
}
/// REQUIRES: 0 <= shift < 32.
constexpr int32_t wrapping_shift_left(int32_t a, int32_t shift) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) << shift);
}

/// round(a·b / 2^31), ties away from zero towards +inf as gemmlowp has it, saturating the one
/// overflow (INT32_MIN²). (gemmlowp: SaturatingRoundingDoublingHighMul.)
constexpr int32_t saturating_rounding_doubling_high_mul(int32_t a, int32_t b) {
  if (a == b && a == kInt32Min) return kInt32Max;
  int64_t product = static_cast<int64_t>(a) * b;
  int64_t nudge = product >= 0 ? (int64_t{1} << 30) : (1 - (int64_t{1} << 30));
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

/// x / 2^exponent, rounded to nearest, ties away from zero. REQUIRES: 0 <= exponent <= 31.
constexpr int32_t rounding_divide_by_pot(int32_t x, int32_t exponent) {
  int32_t mask = static_cast<int32_t>((uint32_t{1} << exponent) - 1);
  int32_t remainder = x & mask;
  int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// x · multiplier · 2^(shift - 31) with gemmlowp's double rounding. REQUIRES: is_valid(m).
constexpr int32_t multiply_by_quantized_multiplier(int32_t x, QuantizedMultiplier m) {
  int32_t left_shift = m.shift > 0 ? m.shift : 0;
  int32_t right_shift = m.shift > 0 ? 0 : -m.shift;
  return rounding_divide_by_pot(
      saturating_rounding_doubling_high_mul(wrapping_shift_left(x, left_shift), m.multiplier),
      right_shift);
}

/// What kernels REQUIRE of a multiplier; checked once, at the door.
constexpr bool is_valid(QuantizedMultiplier m) {
  return m.shift >= -31 && m.shift <= 30;
}

/// The same for a sum of 64 bits, as int16 activations have them: the multiplier is rounded to 16
/// bits and the product once, ties up. Wraps where the sum has more than 48 bits or the result more
/// than 32. REQUIRES: is_valid_wide(m).
constexpr int32_t multiply_by_quantized_multiplier(int64_t x, QuantizedMultiplier m) {
  int32_t reduced = m.multiplier < 0x7fff0000 ? (m.multiplier + (1 << 15)) >> 16 : 0x7fff;
  int32_t shift = 15 - m.shift;
  uint64_t product = static_cast<uint64_t>(x) * static_cast<uint64_t>(reduced);
  return static_cast<int32_t>(static_cast<int64_t>(product + (uint64_t{1} << (shift - 1))) >>
                              shift);
}
constexpr bool is_valid_wide(QuantizedMultiplier m) {
  return m.multiplier >= 0 && m.shift >= -31 && m.shift <= 7;
}

}  // namespace mote

#endif  // MOTE_BASE_FIXED_POINT_H_
