// SPDX-License-Identifier: Apache-2.0
// How the compiler folds channels of int16 activations (folded_wide.h).
#ifndef MOTE_OPS_QUANTIZED_FOLDING_WIDE_OP_H_
#define MOTE_OPS_QUANTIZED_FOLDING_WIDE_OP_H_

#include <optional>
#include <vector>

#include "ops/quantized/folded_wide.h"
#include "ops/quantized/folding.op.h"

namespace mote {

/// Each channel folded; none if some input could make a sum leave 32 bits, or a multiplier isn't in
/// [2^-18, 2^-1).
std::optional<std::vector<FoldedWideChannel>> fold_wide_channels(
    const WeightMatrix& weights, const std::vector<WideChannelRequantization>& channels);

/// The same, side by side.
std::vector<FoldedWideFour> fold_wide_fours(const std::vector<FoldedWideChannel>& channels);

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_FOLDING_WIDE_OP_H_
