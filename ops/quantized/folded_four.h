// SPDX-License-Identifier: Apache-2.0
// Requantisation of four channels at once: the arithmetic of folded.h, with the channels' numbers
// side by side as vector instructions load them.
#ifndef MOTE_OPS_QUANTIZED_FOLDED_FOUR_H_
#define MOTE_OPS_QUANTIZED_FOLDED_FOUR_H_

#include "ops/quantized/folded.h"

namespace mote {

/// Four output channels; the last four may be fewer.
struct FoldedFour {
  int32_t bias[4];  // not doubled
  int32_t multiplier[4];
  int32_t addend[4];
  int32_t left_shift[4];  // in [-31, -1]
};

/// The output of one of them from its sum of weights times inputs, zero points and bias left out.
inline int8_t requantize_one(int32_t sum, const FoldedFour& four, int32_t i) {
  FoldedScale scale = {four.multiplier[i], four.addend[i], -four.left_shift[i]};
  return static_cast<int8_t>(requantize_folded(wrapping_add(sum, four.bias[i]), 0, scale));
}

/// Whether the operand holds fours for `count` channels, constants with valid shifts.
inline bool check_folded_fours(const Operand& operand, int32_t count) {
  int32_t fours = (count + 3) / 4;
  if (!operand.constant || !operand.holds<FoldedFour>(fours)) return false;
  auto* four = static_cast<const FoldedFour*>(operand.constant);
  for (int32_t i = 0; i < fours; ++i) {
    for (int32_t shift : four[i].left_shift) {
      if (!all_within(-31, -1, shift)) return false;
    }
  }
  return true;
}

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_FOLDED_FOUR_H_
