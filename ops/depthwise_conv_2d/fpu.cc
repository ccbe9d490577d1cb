// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D of floats with a multiplier of 1: channels lie side by side, so that eight of
// them are computed at once from picture and filter as they are.
#include "base/math.h"
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/float_taps.h"

namespace mote {
namespace {

/// All channels of an output; input and filter are those of its first tap in the picture.
template <bool kFused>
void multiply_channels(const FloatTaps& taps, int32_t channels, const float* input,
                       const float* filter, const float* bias, float* output) {
  int32_t c = 0;
  if (taps.rows > 0 && taps.columns > 0) {
    for (; c + kTapChannels <= channels; c += kTapChannels) {
      multiply_eight_channels<kFused>(taps, input + c, filter + c, bias + c, output + c);
    }
  }
  for (; c < channels; ++c) {
    output[c] = sum_of_taps<kFused>(taps, input + c, filter + c) + bias[c];
  }
}

/// An output row of a picture.
template <bool kFused>
void multiply_output_row(const Window& w, int32_t y, const float* picture, const float* filter,
                         const float* bias, float* output) {
  const int32_t c = w.output_c, pitch = w.input_w * c;
  const Taps rows = rows_of(w, y);
  FloatTaps taps;
  taps.step = w.dilation_w * c * 4, taps.filter_step = c * 4;
  taps.rows = rows.end - rows.begin;
  for (int32_t x = 0; x < w.output_w; ++x, output += c) {
    const Taps columns = columns_of(w, x);
    taps.columns = columns.end - columns.begin;
    const bool inside = taps.rows > 0 && taps.columns > 0;
    taps.row_step = inside ? w.dilation_h * pitch * 4 - taps.columns * taps.step : 0;
    taps.filter_row_step = (w.filter_w - taps.columns) * taps.filter_step;
    int32_t from = !inside ? 0
                           : (rows.origin + rows.begin * w.dilation_h) * pitch +
                                 (columns.origin + columns.begin * w.dilation_w) * c;
    int32_t tap = inside ? (rows.begin * w.filter_w + columns.begin) * c : 0;
    multiply_channels<kFused>(taps, c, picture + from, filter + tap, bias, output);
  }
}

template <bool kFused>
void convolve_channels(const DepthwiseConv2dFloat32Params& p, const float* input,
                       const float* filter, const float* bias, float* output) {
  const Window& w = p.window;
  const int32_t row = w.output_w * w.output_c;
  for (int32_t n = 0; n < w.batches; ++n, input += w.input_h * w.input_w * w.input_c) {
    for (int32_t y = 0; y < w.output_h; ++y, output += row) {
      multiply_output_row<kFused>(w, y, input, filter, bias, output);
      clamp_all(output, row, p.output_min, p.output_max);
    }
  }
}

}  // namespace

void depthwise_conv_2d_float32_fpu(const DepthwiseConv2dFloat32Params& p, const float* input,
                                   const float* filter, const float* bias, float* output) {
  convolve_channels<false>(p, input, filter, bias, output);
}

bool check_depthwise_conv_2d_float32_fpu(const DepthwiseConv2dFloat32Params& p,
                                         const Operand* operands) {
  const Window& w = p.window;
  return check_window<float>(w, operands[0], operands[3]) && fits_side_by_side(w) &&
         operands[1].holds<float>(w.filter_h, w.filter_w, w.output_c) &&
         operands[2].holds<float>(w.output_c);
}

void depthwise_conv_2d_float32_fused(const DepthwiseConv2dFloat32Params& p, const float* input,
                                     const float* filter, const float* bias, float* output) {
  convolve_channels<true>(p, input, filter, bias, output);
}

bool check_depthwise_conv_2d_float32_fused(const DepthwiseConv2dFloat32Params& p,
                                           const Operand* operands) {
  return check_depthwise_conv_2d_float32_fpu(p, operands);
}

}  // namespace mote
