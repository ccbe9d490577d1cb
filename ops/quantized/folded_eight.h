// SPDX-License-Identifier: Apache-2.0
// Folded requantisation (folded.h) of eight channels at once.
#ifndef MOTE_OPS_QUANTIZED_FOLDED_EIGHT_H_
#define MOTE_OPS_QUANTIZED_FOLDED_EIGHT_H_

#include "base/eight.h"
#include "ops/quantized/folded.h"

namespace mote {

/// Eight FoldedChannels, number by number.
struct FoldedEight {
  int32_t bias[8], multiplier[8], addend[8], shift[8];
};

MOTE_EIGHT_BEGIN

/// Sums of weights times inputs, zero points and bias left out, to outputs.
inline Int32x8 requantize_eight(Int32x8 sums, const FoldedEight& channels,
                                const Int8Output& range) {
  UInt32x8 twice = wrapping_eight(sums) + wrapping_eight(sums);
  Int32x8 x = reinterpret_cast<Int32x8>(load_vector<UInt32x8>(channels.bias) + twice);
  Int32x8 high = high_mul(x, load_vector<Int32x8>(channels.multiplier));
  UInt32x8 rounded =
      wrapping_eight(high) + load_vector<UInt32x8>(channels.addend) + wrapping_eight(x >> 31);
  Int32x8 y =
      shift_right_eight(reinterpret_cast<Int32x8>(rounded), load_vector<Int32x8>(channels.shift));
  return clamp_eight(y, range.min, range.max);
}

MOTE_EIGHT_END

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_FOLDED_EIGHT_H_
