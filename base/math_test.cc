// SPDX-License-Identifier: Apache-2.0
#include "base/math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace mote {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// How many floats lie between two finite ones of the same sign.
int64_t ulps(float a, float b) {
  return std::llabs(int64_t{std::bit_cast<int32_t>(a)} - std::bit_cast<int32_t>(b));
}

/// The largest distance of `ours` from the double function `exact`, in ulps, over [low, high].
template <typename Ours, typename Exact>
int64_t worst(float low, float high, Ours ours, Exact exact) {
  constexpr int kSteps = 400001;
  int64_t most = 0;
  for (int i = 0; i < kSteps; ++i) {
    float x = low + (high - low) * static_cast<float>(i) / (kSteps - 1);
    most = std::max(most, ulps(ours(x), static_cast<float>(exact(static_cast<double>(x)))));
  }
  return most;
}

TEST(Math, ExpIsWithinOneUlp) {
  auto exact = [](double x) { return std::exp(x); };
  EXPECT_LE(worst(
                -87, 88.7f, [](float x) { return exp(x); }, exact),
            1);
  EXPECT_LE(worst(
                -1, 1, [](float x) { return exp(x); }, exact),
            1);
}

TEST(Math, ExpAtItsEnds) {
  EXPECT_EQ(exp(0.0f), 1.0f);
  EXPECT_EQ(exp(89.0f), kInfinity);
  EXPECT_EQ(exp(kInfinity), kInfinity);
  EXPECT_EQ(exp(-kInfinity), 0.0f);
  EXPECT_EQ(exp(-104.0f), 0.0f);
  EXPECT_TRUE(std::isnan(exp(NAN)));
  EXPECT_LE(ulps(exp(-95.0f), std::exp(-95.0f)), 1) << "denormal";
}

TEST(Math, TanhIsWithinTwoUlps) {
  auto exact = [](double x) { return std::tanh(x); };
  EXPECT_LE(worst(
                -10, 10, [](float x) { return tanh(x); }, exact),
            2);
  EXPECT_LE(worst(
                -1, 1, [](float x) { return tanh(x); }, exact),
            2);
  EXPECT_EQ(tanh(kInfinity), 1.0f);
  EXPECT_EQ(tanh(-kInfinity), -1.0f);
  EXPECT_TRUE(std::isnan(tanh(NAN)));
}

TEST(Math, LogisticIsWithinTwoUlps) {
  auto exact = [](double x) { return 1 / (1 + std::exp(-x)); };
  EXPECT_LE(worst(
                -8.99f, 20, [](float x) { return logistic(x); }, exact),
            2);
  // Below -9 it is e^x by definition, off by a factor 1 + e^x.
  EXPECT_NEAR(logistic(-9.5f) / exact(-9.5), 1, 1e-4);
  EXPECT_EQ(logistic(kInfinity), 1.0f);
  EXPECT_EQ(logistic(-kInfinity), 0.0f);
}

TEST(Math, RoundsTiesAwayFromZero) {
  for (float x : {0.5f, 1.5f, 2.5f, -0.5f, -2.5f, 0.49999997f, 8388607.5f, 0.0f, -3.2f}) {
    EXPECT_EQ(round_to_int(x), static_cast<int32_t>(std::round(x))) << x;
  }
  EXPECT_EQ(round_to_int(kInfinity), 1 << 30);
  EXPECT_EQ(round_to_int(-kInfinity), -(1 << 30));
  EXPECT_EQ(round_to_int(NAN), -(1 << 30));
}

}  // namespace
}  // namespace mote
