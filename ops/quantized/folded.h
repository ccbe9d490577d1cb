// SPDX-License-Identifier: Apache-2.0
// Requantisation in six instructions, for channels of which the compiler has proved that nothing
// overflows. With x the accumulator and bias, m the multiplier and s >= 1 its right shift, gemmlowp
// asks for
//
//   high = round(x·m / 2^31), ties up;   output = round(high / 2^s), ties away from zero.
//
// The first is one instruction on 2x, which the bias is stored for: round(2x·m / 2^32). The second
// is (high + 2^(s-1) - (high < 0)) >> s; the sign of x may stand for that of high, for they differ
// only where high is 0, which gives 0 either way. 2^(s-1) and the output's zero point · 2^s are
// added together, as one addend. The input's zero point is folded into the bias.
#ifndef MOTE_OPS_QUANTIZED_FOLDED_H_
#define MOTE_OPS_QUANTIZED_FOLDED_H_

#include "base/dsp.h"
#include "ops/quantized/quantized.h"

namespace mote {

/// Accumulator to output, but for the bias.
struct FoldedScale {
  int32_t multiplier;
  int32_t addend;  // 2^(shift-1) + zero point · 2^shift
  int32_t shift;   // to the right, in [1, 31]
};

/// One output channel of a convolution, read in one stream.
struct FoldedChannel {
  int32_t bias;  // 2 · (bias - input zero point · sum of weights)
  FoldedScale scale;
};

/// A channel in registers, which outputs can't alias; member by member, or it may become a memcpy.
inline FoldedChannel load_channel(const FoldedChannel& c) {
  return {c.bias, {c.scale.multiplier, c.scale.addend, c.scale.shift}};
}

/// `sum` is the sum of weights times inputs, zero points and bias left out; `twice` is it doubled.
inline int32_t requantize_twice(int32_t twice, int32_t bias, const FoldedScale& scale) {
  int32_t x = wrapping_add(bias, twice);
  int32_t high = high_mul_add(x, scale.multiplier, scale.addend);
  return saturate_int8(shift_right(wrapping_add(high, x >> 31), scale.shift));
}
inline int32_t requantize_folded(int32_t sum, int32_t bias, const FoldedScale& scale) {
  return requantize_twice(wrapping_shift_left(sum, 1), bias, scale);
}

/// The same for multipliers of 1/2 and more, too, as weights of 4 bits have them: shifts of 0, and
/// below it to the left. There is no second rounding then, and the addend is the zero point.
constexpr int32_t kLeastAnyShift = -15;
inline int32_t requantize_any(int32_t twice, int32_t bias, const FoldedScale& scale) {
  if (scale.shift > 0) return requantize_twice(twice, bias, scale);
  int32_t x = wrapping_shift_left(wrapping_add(bias, twice), -scale.shift);
  return saturate_int8(high_mul_add(x, scale.multiplier, scale.addend));
}

/// The activation's range where it isn't all of int8, on outputs that were saturated to int8.
inline void clamp_outputs(int8_t* outputs, int32_t count, const Int8Output& range) {
  if (range.min == -128 && range.max == 127) return;
  for (int32_t i = 0; i < count; ++i) {
    outputs[i] = static_cast<int8_t>(clamp(outputs[i], range.min, range.max));
  }
}

inline bool is_valid(const FoldedScale& scale) {
  return all_within(1, 31, scale.shift);
}

/// Whether the operand holds `count` channels. No number in them does harm, so that a start needn't
/// look at each.
inline bool check_folded(const Operand& operand, int32_t count) {
  return operand.holds<FoldedChannel>(count);
}

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_FOLDED_H_
