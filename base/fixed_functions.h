// SPDX-License-Identifier: Apache-2.0
// exp, ln, tanh, logistic, 1/(1+x) and 1/sqrt(x) in 32-bit fixed point, with the bits that
// gemmlowp's functions have: TFLite's quantised SOFTMAX, LOG_SOFTMAX, LOGISTIC, TANH and RSQRT are
// defined by them. A number with i integer bits is raw / 2^(31 - i); i is an argument where
// functions take several formats. Every operation wraps or saturates, so no input has undefined
// behaviour.
#ifndef MOTE_BASE_FIXED_FUNCTIONS_H_
#define MOTE_BASE_FIXED_FUNCTIONS_H_

#include "base/fixed_point.h"

namespace mote {

/// 1 in the format without integer bits, as near as it gets.
constexpr int32_t kFixedOne = kInt32Max;

/// x · 2^exponent, saturated to ±range. REQUIRES: 0 <= exponent < 31.
constexpr int32_t saturating_shift_left(int32_t x, int32_t exponent) {
  if (exponent == 0) return x;
  int32_t limit = (1 << (31 - exponent)) - 1;
  if (x > limit) return kInt32Max;
  if (x < -limit) return kInt32Min;
  return wrapping_shift_left(x, exponent);
}

namespace detail {

/// The product of two fixed-point numbers; it has the integer bits of both.
constexpr int32_t fixed_product(int32_t a, int32_t b) {
  return saturating_rounding_doubling_high_mul(a, b);
}

/// exp(a) for a in [-1/4, 0), no integer bits: Taylor's series around -1/8 to the fourth power.
constexpr int32_t exp_last_quarter(int32_t a) {
  constexpr int32_t kExpMinusEighth = 1895147668, kThird = 715827883;
  int32_t x = wrapping_add(a, 1 << 28);
  int32_t x2 = fixed_product(x, x);
  int32_t x3 = fixed_product(x2, x);
  int32_t x4_over_4 = rounding_divide_by_pot(fixed_product(x2, x2), 2);
  int32_t sum = wrapping_add(fixed_product(wrapping_add(x4_over_4, x3), kThird), x2);
  int32_t series = wrapping_add(x, rounding_divide_by_pot(sum, 1));
  return wrapping_add(kExpMinusEighth, fixed_product(kExpMinusEighth, series));
}

/// (a + b) / 2, ties away from zero.
constexpr int32_t half_sum(int32_t a, int32_t b) {
  int64_t sum = static_cast<int64_t>(a) + b;
  return static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/// Newton-Raphson's 1 / d for d = (1 + a) / 2, a in [0, 1]; two integer bits.
constexpr int32_t reciprocal_of_half_one_plus(int32_t a) {
  constexpr int32_t k48Over17 = 1515870810, kMinus32Over17 = -1010580540, kOne = 1 << 29;
  int32_t d = half_sum(a, kFixedOne);
  int32_t x = wrapping_add(k48Over17, fixed_product(d, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    int32_t error = wrapping_sub(kOne, fixed_product(d, x));
    x = wrapping_add(x, saturating_shift_left(fixed_product(x, error), 2));
  }
  return x;
}

/// exp of minus a power of two, 2^-2 to 2^4; no integer bits.
constexpr int32_t kExpOfMinusPower[] = {1672461947, 1302514674, 790015084, 290630308,
                                        39332535,   720401,     242};

}  // namespace detail

/// exp(a) for a <= 0 with `integer_bits`; the result has none. REQUIRES: 0 <= integer_bits <= 5.
constexpr int32_t exp_on_negative_values(int32_t a, int32_t integer_bits) {
  if (a == 0) return kFixedOne;
  int32_t fraction_bits = 31 - integer_bits;
  int32_t quarter = 1 << (fraction_bits - 2);
  int32_t last_quarter = (a & (quarter - 1)) - quarter;
  int32_t result = detail::exp_last_quarter(saturating_shift_left(last_quarter, integer_bits));
  // What is left is a multiple of 1/4: one factor for each of its bits.
  uint32_t rest = static_cast<uint32_t>(wrapping_sub(last_quarter, a));
  for (int32_t power = -2; power < integer_bits; ++power) {
    if ((rest >> (fraction_bits + power) & 1) != 0) {
      result = detail::fixed_product(result, detail::kExpOfMinusPower[power + 2]);
    }
  }
  return result;
}

/// 1 / (1 + a) for a in [0, 1]; neither has integer bits.
constexpr int32_t one_over_one_plus(int32_t a) {
  return saturating_shift_left(detail::reciprocal_of_half_one_plus(a), 1);
}

/// (1 - a) / (1 + a) for a in [0, 1]; neither has integer bits.
constexpr int32_t one_minus_over_one_plus(int32_t a) {
  return saturating_shift_left(wrapping_sub(detail::reciprocal_of_half_one_plus(a), 1 << 29), 2);
}

/// logistic(a) for `integer_bits` <= 5; the result has none.
constexpr int32_t fixed_logistic(int32_t a, int32_t integer_bits) {
  if (a == 0) return 1 << 30;
  int32_t minus_size = a > 0 ? wrapping_sub(0, a) : a;
  int32_t positive = one_over_one_plus(exp_on_negative_values(minus_size, integer_bits));
  return a > 0 ? positive : wrapping_sub(kFixedOne, positive);
}

/// tanh(a) for `integer_bits` <= 4; the result has none.
constexpr int32_t fixed_tanh(int32_t a, int32_t integer_bits) {
  if (a == 0) return 0;
  int32_t minus_size = a > 0 ? wrapping_sub(0, a) : a;
  // exp(2a): the same bits with one integer bit more.
  int32_t size = one_minus_over_one_plus(exp_on_negative_values(minus_size, integer_bits + 1));
  return a > 0 ? size : wrapping_sub(0, size);
}

/// ln(a) for a >= 1 with 12 integer bits; the result has 5. As a = r · 2^n with r near
/// sqrt(sqrt(1/2)) it is n · ln(2) and a rational function of r; of two ways to cut a, the one with
/// the smaller r is taken. (TFLite: log_x_for_x_greater_than_or_equal_to_1.)
constexpr int32_t log_of_at_least_one(int32_t a) {
  using detail::fixed_product;
  constexpr int32_t kLog2 = 1488522236, kSqrtHalf = 1518500250, kFourthRootHalf = 1805811301;
  constexpr int32_t kCubic = 117049297, kDenominator0 = 1057819769, kDenominator1 = 638450708,
                    kDenominator2 = 127690142;
  constexpr int32_t kInputBits = 12, kSumBits = 6, kQuarter = 1 << (29 - kSumBits);
  if (a < 1) return 0;
  int32_t zeros = __builtin_clz(static_cast<uint32_t>(a));
  int32_t high =
      saturating_shift_left(fixed_product(saturating_shift_left(a, zeros - 1), kSqrtHalf), 1);
  int32_t high_power = (kInputBits - zeros) * (1 << (31 - kSumBits)) + kQuarter;
  int32_t scaled = fixed_product(a, kSqrtHalf);
  int32_t room = scaled > 0 ? __builtin_clz(static_cast<uint32_t>(scaled)) - 1 : 30;
  int32_t low = saturating_shift_left(a, room);
  int32_t low_power = (kInputBits - room) * (1 << (31 - kSumBits)) - kQuarter;
  int32_t r = high < low ? high : low, power = high_power > low_power ? high_power : low_power;

  int32_t q = wrapping_shift_left(wrapping_sub(r, kFourthRootHalf), 1);
  int32_t square = fixed_product(q, q);
  int32_t numerator =
      wrapping_add(fixed_product(q, r), fixed_product(fixed_product(q, square), kCubic));
  int32_t even = wrapping_add(wrapping_add(kDenominator0, q), fixed_product(kDenominator2, square));
  int32_t rest = wrapping_add(fixed_product(detail::half_sum(r, kFourthRootHalf), even),
                              fixed_product(kDenominator1, q));
  int32_t fraction =
      fixed_product(rounding_divide_by_pot(numerator, kSumBits), one_over_one_plus(rest));
  return saturating_shift_left(wrapping_add(fixed_product(power, kLog2), fraction), 1);
}

/// 1 / sqrt(x) of an integer x > 0 as multiplier · 2^(shift - 31), shift <= 0; 1 for x = 1.
/// Newton-Raphson from 1, with 3 integer bits. (TFLite: GetInvSqrtQuantizedMultiplierExp.)
constexpr QuantizedMultiplier inverse_sqrt(int32_t x) {
  if (x <= 1) return {kInt32Max, 0};
  constexpr int32_t kOne = 1 << 28, kThreeHalves = kOne + kOne / 2, kHalfSqrt2 = 1518500250;
  int32_t right_shift = 11;
  for (; x >= 1 << 29; x /= 4) ++right_shift;
  int32_t pairs = (__builtin_clz(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  right_shift -= pairs;
  x <<= 2 * pairs;
  int32_t value = x >> 1, half = rounding_divide_by_pot(value, 1), root = kOne;
  for (int i = 0; i < 5; ++i) {
    int32_t square = detail::fixed_product(root, root);
    int32_t cube = saturating_shift_left(detail::fixed_product(square, root), 6);
    int32_t change =
        wrapping_sub(detail::fixed_product(kThreeHalves, root), detail::fixed_product(half, cube));
    root = saturating_shift_left(change, 3);
  }
  root = detail::fixed_product(root, kHalfSqrt2);
  if (right_shift < 0) return {wrapping_shift_left(root, -right_shift), 0};
  return {root, -right_shift};
}

}  // namespace mote

#endif  // MOTE_BASE_FIXED_FUNCTIONS_H_
