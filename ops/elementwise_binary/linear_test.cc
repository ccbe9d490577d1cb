// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "base/host/quantize_multiplier.h"
#include "ops/elementwise_binary/linear.op.h"

namespace mote {
namespace {

/// As ADD lowers them, for loops over all pairs of int8.
ScaledInt8Params sum_of(double a, double b, double output, Int8Output range, int32_t function) {
  ScaledInt8Params p{};
  p.loops = {{1, 1, 1, 1, 256, 256}, {{0, 0, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 1}}};
  p.function = function;
  p.left_shift = 20;
  double twice_larger = 2 * std::max(a, b);
  p.multipliers[0] = quantize_multiplier(a / twice_larger);
  p.multipliers[1] = quantize_multiplier(b / twice_larger);
  p.output_multiplier = quantize_multiplier(twice_larger / (1 << 20) / output);
  p.output = range;
  return p;
}

std::vector<int8_t> all_values() {
  std::vector<int8_t> values;
  for (int i = -128; i < 128; ++i) values.push_back(static_cast<int8_t>(i));
  return values;
}

void expect_equal(const ScaledInt8Params& scaled, const LinearInt8Params& linear) {
  std::vector<int8_t> values = all_values(), expected(65536), outputs(65536);
  scaled_int8(scaled, values.data(), values.data(), expected.data());
  linear_int8(linear, values.data(), values.data(), outputs.data());
  EXPECT_EQ(outputs, expected);
}

TEST(Linear, GivesTheSameForAllPairsAndIsFoundForMostScales) {
  std::mt19937 random(3);
  auto real = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  auto integer = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  int found = 0;
  constexpr int kTried = 60;
  for (int i = 0; i < kTried; ++i) {
    double a = std::exp2(real(-8, 0)), b = a * std::exp2(real(-3, 3));
    double output = std::max(a, b) * std::exp2(real(-1, 2));
    Int8Output range = {integer(-128, 127), -128, 127};
    if (i % 3 == 0) range.min = range.offset;  // RELU
    ScaledInt8Params scaled = sum_of(a, b, output, range, i % 2 == 0 ? kBinaryAdd : kBinarySub);
    for (int32_t& offset : scaled.offsets) offset = integer(-127, 128);
    auto linear = find_linear(scaled);
    if (!linear) continue;
    ++found;
    expect_equal(scaled, *linear);
  }
  EXPECT_GE(found, kTried * 9 / 10);
}

TEST(Linear, RoundsTiesAwayFromZeroOnBothSides) {
  ScaledInt8Params scaled = sum_of(0.5, 0.5, 1, {0, -128, 127}, kBinaryAdd);
  auto linear = find_linear(scaled);
  ASSERT_TRUE(linear);
  expect_equal(scaled, *linear);
}

TEST(Linear, LeavesSquaresAlone) {
  EXPECT_FALSE(find_linear(sum_of(0.5, 0.5, 1, {0, -128, 127}, kBinarySquaredDifference)));
}

}  // namespace
}  // namespace mote
