// SPDX-License-Identifier: Apache-2.0
// What the compiler makes of a channel of int16 activations whose sums and bias it proves to fit in
// 32 bits: the multiplier of 16 bits that TFLite rounds to (base/fixed_point.h) stands so far to
// the left that requantising is one rounded high product.
#ifndef MOTE_OPS_QUANTIZED_FOLDED_WIDE_H_
#define MOTE_OPS_QUANTIZED_FOLDED_WIDE_H_

#include "base/dsp.h"
#include "ops/quantized/quantized.h"

namespace mote {

struct FoldedWideChannel {
  int32_t bias;
  int32_t multiplier;  // the real one times 2^32; below 2^31
};

/// Four of them side by side, for vectors; the last ones filled up with zeros.
struct FoldedWideFour {
  int32_t bias[4], multiplier[4];
};

/// Whatever the channel, it only wraps.
inline int16_t requantize(int32_t sum, const FoldedWideChannel& channel,
                          const Int16Output& output) {
  return finish(high_mul_add(wrapping_add(sum, channel.bias), channel.multiplier, 0), output);
}

/// The activation of outputs that were saturated only.
inline void clamp_wide(int16_t* outputs, int32_t count, const Int16Output& output) {
  if (output.min <= -32768 && output.max >= 32767) return;
  for (int32_t i = 0; i < count; ++i) {
    outputs[i] = static_cast<int16_t>(clamp(outputs[i], output.min, output.max));
  }
}

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_FOLDED_WIDE_H_
