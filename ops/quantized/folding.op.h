// SPDX-License-Identifier: Apache-2.0
// The host's side of folded requantisation (folded.h): whether a layer allows it, and its numbers.
#ifndef MOTE_OPS_QUANTIZED_FOLDING_OP_H_
#define MOTE_OPS_QUANTIZED_FOLDING_OP_H_

#include <optional>
#include <vector>

#include "ops/quantized/folded_eight.h"
#include "ops/quantized/folded_four.h"

namespace mote {

/// A layer's weights as records hand them over: weight(c, d) of output channel c and depth d, where
/// the filter lies as [channels, depth] or, for depthwise ones, [depth, channels].
struct WeightMatrix {
  const int8_t* data;
  int channels, depth;
  bool depth_first = false;

  size_t index(int c, int d) const {
    return depth_first
               ? static_cast<size_t>(d) * static_cast<size_t>(channels) + static_cast<size_t>(c)
               : static_cast<size_t>(c) * static_cast<size_t>(depth) + static_cast<size_t>(d);
  }
  int8_t at(int c, int d) const { return data[index(c, d)]; }
};

/// Channels with bias and zero points folded; none if some input could overflow 32 bits, sums of a
/// channel could need more than 23 bits, or a multiplier is 1/2 or more, but for kernels that use
/// requantize_any(), with its least shift.
std::optional<std::vector<FoldedChannel>> fold_channels(
    const WeightMatrix& weights, const std::vector<ChannelRequantization>& channels,
    int32_t input_zero_point, int32_t output_zero_point, int least_shift = 1);

/// The same four by four; the last four are filled up with channels that nobody reads.
std::vector<FoldedFour> fold_fours(const std::vector<FoldedChannel>& channels);

/// The same eight by eight, filled up to a multiple of `together` channels.
std::vector<FoldedEight> fold_eights(const std::vector<FoldedChannel>& channels, size_t together);

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_FOLDING_OP_H_
