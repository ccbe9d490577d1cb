// SPDX-License-Identifier: Apache-2.0
// The definition of L2_NORMALIZATION.
#include "ops/l2_normalization/l2_normalization.h"

#include "base/elementary.h"
#include "base/fixed_functions.h"

namespace mote {

void l2_normalization_int8(const L2NormalizationParams& p, const int8_t* input, int8_t* output) {
  for (int32_t r = 0; r < p.rows; ++r, input += p.depth, output += p.depth) {
    int32_t sum = 0;
    for (int32_t i = 0; i < p.depth; ++i) {
      int32_t x = input[i] - p.zero_point;
      sum += x * x;
    }
    QuantizedMultiplier m = inverse_sqrt(sum);
    m.shift += 7;  // to the output's scale
    for (int32_t i = 0; i < p.depth; ++i) {
      int32_t y = multiply_by_quantized_multiplier(input[i] - p.zero_point, m);
      output[i] = static_cast<int8_t>(clamp(y, -128, 127));
    }
  }
}

bool check_l2_normalization_int8(const L2NormalizationParams& p, const Operand* operands) {
  return operands[0].holds<int8_t>(p.rows, p.depth) && operands[1].holds<int8_t>(p.rows, p.depth) &&
         p.depth <= kMostL2NormalizationDepth && all_within(-128, 127, p.zero_point);
}

void l2_normalization_float32(const L2NormalizationParams& p, const float* input, float* output) {
  for (int32_t r = 0; r < p.rows; ++r, input += p.depth, output += p.depth) {
    float sum = 0;
    for (int32_t i = 0; i < p.depth; ++i) sum += input[i] * input[i];
    float length = sqrt(sum);
    if (length < 1e-6f) length = 1e-6f;
    for (int32_t i = 0; i < p.depth; ++i) output[i] = input[i] / length;
  }
}

bool check_l2_normalization_float32(const L2NormalizationParams& p, const Operand* operands) {
  return operands[0].holds<float>(p.rows, p.depth) && operands[1].holds<float>(p.rows, p.depth);
}

}  // namespace mote
