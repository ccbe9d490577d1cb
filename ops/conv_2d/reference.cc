// SPDX-License-Identifier: Apache-2.0
// The definition of CONV_2D: one loop nest, shared by all element types through the functions that
// start and finish an output.
#include "ops/conv_2d/conv_2d.h"

#include "base/math.h"

namespace mote {
namespace {

/// Sum over the window at (out_y, out_x) for one output channel. `picture` is the batch's input
/// from the channel's group on, `filter` the channel's filter.
template <typename Sum, typename T, typename W, typename Add>
Sum window_sum(const Window& w, int32_t filter_c, const T* picture, const W* filter, int32_t out_y,
               int32_t out_x, Add add_product) {
  Taps rows = rows_of(w, out_y), columns = columns_of(w, out_x);
  Sum sum = 0;
  for (int32_t i = rows.begin; i < rows.end; ++i) {
    const T* row = picture + (rows.origin + i * w.dilation_h) * w.input_w * w.input_c;
    for (int32_t j = columns.begin; j < columns.end; ++j) {
      const T* pixel = row + (columns.origin + j * w.dilation_w) * w.input_c;
      const W* weights = filter + (i * w.filter_w + j) * filter_c;
      for (int32_t k = 0; k < filter_c; ++k) sum = add_product(sum, pixel[k], weights[k]);
    }
  }
  return sum;
}

/// Calls output_at(y, x, c, picture, filter) for each output element, in memory order.
template <typename T, typename W, typename OutputAt>
void for_each_output(const Window& w, int32_t filter_c, const T* input, const W* filter,
                     OutputAt output_at) {
  int32_t channels_per_group = w.output_c / (w.input_c / filter_c);
  int32_t filter_size = w.filter_h * w.filter_w * filter_c;
  for (int32_t n = 0; n < w.batches; ++n) {
    const T* picture = input + n * w.input_h * w.input_w * w.input_c;
    for (int32_t y = 0; y < w.output_h; ++y) {
      for (int32_t x = 0; x < w.output_w; ++x) {
        for (int32_t c = 0; c < w.output_c; ++c) {
          output_at(y, x, c, picture + c / channels_per_group * filter_c, filter + c * filter_size);
        }
      }
    }
  }
}

/// The quantised convolution, with sums as wide as the channels' biases.
template <typename Sum, typename Params, typename T, typename W, typename Channel>
void convolve(const Params& p, int32_t input_offset, int32_t filter_offset, const T* input,
              const W* filter, const Channel* channels, T* output) {
  auto add_product = [&](Sum sum, T x, W w) {
    return wrapping_add(sum, static_cast<Sum>((x + input_offset) * (w + filter_offset)));
  };
  auto output_at = [&](int32_t y, int32_t x, int32_t c, const T* picture, const W* weights) {
    Sum sum = window_sum<Sum>(p.window, p.filter_c, picture, weights, y, x, add_product);
    *output++ = requantize(sum, channels[c], p.output);
  };
  for_each_output(p.window, p.filter_c, input, filter, output_at);
}

template <typename T>
bool check_filter(const Window& w, int32_t filter_c, const Operand& filter) {
  return all_within(1, w.input_c, filter_c) && w.input_c % filter_c == 0 &&
         w.output_c % (w.input_c / filter_c) == 0 &&
         filter.holds<T>(w.output_c, w.filter_h, w.filter_w, filter_c);
}

template <typename Channel>
bool check_int16(const Conv2dInt16Params& p, const Operand* operands) {
  return check_window<int16_t>(p.window, operands[0], operands[3]) &&
         check_filter<int8_t>(p.window, p.filter_c, operands[1]) &&
         check_channels<Channel>(operands[2], p.window.output_c) && is_valid(p.output);
}

}  // namespace

void conv_2d_int8(const Conv2dInt8Params& p, const int8_t* input, const int8_t* filter,
                  const ChannelRequantization* channels, int8_t* output) {
  convolve<int32_t>(p, p.input_offset, 0, input, filter, channels, output);
}

bool check_conv_2d_int8(const Conv2dInt8Params& p, const Operand* operands) {
  return check_window<int8_t>(p.window, operands[0], operands[3]) &&
         check_filter<int8_t>(p.window, p.filter_c, operands[1]) &&
         check_channels(operands[2], p.window.output_c) && all_within(-127, 128, p.input_offset) &&
         is_valid(p.output);
}

void conv_2d_int8_unsigned(const Conv2dUnsignedParams& p, const int8_t* input,
                           const uint8_t* filter, const ChannelRequantization* channels,
                           int8_t* output) {
  convolve<int32_t>(p, p.input_offset, p.filter_offset, input, filter, channels, output);
}

bool check_conv_2d_int8_unsigned(const Conv2dUnsignedParams& p, const Operand* operands) {
  return check_window<int8_t>(p.window, operands[0], operands[3]) &&
         check_filter<uint8_t>(p.window, p.filter_c, operands[1]) &&
         check_channels(operands[2], p.window.output_c) && all_within(-127, 128, p.input_offset) &&
         all_within(-255, 0, p.filter_offset) && is_valid(p.output);
}

void conv_2d_int16(const Conv2dInt16Params& p, const int16_t* input, const int8_t* filter,
                   const WideChannelRequantization* channels, int16_t* output) {
  convolve<int64_t>(p, 0, 0, input, filter, channels, output);
}

bool check_conv_2d_int16(const Conv2dInt16Params& p, const Operand* operands) {
  return check_int16<WideChannelRequantization>(p, operands);
}

void conv_2d_int16_narrow(const Conv2dInt16Params& p, const int16_t* input, const int8_t* filter,
                          const ChannelRequantization* channels, int16_t* output) {
  convolve<int32_t>(p, 0, 0, input, filter, channels, output);
}

bool check_conv_2d_int16_narrow(const Conv2dInt16Params& p, const Operand* operands) {
  return check_int16<ChannelRequantization>(p, operands);
}

void conv_2d_float32(const Conv2dFloat32Params& p, const float* input, const float* filter,
                     const float* bias, float* output) {
  auto add_product = [](float sum, float x, float w) { return sum + x * w; };
  auto output_at = [&](int32_t y, int32_t x, int32_t c, const float* picture,
                       const float* weights) {
    float sum = window_sum<float>(p.window, p.filter_c, picture, weights, y, x, add_product);
    if (bias) sum += bias[c];
    *output++ = clamp(sum, p.output_min, p.output_max);
  };
  for_each_output(p.window, p.filter_c, input, filter, output_at);
}

bool check_conv_2d_float32(const Conv2dFloat32Params& p, const Operand* operands) {
  return check_window<float>(p.window, operands[0], operands[3]) &&
         check_filter<float>(p.window, p.filter_c, operands[1]) &&
         (!operands[2].present() || operands[2].holds<float>(p.window.output_c));
}

}  // namespace mote
