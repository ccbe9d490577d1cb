// SPDX-License-Identifier: Apache-2.0
// The definition of QUANTIZE from and DEQUANTIZE to float.
#include "ops/quantize/quantize.h"

#include "base/fixed_point.h"
#include "base/math.h"

namespace mote {

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

}  // namespace mote
