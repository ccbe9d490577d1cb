// SPDX-License-Identifier: Apache-2.0
// The definition of DEPTHWISE_CONV_2D: one loop nest, shared by all element types through the
// functions that add a product and finish an output.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"

#include "base/math.h"

namespace mote {
namespace {

/// Sum over the window at (out_y, out_x). `picture` is the batch's input from the input channel on,
/// `filter` the filter from the output channel on.
template <typename Sum, typename T, typename W, typename Add>
Sum window_sum(const Window& w, const T* picture, const W* filter, int32_t out_y, int32_t out_x,
               Add add_product) {
  Taps rows = rows_of(w, out_y), columns = columns_of(w, out_x);
  Sum sum = 0;
  for (int32_t i = rows.begin; i < rows.end; ++i) {
    const T* row = picture + (rows.origin + i * w.dilation_h) * w.input_w * w.input_c;
    for (int32_t j = columns.begin; j < columns.end; ++j) {
      sum = add_product(sum, row[(columns.origin + j * w.dilation_w) * w.input_c],
                        filter[(i * w.filter_w + j) * w.output_c]);
    }
  }
  return sum;
}

/// Calls output_at(y, x, c, picture, filter) for each output element, in memory order.
template <typename T, typename W, typename OutputAt>
void for_each_output(const Window& w, const T* input, const W* filter, OutputAt output_at) {
  int32_t multiplier = w.output_c / w.input_c;
  for (int32_t n = 0; n < w.batches; ++n) {
    const T* picture = input + n * w.input_h * w.input_w * w.input_c;
    for (int32_t y = 0; y < w.output_h; ++y) {
      for (int32_t x = 0; x < w.output_w; ++x) {
        for (int32_t c = 0; c < w.output_c; ++c) {
          output_at(y, x, c, picture + c / multiplier, filter + c);
        }
      }
    }
  }
}

/// The quantised convolution, with sums as wide as the channels' biases.
template <typename Sum, typename Params, typename T, typename W, typename Channel>
void convolve_depthwise(const Params& p, int32_t input_offset, int32_t filter_offset,
                        const T* input, const W* filter, const Channel* channels, T* output) {
  auto add_product = [&](Sum sum, T x, W w) {
    return wrapping_add(sum, static_cast<Sum>((x + input_offset) * (w + filter_offset)));
  };
  auto output_at = [&](int32_t y, int32_t x, int32_t c, const T* picture, const W* weights) {
    Sum sum = window_sum<Sum>(p.window, picture, weights, y, x, add_product);
    *output++ = requantize(sum, channels[c], p.output);
  };
  for_each_output(p.window, input, filter, output_at);
}

template <typename T>
bool check_filter(const Window& w, const Operand& filter) {
  return w.output_c % w.input_c == 0 && filter.holds<T>(w.filter_h, w.filter_w, w.output_c);
}

}  // namespace

void depthwise_conv_2d_int8(const DepthwiseConv2dInt8Params& p, const int8_t* input,
                            const int8_t* filter, const ChannelRequantization* channels,
                            int8_t* output) {
  convolve_depthwise<int32_t>(p, p.input_offset, 0, input, filter, channels, output);
}

bool check_depthwise_conv_2d_int8(const DepthwiseConv2dInt8Params& p, const Operand* operands) {
  return check_window<int8_t>(p.window, operands[0], operands[3]) &&
         check_filter<int8_t>(p.window, operands[1]) &&
         check_channels(operands[2], p.window.output_c) && all_within(-127, 128, p.input_offset) &&
         is_valid(p.output);
}

void depthwise_conv_2d_int8_unsigned(const DepthwiseConv2dUnsignedParams& p, const int8_t* input,
                                     const uint8_t* filter, const ChannelRequantization* channels,
                                     int8_t* output) {
  convolve_depthwise<int32_t>(p, p.input_offset, p.filter_offset, input, filter, channels, output);
}

bool check_depthwise_conv_2d_int8_unsigned(const DepthwiseConv2dUnsignedParams& p,
                                           const Operand* operands) {
  return check_window<int8_t>(p.window, operands[0], operands[3]) &&
         check_filter<uint8_t>(p.window, operands[1]) &&
         check_channels(operands[2], p.window.output_c) && all_within(-127, 128, p.input_offset) &&
         all_within(-255, 0, p.filter_offset) && is_valid(p.output);
}

void depthwise_conv_2d_int16(const DepthwiseConv2dInt16Params& p, const int16_t* input,
                             const int8_t* filter, const WideChannelRequantization* channels,
                             int16_t* output) {
  convolve_depthwise<int64_t>(p, 0, 0, input, filter, channels, output);
}

bool check_depthwise_conv_2d_int16(const DepthwiseConv2dInt16Params& p, const Operand* operands) {
  return check_window<int16_t>(p.window, operands[0], operands[3]) &&
         check_filter<int8_t>(p.window, operands[1]) &&
         check_channels<WideChannelRequantization>(operands[2], p.window.output_c) &&
         is_valid(p.output);
}

void depthwise_conv_2d_float32(const DepthwiseConv2dFloat32Params& p, const float* input,
                               const float* filter, const float* bias, float* output) {
  auto add_product = [](float sum, float x, float w) { return sum + x * w; };
  auto output_at = [&](int32_t y, int32_t x, int32_t c, const float* picture,
                       const float* weights) {
    float sum = window_sum<float>(p.window, picture, weights, y, x, add_product);
    if (bias) sum += bias[c];
    *output++ = clamp(sum, p.output_min, p.output_max);
  };
  for_each_output(p.window, input, filter, output_at);
}

bool check_depthwise_conv_2d_float32(const DepthwiseConv2dFloat32Params& p,
                                     const Operand* operands) {
  return check_window<float>(p.window, operands[0], operands[3]) &&
         check_filter<float>(p.window, operands[1]) &&
         (!operands[2].present() || operands[2].holds<float>(p.window.output_c));
}

}  // namespace mote
