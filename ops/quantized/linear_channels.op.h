// SPDX-License-Identifier: Apache-2.0
// The host's side of requantisation in one rounding (linear_channels.h): looks for its numbers.
#ifndef MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_OP_H_
#define MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_OP_H_

#include <optional>
#include <vector>

#include "ops/quantized/folding.op.h"
#include "ops/quantized/linear_channels.h"

namespace mote {

/// The weights in the order in which they are, zeros for channels that give the same whatever the
/// inputs are: with these they still do, and have a line.
std::vector<int8_t> without_constant_channels(const WeightMatrix& weights,
                                              const std::vector<ChannelRequantization>& channels,
                                              int32_t input_zero_point, const Int8Output& output);

/// The shifts of a kernel.
struct LinearForm {
  int sum_shift, shift;
};

/// Numbers with which requantize_linear() and a clamp to the output's range give what
/// requantize() does, the input's zero point folded into the bias; none if one channel has none.
/// Mostly there are some where no output below the range's minimum counts, as after RELU: two
/// roundings treat negative sums in another way, which no single line follows.
std::optional<std::vector<LinearChannel>> find_linear_channels(
    const WeightMatrix& weights, const std::vector<ChannelRequantization>& channels,
    int32_t input_zero_point, const Int8Output& output, LinearForm form);

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_OP_H_
