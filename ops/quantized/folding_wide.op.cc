// SPDX-License-Identifier: Apache-2.0
#include "ops/quantized/folding_wide.op.h"

#include <cstdlib>

namespace mote {
namespace {

/// The largest |sum + bias| that inputs of 16 bits can make, or any number above INT32_MAX.
uint64_t largest_sum(const WeightMatrix& weights, int c, int64_t bias) {
  uint64_t sum = bias < 0 ? uint64_t{0} - static_cast<uint64_t>(bias) : static_cast<uint64_t>(bias);
  if (sum > INT32_MAX) return sum;
  for (int d = 0; d < weights.depth; ++d) {
    sum += uint64_t{32768} * static_cast<uint64_t>(std::abs(weights.at(c, d)));
  }
  return sum;
}

}  // namespace

std::optional<std::vector<FoldedWideChannel>> fold_wide_channels(
    const WeightMatrix& weights, const std::vector<WideChannelRequantization>& channels) {
  std::vector<FoldedWideChannel> folded;
  for (int c = 0; c < weights.channels; ++c) {
    const WideChannelRequantization& channel = channels[static_cast<size_t>(c)];
    // As multiply_by_quantized_multiplier() has it: round(sum · reduced / 2^shift).
    const QuantizedMultiplier& m = channel.multiplier;
    int32_t reduced = m.multiplier < 0x7fff0000 ? (m.multiplier + (1 << 15)) >> 16 : 0x7fff;
    int32_t shift = 15 - m.shift;
    if (shift < 16 || shift > 32 || largest_sum(weights, c, channel.bias) > INT32_MAX) return {};
    folded.push_back({static_cast<int32_t>(channel.bias), reduced << (32 - shift)});
  }
  return folded;
}

std::vector<FoldedWideFour> fold_wide_fours(const std::vector<FoldedWideChannel>& channels) {
  std::vector<FoldedWideFour> fours((channels.size() + 3) / 4);
  for (size_t c = 0; c < channels.size(); ++c) {
    fours[c / 4].bias[c % 4] = channels[c].bias;
    fours[c / 4].multiplier[c % 4] = channels[c].multiplier;
  }
  return fours;
}

}  // namespace mote
