// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/host/quantize_multiplier.h"
#include "ops/quantized/linear_channels.op.h"

namespace mote {
namespace {

constexpr int kShift = 12;
constexpr LinearForm kForm = {8, kShift};

/// One channel of weights, an input's zero point, and what its sums become.
struct Layer {
  std::vector<int8_t> weights;
  ChannelRequantization channel;
  int32_t input_zero_point;
  Int8Output output;

  WeightMatrix matrix() const { return {weights.data(), 1, static_cast<int>(weights.size())}; }
  std::optional<std::vector<LinearChannel>> find() const {
    return find_linear_channels(matrix(), {channel}, input_zero_point, output, kForm);
  }
};

Layer random_layer(std::mt19937& random, Int8Output output) {
  auto draw = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  Layer layer;
  for (int i = draw(1, 64); i > 0; --i)
    layer.weights.push_back(static_cast<int8_t>(draw(-127, 127)));
  double scale = std::ldexp(1 + draw(0, 1000) / 1000.0, -draw(7, 12));
  layer.channel = {draw(-20000, 20000), quantize_multiplier(scale)};
  layer.input_zero_point = draw(-128, 127);
  layer.output = output;
  return layer;
}

/// Both ways for each sum that inputs can make; only if there is one rounding.
void expect_equal(const Layer& layer) {
  auto found = layer.find();
  if (!found) return;
  const LinearChannel& one = found->front();
  int sum_of_weights = 0, low = 0, high = 0;
  for (int w : layer.weights) {
    sum_of_weights += w;
    low += std::min(-128 * w, 127 * w), high += std::max(-128 * w, 127 * w);
  }
  for (int sum = low; sum <= high; ++sum) {
    int accumulator = sum - layer.input_zero_point * sum_of_weights;
    int x = static_cast<int>(requantize_linear<kShift>(256 * sum + one.bias, one.multiplier)) - 128;
    int clamped = std::clamp(x, layer.output.min, layer.output.max);
    ASSERT_EQ(clamped, requantize(accumulator, layer.channel, layer.output)) << "sum " << sum;
  }
}

TEST(LinearChannels, GiveWhatTwoRoundingsDoAfterRelu) {
  std::mt19937 random(7);
  int found = 0;
  for (int i = 0; i < 60; ++i) {
    Layer layer = random_layer(random, {-128, -128, i % 2 == 0 ? 127 : 90});
    found += layer.find().has_value();
    expect_equal(layer);
  }
  EXPECT_GT(found, 55);
}

TEST(LinearChannels, AreRightOrNotThereWhereNegativeOutputsCount) {
  std::mt19937 random(8);
  for (int i = 0; i < 100; ++i) expect_equal(random_layer(random, {5, -128, 127}));
}

TEST(LinearChannels, ThatNeverChangeGiveTheirOutput) {
  Layer layer = {{0, 0, 0}, {1000, quantize_multiplier(0.02)}, 3, {-128, -128, 127}};
  ASSERT_TRUE(layer.find().has_value());
  expect_equal(layer);
}

TEST(LinearChannels, AreRefusedWhereTheMultiplierIsTooLarge) {
  Layer layer = {{1, 2, 3}, {0, quantize_multiplier(0.5)}, 0, {-128, -128, 127}};
  EXPECT_FALSE(layer.find().has_value());
}

}  // namespace
}  // namespace mote
