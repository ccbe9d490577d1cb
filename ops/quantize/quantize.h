// SPDX-License-Identifier: Apache-2.0
// Between float and integers of 8 or 16 bits, and between integers of two scales: real =
// scale · (q - zero_point).
#ifndef MOTE_OPS_QUANTIZE_QUANTIZE_H_
#define MOTE_OPS_QUANTIZE_QUANTIZE_H_

#include "base/fixed_point.h"
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

struct QuantizeInt16Params {
  int32_t elements;
  float scale;
  int32_t zero_point;  // within [-32768, 32767]
};

/// The same for int16.
void quantize_int16(const QuantizeInt16Params& params, const float* input, int16_t* output);
bool check_quantize_int16(const QuantizeInt16Params& params, const Operand* operands);
void dequantize_int16(const QuantizeInt16Params& params, const int16_t* input, float* output);
bool check_dequantize_int16(const QuantizeInt16Params& params, const Operand* operands);

struct RequantizeParams {
  int32_t elements;
  int32_t input_zero_point, output_zero_point;
  QuantizedMultiplier multiplier;  // input_scale / output_scale
};

// Integers to others: output = clamp((input - input_zero_point) · multiplier + output_zero_point)
// to its type. F(from, From, to, To): kernel requantize_from_to. Of 8 bits to 8 bits, it is a
// table.
#define MOTE_REQUANTIZED_TYPES(F)   \
  F(int8, int8_t, int16, int16_t)   \
  F(int8, int8_t, int32, int32_t)   \
  F(int16, int16_t, int8, int8_t)   \
  F(int16, int16_t, int16, int16_t) \
  F(int16, int16_t, int32, int32_t) \
  F(int32, int32_t, int8, int8_t)   \
  F(int32, int32_t, int16, int16_t)

#define MOTE_DECLARE(from, From, to, To)                                                        \
  void requantize_##from##_##to(const RequantizeParams& params, const From* input, To* output); \
  bool check_requantize_##from##_##to(const RequantizeParams& params, const Operand* operands);
MOTE_REQUANTIZED_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZE_QUANTIZE_H_
