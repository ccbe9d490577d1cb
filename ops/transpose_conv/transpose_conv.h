// SPDX-License-Identifier: Apache-2.0
// Transposed convolution, NHWC: each input element is spread over the output by the filter.
// Computed from the output's side: an output element sums the taps whose input exists.
#ifndef MOTE_OPS_TRANSPOSE_CONV_TRANSPOSE_CONV_H_
#define MOTE_OPS_TRANSPOSE_CONV_TRANSPOSE_CONV_H_

#include "ops/quantized/quantized.h"
#include "ops/window/window.h"

namespace mote {

/// `window` is that of the convolution which this one transposes: its input is our output, and its
/// output our input. No dilation.
struct TransposeConvInt8Params {
  Window window;
  int32_t input_offset;  // minus the input's zero point
  Int8Output output;
};

/// filter is [our output_c, filter_h, filter_w, our input_c] with zero point 0.
void transpose_conv_int8(const TransposeConvInt8Params& params, const int8_t* input,
                         const int8_t* filter, const ChannelRequantization* channels,
                         int8_t* output);
bool check_transpose_conv_int8(const TransposeConvInt8Params& params, const Operand* operands);

struct TransposeConvInt16Params {
  Window window;
  Int16Output output;  // its zero point is 0, as is the input's
};

/// Sums of 64 bits.
void transpose_conv_int16(const TransposeConvInt16Params& params, const int16_t* input,
                          const int8_t* filter, const WideChannelRequantization* channels,
                          int16_t* output);
bool check_transpose_conv_int16(const TransposeConvInt16Params& params, const Operand* operands);

struct TransposeConvFloat32Params {
  Window window;
  float output_min, output_max;  // the fused activation
};

/// bias may be null.
void transpose_conv_float32(const TransposeConvFloat32Params& params, const float* input,
                            const float* filter, const float* bias, float* output);
bool check_transpose_conv_float32(const TransposeConvFloat32Params& params,
                                  const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_TRANSPOSE_CONV_TRANSPOSE_CONV_H_
