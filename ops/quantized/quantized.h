// SPDX-License-Identifier: Apache-2.0
// What integer kernels share: how an accumulator becomes an int8 output.
#ifndef MOTE_OPS_QUANTIZED_QUANTIZED_H_
#define MOTE_OPS_QUANTIZED_QUANTIZED_H_

#include "base/fixed_point.h"
#include "base/kernel.h"

namespace mote {

/// The last stage of an int8 operator: output = clamp(requantised + offset, min, max).
struct Int8Output {
  int32_t offset;    // the output's zero point
  int32_t min, max;  // the fused activation's range, within [-128, 127]
};

/// The same for int16.
struct Int16Output {
  int32_t offset;
  int32_t min, max;  // within [-32768, 32767]
};

/// One output channel of a convolution, as the compiler packs it: the bias and the channel's
/// multiplier input_scale · filter_scale / output_scale, read in one stream.
struct ChannelRequantization {
  int32_t bias;
  QuantizedMultiplier multiplier;
};

/// The same for int16 activations whose sums have 64 bits.
struct WideChannelRequantization {
  int64_t bias;
  QuantizedMultiplier multiplier;
};

inline int8_t finish(int32_t requantized, const Int8Output& output) {
  return static_cast<int8_t>(
      clamp(wrapping_add(requantized, output.offset), output.min, output.max));
}

inline int16_t finish(int32_t requantized, const Int16Output& output) {
  return static_cast<int16_t>(
      clamp(wrapping_add(requantized, output.offset), output.min, output.max));
}

/// An accumulator of one channel to its output; both have the bias's width.
inline int8_t requantize(int32_t accumulator, const ChannelRequantization& channel,
                         const Int8Output& output) {
  int32_t sum = wrapping_add(accumulator, channel.bias);
  return finish(multiply_by_quantized_multiplier(sum, channel.multiplier), output);
}
inline int16_t requantize(int32_t accumulator, const ChannelRequantization& channel,
                          const Int16Output& output) {
  int32_t sum = wrapping_add(accumulator, channel.bias);
  return finish(multiply_by_quantized_multiplier(sum, channel.multiplier), output);
}
inline int16_t requantize(int64_t accumulator, const WideChannelRequantization& channel,
                          const Int16Output& output) {
  int64_t sum = wrapping_add(accumulator, channel.bias);
  return finish(multiply_by_quantized_multiplier(sum, channel.multiplier), output);
}

inline bool is_valid(const Int8Output& o) {
  return all_within(-128, 127, o.offset, o.min, o.max) && o.min <= o.max;
}

inline bool is_valid(const Int16Output& o) {
  return all_within(-32768, 32767, o.offset, o.min, o.max) && o.min <= o.max;
}

inline bool is_valid(const ChannelRequantization& channel) {
  return is_valid(channel.multiplier);
}
inline bool is_valid(const WideChannelRequantization& channel) {
  return is_valid_wide(channel.multiplier);
}

/// Whether the operand holds `count` channels with valid shifts. They must be constants: what a
/// kernel computes at run time can't be checked at the door.
template <typename Channel = ChannelRequantization>
bool check_channels(const Operand& operand, int32_t count) {
  if (!operand.constant || !operand.holds<Channel>(count)) return false;
  auto* channels = static_cast<const Channel*>(operand.constant);
  for (int32_t i = 0; i < count; ++i) {
    if (!is_valid(channels[i])) return false;
  }
  return true;
}

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_QUANTIZED_H_
