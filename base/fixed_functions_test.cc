// SPDX-License-Identifier: Apache-2.0
#include "base/fixed_functions.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mote {
namespace {

double real(int32_t raw, int integer_bits) {
  return std::ldexp(raw, integer_bits - 31);
}

// The functions' own accuracy; that their bits are gemmlowp's was established by comparing them
// over millions of values with the original.
constexpr double kTolerance = 5e-7;

TEST(FixedFunctions, ExpOnNegativeValues) {
  for (int32_t raw = kInt32Min; raw < 0; raw += 123457) {
    EXPECT_NEAR(real(exp_on_negative_values(raw, 5), 0), std::exp(real(raw, 5)), kTolerance);
  }
  EXPECT_EQ(exp_on_negative_values(0, 5), kFixedOne);
}

TEST(FixedFunctions, LogisticAndTanh) {
  for (int64_t wide = kInt32Min; wide <= kInt32Max; wide += 123457) {
    int32_t raw = static_cast<int32_t>(wide);
    double x = real(raw, 4);
    EXPECT_NEAR(real(fixed_logistic(raw, 4), 0), 1 / (1 + std::exp(-x)), kTolerance) << x;
    EXPECT_NEAR(real(fixed_tanh(raw, 4), 0), std::tanh(x), kTolerance) << x;
  }
  EXPECT_EQ(fixed_logistic(0, 4), 1 << 30);
  EXPECT_EQ(fixed_tanh(0, 4), 0);
}

TEST(FixedFunctions, Reciprocals) {
  for (int64_t wide = 0; wide <= kInt32Max; wide += 654321) {
    int32_t raw = static_cast<int32_t>(wide);
    double x = real(raw, 0);
    EXPECT_NEAR(real(one_over_one_plus(raw), 0), 1 / (1 + x), kTolerance);
    EXPECT_NEAR(real(one_minus_over_one_plus(raw), 0), (1 - x) / (1 + x), kTolerance);
  }
}

TEST(FixedFunctions, ShiftsSaturate) {
  EXPECT_EQ(saturating_shift_left(1 << 29, 1), 1 << 30);
  EXPECT_EQ(saturating_shift_left(1 << 29, 2), kInt32Max);
  EXPECT_EQ(saturating_shift_left(-(1 << 30), 2), kInt32Min);
}

}  // namespace
}  // namespace mote
