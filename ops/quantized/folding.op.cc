// SPDX-License-Identifier: Apache-2.0
#include "ops/quantized/folding.op.h"

#include <cstdlib>

namespace mote {
namespace {

/// No sum of products may reach it: kernels keep two sums in one register, 8 bits apart.
constexpr int64_t kSumLimit = int64_t{1} << 23;
constexpr int64_t kLimit = int64_t{1} << 30;  // of an accumulator: it is used doubled

/// A channel with the accumulators low to high.
std::optional<FoldedChannel> fold_channel(int64_t bias, int64_t reach, QuantizedMultiplier m,
                                          int32_t zero_point, int least_shift) {
  int64_t low = bias - reach, high = bias + reach;
  const int shift = -m.shift;
  if (reach >= kSumLimit || low < INT32_MIN || high > INT32_MAX) return {};
  if (shift < 0 && shift < least_shift) return {};
  const int64_t limit = shift < 0 ? kLimit >> -shift : kLimit;
  if (low > -limit && high < limit && shift >= least_shift && shift <= 22) {
    int32_t addend = shift > 0 ? (1 << (shift - 1)) + zero_point * (1 << shift) : zero_point;
    return FoldedChannel{static_cast<int32_t>(2 * bias), {m.multiplier, addend, shift}};
  }
  // Dead channels come with extreme biases and multipliers, but always give the same.
  int32_t value = multiply_by_quantized_multiplier(static_cast<int32_t>(low), m);
  if (value != multiply_by_quantized_multiplier(static_cast<int32_t>(high), m)) return {};
  int32_t constant = clamp(wrapping_add(value, zero_point), -128, 127);
  return FoldedChannel{0, {0, 1 + 2 * constant, 1}};
}

}  // namespace

std::optional<std::vector<FoldedChannel>> fold_channels(
    const WeightMatrix& weights, const std::vector<ChannelRequantization>& channels,
    int32_t input_zero_point, int32_t output_zero_point, int least_shift) {
  std::vector<FoldedChannel> folded;
  for (int c = 0; c < weights.channels; ++c) {
    int64_t sum = 0, magnitude = 0;
    for (int d = 0; d < weights.depth; ++d) {
      sum += weights.at(c, d);
      magnitude += std::abs(weights.at(c, d));
    }
    const ChannelRequantization& channel = channels[static_cast<size_t>(c)];
    std::optional<FoldedChannel> one =
        fold_channel(channel.bias - input_zero_point * sum, 128 * magnitude, channel.multiplier,
                     output_zero_point, least_shift);
    if (!one) return {};
    folded.push_back(*one);
  }
  return folded;
}

std::vector<FoldedFour> fold_fours(const std::vector<FoldedChannel>& channels) {
  std::vector<FoldedFour> fours((channels.size() + 3) / 4, {{}, {}, {}, {-1, -1, -1, -1}});
  for (size_t c = 0; c < channels.size(); ++c) {
    FoldedFour& four = fours[c / 4];
    four.bias[c % 4] = channels[c].bias / 2;
    four.multiplier[c % 4] = channels[c].scale.multiplier;
    four.addend[c % 4] = channels[c].scale.addend;
    four.left_shift[c % 4] = -channels[c].scale.shift;
  }
  return fours;
}

std::vector<FoldedEight> fold_eights(const std::vector<FoldedChannel>& channels, size_t together) {
  std::vector<FoldedEight> eights((channels.size() + together - 1) / together * together / 8);
  for (size_t c = 0; c < channels.size(); ++c) {
    FoldedEight& eight = eights[c / 8];
    eight.bias[c % 8] = channels[c].bias;
    eight.multiplier[c % 8] = channels[c].scale.multiplier;
    eight.addend[c % 8] = channels[c].scale.addend;
    eight.shift[c % 8] = channels[c].scale.shift;
  }
  return eights;
}

}  // namespace mote
