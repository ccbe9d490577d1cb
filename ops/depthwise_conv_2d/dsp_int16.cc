// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D of int16 activations with a multiplier of 1, four channels at a time: they lie
// side by side in two words, as do their weights, which the compiler has widened.
#include "ops/depthwise_conv_2d/int16_taps.h"

namespace mote {
namespace {

/// The sums of channels c to c + 3.
__attribute__((noinline)) void multiply_four_channels(const Window& w, const Int16Taps& taps,
                                                      int32_t c, int32_t (&sums)[4]) {
  const int32_t input_step = w.dilation_w * w.input_c;
  const int16_t *row = taps.input + c, *weight_row = taps.weights + c;
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (int32_t i = 0; i < taps.rows; ++i) {
    const int16_t *x = row, *weights = weight_row;
    for (int32_t j = 0; j < taps.columns; ++j) {
      uint32_t a = load_word(x), b = load_word(x + 2);
      uint32_t u = load_word(weights), v = load_word(weights + 2);
      s0 = mac_low_low(a, u, s0), s1 = mac_high_high(a, u, s1);
      s2 = mac_low_low(b, v, s2), s3 = mac_high_high(b, v, s3);
      x += input_step, weights += w.output_c;
    }
    row += taps.input_row, weight_row += taps.weight_row;
  }
  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

void multiply_output(const DepthwiseConv2dInt16Params& p, const Int16Taps& taps,
                     const FoldedWideChannel* channels, int16_t* output) {
  int32_t c = 0;
  for (; c + 4 <= p.window.output_c; c += 4) {
    int32_t sums[4];
    multiply_four_channels(p.window, taps, c, sums);
    for (int32_t i = 0; i < 4; ++i) {
      output[c + i] = requantize(sums[i], channels[c + i], p.output);
    }
  }
  for (; c < p.window.output_c; ++c) {
    output[c] = requantize(sum_of_taps(p.window, taps, c), channels[c], p.output);
  }
}

}  // namespace

void depthwise_conv_2d_int16_dsp(const DepthwiseConv2dInt16Params& p, const int16_t* input,
                                 const int16_t* weights, const FoldedWideChannel* channels,
                                 int16_t* output) {
  for_each_taps(p.window, input, weights, [&](const Int16Taps& taps) {
    multiply_output(p, taps, channels, output);
    output += p.window.output_c;
  });
}

bool check_depthwise_conv_2d_int16_dsp(const DepthwiseConv2dInt16Params& p,
                                       const Operand* operands) {
  const Window& w = p.window;
  return check_window<int16_t>(w, operands[0], operands[3]) && fits_side_by_side(w) &&
         operands[1].holds<int16_t>(w.filter_h, w.filter_w, w.output_c) &&
         operands[2].holds<FoldedWideChannel>(w.output_c) && is_valid(p.output);
}

}  // namespace mote
