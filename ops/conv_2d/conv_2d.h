// SPDX-License-Identifier: Apache-2.0
// 2-D convolution (cross-correlation), NHWC, with groups:
//
//   output[n,y,x,c] = activation(bias[c] + sum over taps (i,j) and channels k of
//                                input[n, row(y,i), column(x,j), group(c)·filter_c + k] ·
//                                filter[c,i,j,k])
//
// where rows and columns outside the picture contribute nothing.
#ifndef MOTE_OPS_CONV_2D_CONV_2D_H_
#define MOTE_OPS_CONV_2D_CONV_2D_H_

#include "ops/quantized/folded_eight.h"
#include "ops/quantized/folded_four.h"
#include "ops/quantized/folded_wide.h"
#include "ops/quantized/linear_channels.h"
#include "ops/window/window.h"

namespace mote {

struct Conv2dInt8Params {
  Window window;
  int32_t filter_c;      // input channels of one group; divides input_c
  int32_t input_offset;  // minus the input's zero point
  Int8Output output;
};

/// filter is [output_c, filter_h, filter_w, filter_c] with zero point 0; channels are output_c.
void conv_2d_int8(const Conv2dInt8Params& params, const int8_t* input, const int8_t* filter,
                  const ChannelRequantization* channels, int8_t* output);
bool check_conv_2d_int8(const Conv2dInt8Params& params, const Operand* operands);

/// The same without groups, for cores with SMLAD. weights as pack_pairs() (packing.op.h) writes
/// them; columns is scratch for two windows of 16-bit inputs, of w words of four depths each, and
/// the bytes of one where input_c isn't a multiple of 4: [4w + (input_c % 4 ? w : 0)].
void conv_2d_int8_dsp_folded(const Conv2dInt8Params& params, const int8_t* input,
                             const uint32_t* weights, const FoldedChannel* channels,
                             uint32_t* columns, int8_t* output);
bool check_conv_2d_int8_dsp_folded(const Conv2dInt8Params& params, const Operand* operands);

/// The same with channels that find_linear_channels() has found for kConv2dLinearShift, in blocks
/// of four with their weights, as pack_linear() writes them.
void conv_2d_int8_dsp_linear(const Conv2dInt8Params& params, const int8_t* input,
                             const uint32_t* blocks, uint32_t* columns, int8_t* output);
bool check_conv_2d_int8_dsp_linear(const Conv2dInt8Params& params, const Operand* operands);

/// The same for weights of 4 bits, in half the bytes: weights as pack_quads() writes them.
void conv_2d_int8_dsp_folded_int4(const Conv2dInt8Params& params, const int8_t* input,
                                  const uint32_t* weights, const FoldedChannel* channels,
                                  uint32_t* columns, int8_t* output);
bool check_conv_2d_int8_dsp_folded_int4(const Conv2dInt8Params& params, const Operand* operands);

/// The same without groups, for cores without such instructions. weights as pack_lanes() and chunks
/// as cut_chunks() write them; columns is scratch, four words for two depths.
void conv_2d_int8_lanes(const Conv2dInt8Params& params, const int8_t* input, const int8_t* weights,
                        const uint8_t* chunks, const FoldedChannel* channels, uint32_t* columns,
                        int8_t* output);
bool check_conv_2d_int8_lanes(const Conv2dInt8Params& params, const Operand* operands);

/// The same without groups and horizontal dilation, for cores with MVE. weights as pack_strips()
/// writes them; strips is scratch for the columns that an output row needs and one more:
/// [(output_w - 1) · stride_w + filter_w + 1, filter_h, input_c]. 1×1 filters without padding need
/// none.
void conv_2d_int8_mve(const Conv2dInt8Params& params, const int8_t* input, const int8_t* weights,
                      const FoldedFour* channels, int8_t* strips, int8_t* output);
bool check_conv_2d_int8_mve(const Conv2dInt8Params& params, const Operand* operands);

struct Conv2dUnsignedParams {
  Window window;
  int32_t filter_c;
  int32_t input_offset;
  int32_t filter_offset;  // minus the filter's zero point
  Int8Output output;
};

/// The same for a uint8 filter with a zero point, as old models have it.
void conv_2d_int8_unsigned(const Conv2dUnsignedParams& params, const int8_t* input,
                           const uint8_t* filter, const ChannelRequantization* channels,
                           int8_t* output);
bool check_conv_2d_int8_unsigned(const Conv2dUnsignedParams& params, const Operand* operands);

struct Conv2dInt16Params {
  Window window;
  int32_t filter_c;
  Int16Output output;  // its zero point is 0, as is the input's
};

/// Sums of 64 bits, and of 32.
void conv_2d_int16(const Conv2dInt16Params& params, const int16_t* input, const int8_t* filter,
                   const WideChannelRequantization* channels, int16_t* output);
bool check_conv_2d_int16(const Conv2dInt16Params& params, const Operand* operands);
void conv_2d_int16_narrow(const Conv2dInt16Params& params, const int16_t* input,
                          const int8_t* filter, const ChannelRequantization* channels,
                          int16_t* output);
bool check_conv_2d_int16_narrow(const Conv2dInt16Params& params, const Operand* operands);

/// The same as conv_2d_int16() without groups, where sums and biases fit in 32 bits, for cores with
/// SMLAD. weights as pack_fours() (int16.op.cc) writes them, [ceil(output_c / 2), ceil(depth / 4),
/// 2] for a depth of filter_h · filter_w · input_c; columns is scratch for four windows, [4, 4 ·
/// ceil(depth / 4)], where reads_fours_in_place() (four_windows.h) isn't true.
void conv_2d_int16_dsp(const Conv2dInt16Params& params, const int16_t* input,
                       const uint32_t* weights, const FoldedWideChannel* channels, int16_t* columns,
                       int16_t* output);
bool check_conv_2d_int16_dsp(const Conv2dInt16Params& params, const Operand* operands);

/// The same for cores with MVE. weights are the filter as it is; columns is [4, depth], where
/// has_single_taps() isn't true.
void conv_2d_int16_mve(const Conv2dInt16Params& params, const int16_t* input, const int8_t* weights,
                       const FoldedWideFour* channels, int16_t* columns, int16_t* output);
bool check_conv_2d_int16_mve(const Conv2dInt16Params& params, const Operand* operands);

/// The same without groups, for hosts with AVX2. weights as pack_wide(…, 16) writes them, channels
/// sixteen by sixteen; columns is scratch for four windows of 16-bit inputs, [4, 2 · ceil(depth /
/// 2)].
void conv_2d_int8_avx2(const Conv2dInt8Params& params, const int8_t* input, const int16_t* weights,
                       const FoldedEight* channels, int16_t* columns, int8_t* output);
bool check_conv_2d_int8_avx2(const Conv2dInt8Params& params, const Operand* operands);

struct Conv2dFloat32Params {
  Window window;
  int32_t filter_c;
  float output_min, output_max;  // the fused activation
};

/// bias may be null. Sums in the order bias-last, taps row by row, channels innermost.
void conv_2d_float32(const Conv2dFloat32Params& params, const float* input, const float* filter,
                     const float* bias, float* output);
bool check_conv_2d_float32(const Conv2dFloat32Params& params, const Operand* operands);

/// The same bits without groups, for cores with an FPU. weights are four channels at a depth after
/// the other, then their biases, filled up with zeros: [ceil(output_c / 4), filter_h · filter_w ·
/// input_c + 1, 4]; columns is scratch for four windows, [4, filter_h, filter_w, input_c], where
/// has_single_taps() (four_windows.h) isn't true.
void conv_2d_float32_fpu(const Conv2dFloat32Params& params, const float* input,
                         const float* weights, float* columns, float* output);
bool check_conv_2d_float32_fpu(const Conv2dFloat32Params& params, const Operand* operands);

/// The same with products that are added in one rounding.
void conv_2d_float32_fused(const Conv2dFloat32Params& params, const float* input,
                           const float* weights, float* columns, float* output);
bool check_conv_2d_float32_fused(const Conv2dFloat32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_CONV_2D_H_
