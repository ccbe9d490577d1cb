// SPDX-License-Identifier: Apache-2.0
// Depthwise 2-D convolution, NHWC: each input channel has output_c / input_c filters of its own,
//
//   output[n,y,x,c] = activation(bias[c] + sum over taps (i,j) of
//                                input[n, row(y,i), column(x,j), c / multiplier] · filter[i,j,c])
//
// where rows and columns outside the picture contribute nothing.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_DEPTHWISE_CONV_2D_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_DEPTHWISE_CONV_2D_H_

#include "ops/quantized/quantized.h"
#include "ops/window/window.h"

namespace mote {

/// REQUIRES of both params: window.output_c is a multiple of window.input_c.
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

struct DepthwiseConv2dFloat32Params {
  Window window;
  float output_min, output_max;  // the fused activation
};

/// bias may be null. Sums in the order taps row by row, bias last.
void depthwise_conv_2d_float32(const DepthwiseConv2dFloat32Params& params, const float* input,
                               const float* filter, const float* bias, float* output);
bool check_depthwise_conv_2d_float32(const DepthwiseConv2dFloat32Params& params,
                                     const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_DEPTHWISE_CONV_2D_H_
