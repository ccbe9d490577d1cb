// SPDX-License-Identifier: Apache-2.0
// Accuracy of the elementary functions against libm in double, over bit patterns of all sizes.
#include "base/elementary.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/power.h"
#include "base/trigonometry.h"

namespace mote {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

int64_t ulps(float a, float b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) == std::isnan(b) ? 0 : INT64_MAX;
  return std::llabs(int64_t{std::bit_cast<int32_t>(a)} - std::bit_cast<int32_t>(b));
}

/// Every 1009th bit pattern: denormals, infinities and NaNs of both signs among them.
template <typename Visit>
void for_floats(Visit visit) {
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += 1009) {
    visit(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  }
}

template <typename Ours, typename Exact>
int64_t worst(Ours ours, Exact exact) {
  int64_t most = 0;
  for_floats([&](float x) {
    most = std::max(most, ulps(ours(x), static_cast<float>(exact(static_cast<double>(x)))));
  });
  return most;
}

TEST(Elementary, RoundingIsExact) {
  for_floats([](float x) {
    EXPECT_EQ(ulps(truncate(x), std::trunc(x)), 0) << x;
    EXPECT_EQ(ulps(floor(x), std::floor(x)), 0) << x;
    EXPECT_EQ(ulps(ceil(x), std::ceil(x)), 0) << x;
    EXPECT_EQ(ulps(round_half_even(x), std::nearbyint(x)), 0) << x;
  });
  for (float x : {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 8388607.5f}) {
    EXPECT_EQ(ulps(round_half_even(x), std::nearbyint(x)), 0) << x;
  }
}

TEST(Elementary, SqrtIsExactlyRounded) {
  for_floats([](float x) {
    EXPECT_EQ(ulps(sqrt(x), std::sqrt(x)), 0) << x;
    EXPECT_EQ(__builtin_bit_cast(uint32_t, sqrt_by_digits(x)),
              __builtin_bit_cast(uint32_t, sqrt(x)))
        << x;
  });
}

TEST(Elementary, LogIsWithinTwoUlps) {
  EXPECT_LE(worst([](float x) { return log(x); }, [](double x) { return std::log(x); }), 2);
  for (int i = 1; i < 200000; ++i) {
    float x = 0.5f + static_cast<float>(i) / 100000;
    float exact = static_cast<float>(std::log(static_cast<double>(x)));
    EXPECT_LE(ulps(log(x), exact), 2) << x;
  }
  EXPECT_EQ(log(0.0f), -kInfinity);
  EXPECT_EQ(log(1.0f), 0.0f);
}

TEST(Elementary, ExpMinusOneIsWithinThreeUlps) {
  auto exact = [](double x) { return std::expm1(x); };
  EXPECT_LE(worst([](float x) { return exp_minus_one(x); }, exact), 3);
}

TEST(Elementary, ErfIsWithinTwoUlps) {
  EXPECT_LE(worst([](float x) { return erf(x); }, [](double x) { return std::erf(x); }), 2);
}

TEST(Elementary, SinAndCosAreWithinThreeUlps) {
  EXPECT_LE(worst([](float x) { return sin(x); }, [](double x) { return std::sin(x); }), 3);
  EXPECT_LE(worst([](float x) { return cos(x); }, [](double x) { return std::cos(x); }), 3);
}

TEST(Elementary, PowIsWithinOneUlp) {
  for (float y : {0.5f, -0.5f, 2.0f, 3.0f, -7.0f, 1.0f / 3, 0.01f, -40.25f, 1e-10f, 0.0f}) {
    EXPECT_LE(worst([&](float x) { return pow(x, y); },
                    [&](double x) { return std::pow(x, static_cast<double>(y)); }),
              1)
        << y;
  }
  for (float x : {2.0f, 0.3f, -2.0f, 1.0f, -1.0f, 0.0f, -0.0f, kInfinity, -kInfinity}) {
    EXPECT_LE(worst([&](float y) { return pow(x, y); },
                    [&](double y) { return std::pow(static_cast<double>(x), y); }),
              1)
        << x;
  }
}

}  // namespace
}  // namespace mote
