// SPDX-License-Identifier: Apache-2.0
// The definition of TRANSPOSE_CONV.
#include "ops/transpose_conv/transpose_conv.h"

#include "base/math.h"

namespace mote {
namespace {

/// The input coordinate that tap `tap` spreads to output coordinate `out`, or -1.
int32_t spread_from(int32_t out, int32_t pad, int32_t tap, int32_t stride, int32_t size) {
  int32_t scaled = out + pad - tap;
  if (scaled < 0 || scaled % stride != 0) return -1;
  return scaled / stride < size ? scaled / stride : -1;
}

/// The sum for output element (y, x, c) of a batch whose input begins at `input`.
template <typename Sum, typename T, typename W, typename Add>
Sum sum_taps(const Window& w, const T* input, const W* filter, int32_t y, int32_t x, int32_t c,
             Add add) {
  Sum sum = 0;
  for (int32_t i = 0; i < w.filter_h; ++i) {
    int32_t in_y = spread_from(y, w.pad_h, i, w.stride_h, w.output_h);
    if (in_y < 0) continue;
    for (int32_t j = 0; j < w.filter_w; ++j) {
      int32_t in_x = spread_from(x, w.pad_w, j, w.stride_w, w.output_w);
      if (in_x < 0) continue;
      const T* pixel = input + (in_y * w.output_w + in_x) * w.output_c;
      const W* taps = filter + ((c * w.filter_h + i) * w.filter_w + j) * w.output_c;
      for (int32_t k = 0; k < w.output_c; ++k) sum = add(sum, pixel[k], taps[k]);
    }
  }
  return sum;
}

/// Writes finish_sum(sum, channel) for each output element, in memory order.
template <typename Sum, typename T, typename W, typename Add, typename Finish>
void spread(const Window& w, const T* input, const W* filter, T* output, Add add,
            Finish finish_sum) {
  for (int32_t n = 0; n < w.batches; ++n, input += w.output_h * w.output_w * w.output_c) {
    for (int32_t y = 0; y < w.input_h; ++y) {
      for (int32_t x = 0; x < w.input_w; ++x) {
        for (int32_t c = 0; c < w.input_c; ++c) {
          *output++ = finish_sum(sum_taps<Sum>(w, input, filter, y, x, c, add), c);
        }
      }
    }
  }
}

template <typename T, typename W>
bool check_spread(const Window& w, const Operand* operands, const Operand& output) {
  return w.dilation_h == 1 && w.dilation_w == 1 && check_window<T>(w, output, operands[0]) &&
         operands[1].holds<W>(w.input_c, w.filter_h, w.filter_w, w.output_c);
}

}  // namespace

void transpose_conv_int8(const TransposeConvInt8Params& p, const int8_t* input,
                         const int8_t* filter, const ChannelRequantization* channels,
                         int8_t* output) {
  auto add = [&](int32_t sum, int8_t x, int8_t weight) {
    return wrapping_add(sum, (x + p.input_offset) * weight);
  };
  spread<int32_t>(p.window, input, filter, output, add,
                  [&](int32_t sum, int32_t c) { return requantize(sum, channels[c], p.output); });
}

bool check_transpose_conv_int8(const TransposeConvInt8Params& p, const Operand* operands) {
  return check_spread<int8_t, int8_t>(p.window, operands, operands[3]) &&
         check_channels(operands[2], p.window.input_c) && all_within(-127, 128, p.input_offset) &&
         is_valid(p.output);
}

void transpose_conv_int16(const TransposeConvInt16Params& p, const int16_t* input,
                          const int8_t* filter, const WideChannelRequantization* channels,
                          int16_t* output) {
  auto add = [](int64_t sum, int16_t x, int8_t weight) {
    return wrapping_add(sum, static_cast<int64_t>(x * weight));
  };
  spread<int64_t>(p.window, input, filter, output, add,
                  [&](int64_t sum, int32_t c) { return requantize(sum, channels[c], p.output); });
}

bool check_transpose_conv_int16(const TransposeConvInt16Params& p, const Operand* operands) {
  return check_spread<int16_t, int8_t>(p.window, operands, operands[3]) &&
         check_channels<WideChannelRequantization>(operands[2], p.window.input_c) &&
         is_valid(p.output);
}

void transpose_conv_float32(const TransposeConvFloat32Params& p, const float* input,
                            const float* filter, const float* bias, float* output) {
  auto add = [](float sum, float x, float weight) { return sum + x * weight; };
  spread<float>(p.window, input, filter, output, add, [&](float sum, int32_t c) {
    return clamp(bias ? sum + bias[c] : sum, p.output_min, p.output_max);
  });
}

bool check_transpose_conv_float32(const TransposeConvFloat32Params& p, const Operand* operands) {
  return check_spread<float, float>(p.window, operands, operands[3]) &&
         (!operands[2].present() || operands[2].holds<float>(p.window.input_c));
}

}  // namespace mote
