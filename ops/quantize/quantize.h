// SPDX-License-Identifier: Apache-2.0
// Between float and 8-bit integers, signed or not: real = scale · (q - zero_point).
#ifndef MOTE_OPS_QUANTIZE_QUANTIZE_H_
#define MOTE_OPS_QUANTIZE_QUANTIZE_H_

#include "base/kernel.h"

namespace mote {

struct Quantize8Params {
  int32_t elements;
  float scale;
  int32_t zero_point, min, max;  // the output type's range, within [-128, 255]
};

/// output = the low 8 bits of clamp(round(input / scale) + zero_point, min, max), ties away from
/// zero. NaN gives min.
void quantize_8(const Quantize8Params& params, const float* input, uint8_t* output);
bool check_quantize_8(const Quantize8Params& params, const Operand* operands);

struct Dequantize8Params {
  int32_t elements;
  float scale;
  int32_t zero_point;
  int32_t is_signed;  // the input's type: 1 int8, 0 uint8
};

void dequantize_8(const Dequantize8Params& params, const uint8_t* input, float* output);
bool check_dequantize_8(const Dequantize8Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZE_QUANTIZE_H_
