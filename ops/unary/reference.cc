// SPDX-License-Identifier: Apache-2.0
// The definition of elementwise functions.
#include "ops/unary/unary.h"

#include "base/math.h"

namespace mote {
namespace {

template <typename Function>
void map(int32_t elements, const float* input, float* output, Function function) {
  for (int32_t i = 0; i < elements; ++i) output[i] = function(input[i]);
}

bool check_map(int32_t elements, const Operand* operands) {
  return operands[0].holds<float>(elements) && operands[1].holds<float>(elements);
}

}  // namespace

void lookup_8(const ElementsParams& p, const uint8_t* input, const uint8_t* table,
              uint8_t* output) {
  for (int32_t i = 0; i < p.elements; ++i) output[i] = table[input[i]];
}

bool check_lookup_8(const ElementsParams& p, const Operand* operands) {
  return operands[0].holds<uint8_t>(p.elements) && operands[1].holds<uint8_t>(256) &&
         operands[2].holds<uint8_t>(p.elements);
}

void logistic_float32(const ElementsParams& p, const float* input, float* output) {
  map(p.elements, input, output, [](float x) { return logistic(x); });
}

bool check_logistic_float32(const ElementsParams& p, const Operand* operands) {
  return check_map(p.elements, operands);
}

void tanh_float32(const ElementsParams& p, const float* input, float* output) {
  map(p.elements, input, output, [](float x) { return tanh(x); });
}

bool check_tanh_float32(const ElementsParams& p, const Operand* operands) {
  return check_map(p.elements, operands);
}

void clamp_float32(const ClampFloat32Params& p, const float* input, float* output) {
  map(p.elements, input, output, [&](float x) { return clamp(x, p.low, p.high); });
}

bool check_clamp_float32(const ClampFloat32Params& p, const Operand* operands) {
  return check_map(p.elements, operands);
}

}  // namespace mote
