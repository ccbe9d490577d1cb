// SPDX-License-Identifier: Apache-2.0
#include "ops/quantized/folding_wide.op.h"

#include <gtest/gtest.h>

#include <random>

namespace mote {
namespace {

const int8_t kWeights[] = {127, -127, 3};

auto fold(int32_t multiplier, int32_t shift, int64_t bias) {
  return fold_wide_channels(WeightMatrix{kWeights, 1, 3}, {{bias, {multiplier, shift}}});
}

TEST(FoldingWide, GivesTheBitsOfTheMultiplierForEverySum) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int32_t> multipliers(1 << 30, INT32_MAX), shifts(-17, -1),
      sums(-2000000000, 2000000000);
  const Int16Output output{0, -32768, 32767};
  for (int i = 0; i < 20000; ++i) {
    int64_t bias = sums(random) / 15;
    WideChannelRequantization channel{bias, {multipliers(random), shifts(random)}};
    auto folded = fold(channel.multiplier.multiplier, channel.multiplier.shift, bias);
    ASSERT_TRUE(folded);
    // Small sums too, for those end between two results.
    int32_t sum = sums(random) >> (i % 31);
    EXPECT_EQ(requantize(sum, (*folded)[0], output), requantize(int64_t{sum}, channel, output))
        << sum << " + " << bias << ", " << channel.multiplier.multiplier << " 2^"
        << channel.multiplier.shift;
  }
}

TEST(FoldingWide, RefusesMultipliersThatDontFit) {
  EXPECT_TRUE(fold(1 << 30, -1, 0));
  EXPECT_FALSE(fold(1 << 30, 0, 0));
  EXPECT_TRUE(fold(INT32_MAX, -17, 0));
  EXPECT_FALSE(fold(INT32_MAX, -18, 0));
}

TEST(FoldingWide, RefusesChannelsThatCouldLeave32Bits) {
  const int64_t most = INT32_MAX - 32768 * (127 + 127 + 3);
  EXPECT_TRUE(fold(1 << 30, -8, most));
  EXPECT_FALSE(fold(1 << 30, -8, most + 1));
  EXPECT_TRUE(fold(1 << 30, -8, -most));
  EXPECT_FALSE(fold(1 << 30, -8, -most - 1));
  EXPECT_FALSE(fold(1 << 30, -8, INT64_MIN));
}

}  // namespace
}  // namespace mote
