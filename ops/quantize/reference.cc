// SPDX-License-Identifier: Apache-2.0
// The definition of QUANTIZE and DEQUANTIZE.
#include "ops/quantize/quantize.h"

#include "base/fixed_point.h"
#include "base/math.h"

namespace mote {
namespace {

template <typename From, typename To>
void requantize_all(const RequantizeParams& p, const From* input, To* output) {
  constexpr bool kAll = sizeof(To) == 4;
  constexpr int32_t kLeast = kAll ? kInt32Min : -(1 << (8 * sizeof(To) % 32 - 1));
  for (int32_t i = 0; i < p.elements; ++i) {
    int32_t x = wrapping_sub(input[i], p.input_zero_point);
    int32_t y =
        wrapping_add(multiply_by_quantized_multiplier(x, p.multiplier), p.output_zero_point);
    output[i] = static_cast<To>(clamp(y, kLeast, -(kLeast + 1)));
  }
}

}  // namespace

void quantize_8(const Quantize8Params& p, const float* input, uint8_t* output) {
  for (int32_t i = 0; i < p.elements; ++i) {
    int32_t q = wrapping_add(round_to_int(input[i] / p.scale), p.zero_point);
    output[i] = static_cast<uint8_t>(clamp(q, p.min, p.max));
  }
}

bool check_quantize_8(const Quantize8Params& p, const Operand* operands) {
  return operands[0].holds<float>(p.elements) && operands[1].holds<uint8_t>(p.elements) &&
         all_within(-128, 255, p.zero_point, p.min, p.max) && p.min <= p.max;
}

void dequantize_8(const Dequantize8Params& p, const uint8_t* input, float* output) {
  for (int32_t i = 0; i < p.elements; ++i) {
    int32_t q = p.is_signed ? static_cast<int8_t>(input[i]) : input[i];
    output[i] = p.scale * static_cast<float>(q - p.zero_point);
  }
}

bool check_dequantize_8(const Dequantize8Params& p, const Operand* operands) {
  return operands[0].holds<uint8_t>(p.elements) && operands[1].holds<float>(p.elements) &&
         all_within(-128, 255, p.zero_point);
}

void quantize_int16(const QuantizeInt16Params& p, const float* input, int16_t* output) {
  for (int32_t i = 0; i < p.elements; ++i) {
    int32_t q = wrapping_add(round_to_int(input[i] / p.scale), p.zero_point);
    output[i] = static_cast<int16_t>(clamp(q, -32768, 32767));
  }
}

bool check_quantize_int16(const QuantizeInt16Params& p, const Operand* operands) {
  return operands[0].holds<float>(p.elements) && operands[1].holds<int16_t>(p.elements) &&
         all_within(-32768, 32767, p.zero_point);
}

void dequantize_int16(const QuantizeInt16Params& p, const int16_t* input, float* output) {
  for (int32_t i = 0; i < p.elements; ++i) {
    output[i] = p.scale * static_cast<float>(input[i] - p.zero_point);
  }
}

bool check_dequantize_int16(const QuantizeInt16Params& p, const Operand* operands) {
  return operands[0].holds<int16_t>(p.elements) && operands[1].holds<float>(p.elements) &&
         all_within(-32768, 32767, p.zero_point);
}

#define MOTE_DEFINE(from, From, to, To)                                                     \
  void requantize_##from##_##to(const RequantizeParams& p, const From* input, To* output) { \
    requantize_all(p, input, output);                                                       \
  }                                                                                         \
  bool check_requantize_##from##_##to(const RequantizeParams& p, const Operand* operands) { \
    return operands[0].holds<From>(p.elements) && operands[1].holds<To>(p.elements) &&      \
           is_valid(p.multiplier);                                                          \
  }
MOTE_REQUANTIZED_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

}  // namespace mote
