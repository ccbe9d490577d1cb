// SPDX-License-Identifier: Apache-2.0
// Depthwise 2-D convolution, NHWC: each input channel has output_c / input_c filters of its own,
//
//   output[n,y,x,c] = activation(bias[c] + sum over taps (i,j) of
//                                input[n, row(y,i), column(x,j), c / multiplier] · filter[i,j,c])
//
// where rows and columns outside the picture contribute nothing.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_DEPTHWISE_CONV_2D_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_DEPTHWISE_CONV_2D_H_

#include "ops/quantized/folded_eight.h"
#include "ops/quantized/folded_wide.h"
#include "ops/quantized/linear_channels.h"
#include "ops/window/window.h"

namespace mote {

/// REQUIRES of all params: window.output_c is a multiple of window.input_c.
struct DepthwiseConv2dInt8Params {
  Window window;
  int32_t input_offset;  // minus the input's zero point
  Int8Output output;
};

/// filter is [filter_h, filter_w, output_c] with zero point 0; channels are output_c.
void depthwise_conv_2d_int8(const DepthwiseConv2dInt8Params& params, const int8_t* input,
                            const int8_t* filter, const ChannelRequantization* channels,
                            int8_t* output);
bool check_depthwise_conv_2d_int8(const DepthwiseConv2dInt8Params& params, const Operand* operands);

struct DepthwiseConv2dInt8DspParams {
  Window window;
  int32_t sideways;  // 1: the window's rows are the picture's columns, and the other way round
  int32_t input_offset;
  Int8Output output;
};

/// The same for 3×3 filters with a multiplier of 1, equal strides of 1 or 2 and no dilation, for
/// cores with SMLAD. weights are three words for each channel, a word for each row: taps 0, 1, 1
/// and 2. planes is scratch for two channels' padded pictures in 16 bits:
/// [(output_h - 1) · stride_h + 3, 2 · floor((output_w · stride_w + 3) / 2)] words.
/// Output may be input where they have the same shape.
void depthwise_conv_2d_int8_dsp(const DepthwiseConv2dInt8DspParams& params, const int8_t* input,
                                const uint32_t* weights, const FoldedChannel* channels,
                                uint32_t* planes, int8_t* output);
bool check_depthwise_conv_2d_int8_dsp(const DepthwiseConv2dInt8DspParams& params,
                                      const Operand* operands);

/// What a row of the next kernel's four planes holds in all.
constexpr int32_t kLinearPitch = 104;
/// Columns of the padded picture from the begin of what a plane has room for, a strip, to the next.
constexpr int32_t kStripColumns = kLinearPitch / 4 - 2;
/// Its planes' rows, for outputs in pairs of rows.
inline int32_t linear_rows(const Window& w) {
  return (w.output_h + w.output_h % 2 - 1) * w.stride_h + 3;
}
/// The shifts of its channels, whose multipliers are less than 1/8.
constexpr int kDepthwiseLinearSumShift = 8, kDepthwiseLinearShift = 10;

/// A channel of the kernel, read in one stream: its filter as above, and its line.
struct LinearFilter {
  uint32_t rows[3];
  LinearChannel line;
};

/// The same for four channels and more and a pad_w of 1 at most, with lines that
/// find_linear_channels() has found for those shifts. planes is scratch: [linear_rows(),
/// kLinearPitch / 2] words.
void depthwise_conv_2d_int8_dsp_linear(const DepthwiseConv2dInt8DspParams& params,
                                       const int8_t* input, const LinearFilter* filters,
                                       uint32_t* planes, int8_t* output);
bool check_depthwise_conv_2d_int8_dsp_linear(const DepthwiseConv2dInt8DspParams& params,
                                             const Operand* operands);

/// The same for cores with MVE. weights are three words for each channel and one more, a word for
/// each of the filter's columns: its three taps and 0. columns is scratch for 16 channels of four
/// rows: [patch_columns() (mve.cc) + 1, 16]. Output may be input where they have the same shape and
/// pad_h is 2 at most.
void depthwise_conv_2d_int8_mve(const DepthwiseConv2dInt8DspParams& params, const int8_t* input,
                                const uint32_t* weights, const FoldedChannel* channels,
                                uint32_t* columns, int8_t* output);
bool check_depthwise_conv_2d_int8_mve(const DepthwiseConv2dInt8DspParams& params,
                                      const Operand* operands);

/// Bytes from one pixel to the next in a row, and from one row to the next.
struct Steps {
  int32_t pixel, row;
};

/// Of pictures as the window has them, which lie upright in memory.
inline Steps steps_of(const DepthwiseConv2dInt8DspParams& p, int32_t height, int32_t width) {
  int32_t c = p.window.output_c;
  return p.sideways ? Steps{height * c, c} : Steps{c, width * c};
}

/// What these two kernels have in common.
[[gnu::cold, gnu::noinline]] inline bool check_plain_3x3(const DepthwiseConv2dInt8DspParams& p,
                                                         const Operand& input,
                                                         const Operand& output) {
  const Window& w = p.window;
  return check_window<int8_t>(w, input, output) && w.input_c == w.output_c && w.filter_h == 3 &&
         w.filter_w == 3 && w.dilation_h == 1 && w.dilation_w == 1 && w.stride_h == w.stride_w &&
         w.stride_w <= 2 && all_within(-127, 128, p.input_offset) && all_within(0, 1, p.sideways) &&
         is_valid(p.output);
}

/// The same for all filters, for all cores. filter is [output_c, filter_h, filter_w]; plane is
/// scratch for one channel's padded picture: [(output_h - 1) · stride_h + (filter_h - 1) ·
/// dilation_h + 1, the same of w]. Output may be input where they have the same shape.
void depthwise_conv_2d_int8_planes(const DepthwiseConv2dInt8Params& params, const int8_t* input,
                                   const int8_t* filter, const FoldedChannel* channels,
                                   int8_t* plane, int8_t* output);
bool check_depthwise_conv_2d_int8_planes(const DepthwiseConv2dInt8Params& params,
                                         const Operand* operands);

struct DepthwiseConv2dUnsignedParams {
  Window window;
  int32_t input_offset;
  int32_t filter_offset;  // minus the filter's zero point
  Int8Output output;
};

/// The same for a uint8 filter with a zero point, as old models have it.
void depthwise_conv_2d_int8_unsigned(const DepthwiseConv2dUnsignedParams& params,
                                     const int8_t* input, const uint8_t* filter,
                                     const ChannelRequantization* channels, int8_t* output);
bool check_depthwise_conv_2d_int8_unsigned(const DepthwiseConv2dUnsignedParams& params,
                                           const Operand* operands);

/// The most taps of a filter that depthwise_conv_2d_int8_avx2() takes.
constexpr int32_t kMostWideTaps = 64;

/// The same for a multiplier of 1 and channels in eights, for hosts with AVX2. filter is [filter_h,
/// filter_w, output_c] in words of 16 bits and 16 zeros; zeros is scratch, [output_c].
void depthwise_conv_2d_int8_avx2(const DepthwiseConv2dInt8Params& params, const int8_t* input,
                                 const int32_t* filter, const FoldedEight* channels, int8_t* zeros,
                                 int8_t* output);
bool check_depthwise_conv_2d_int8_avx2(const DepthwiseConv2dInt8Params& params,
                                       const Operand* operands);

/// The same for filters of 3x3 and a stride of 1 or 2, without dilation. filter is [filter_w, 2,
/// output_c] in words of 16 bits: of the first two rows, then of the third row and 16 zeros.
void depthwise_conv_2d_int8_avx2_3x3(const DepthwiseConv2dInt8Params& params, const int8_t* input,
                                     const int32_t* filter, const FoldedEight* channels,
                                     int8_t* zeros, int8_t* output);
bool check_depthwise_conv_2d_int8_avx2_3x3(const DepthwiseConv2dInt8Params& params,
                                           const Operand* operands);

struct DepthwiseConv2dInt16Params {
  Window window;
  Int16Output output;  // its zero point is 0, as is the input's
};

/// Sums of 64 bits.
void depthwise_conv_2d_int16(const DepthwiseConv2dInt16Params& params, const int16_t* input,
                             const int8_t* filter, const WideChannelRequantization* channels,
                             int16_t* output);
bool check_depthwise_conv_2d_int16(const DepthwiseConv2dInt16Params& params,
                                   const Operand* operands);

/// Whether a window has a multiplier of 1 and steps in bytes that 32-bit integers hold.
inline bool fits_side_by_side(const Window& w) {
  int64_t most = INT32_MAX / 4, c = w.output_c;
  return w.input_c == w.output_c && w.dilation_w * c * (w.filter_w + int64_t{1}) <= most &&
         int64_t{w.dilation_h} * w.input_w * c <= most;
}

/// The same for such windows, where sums and biases fit in 32 bits, for cores with SMLAD. weights
/// are the filter in words of 16 bits.
void depthwise_conv_2d_int16_dsp(const DepthwiseConv2dInt16Params& params, const int16_t* input,
                                 const int16_t* weights, const FoldedWideChannel* channels,
                                 int16_t* output);
bool check_depthwise_conv_2d_int16_dsp(const DepthwiseConv2dInt16Params& params,
                                       const Operand* operands);

/// The same for cores with MVE. channels are two fours for eight channels: the even ones, then the
/// odd ones.
void depthwise_conv_2d_int16_mve(const DepthwiseConv2dInt16Params& params, const int16_t* input,
                                 const int16_t* weights, const FoldedWideFour* channels,
                                 int16_t* output);
bool check_depthwise_conv_2d_int16_mve(const DepthwiseConv2dInt16Params& params,
                                       const Operand* operands);

struct DepthwiseConv2dFloat32Params {
  Window window;
  float output_min, output_max;  // the fused activation
};

/// bias may be null. Sums in the order taps row by row, bias last.
void depthwise_conv_2d_float32(const DepthwiseConv2dFloat32Params& params, const float* input,
                               const float* filter, const float* bias, float* output);
bool check_depthwise_conv_2d_float32(const DepthwiseConv2dFloat32Params& params,
                                     const Operand* operands);

/// The same bits for such windows, for cores with an FPU. bias isn't null.
void depthwise_conv_2d_float32_fpu(const DepthwiseConv2dFloat32Params& params, const float* input,
                                   const float* filter, const float* bias, float* output);
bool check_depthwise_conv_2d_float32_fpu(const DepthwiseConv2dFloat32Params& params,
                                         const Operand* operands);

/// The same with products that are added in one rounding.
void depthwise_conv_2d_float32_fused(const DepthwiseConv2dFloat32Params& params, const float* input,
                                     const float* filter, const float* bias, float* output);
bool check_depthwise_conv_2d_float32_fused(const DepthwiseConv2dFloat32Params& params,
                                           const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_DEPTHWISE_CONV_2D_H_
