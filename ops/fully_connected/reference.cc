// SPDX-License-Identifier: Apache-2.0
// The definition of FULLY_CONNECTED for weights with a single scale.
#include "ops/fully_connected/fully_connected.h"

namespace mote {
namespace {

int32_t dot(const FullyConnectedInt8Params& p, const int8_t* input, const int8_t* weights) {
  int32_t sum = 0;
  for (int32_t d = 0; d < p.depth; ++d) {
    sum = wrapping_add(sum, (input[d] + p.input_offset) * (weights[d] + p.filter_offset));
  }
  return sum;
}

}  // namespace

void fully_connected_int8(const FullyConnectedInt8Params& p, const int8_t* input,
                          const int8_t* filter, const int32_t* bias, int8_t* output) {
  for (int32_t r = 0; r < p.rows; ++r) {
    for (int32_t o = 0; o < p.outputs; ++o) {
      int32_t sum = dot(p, input + r * p.depth, filter + o * p.depth);
      if (bias) sum = wrapping_add(sum, bias[o]);
      *output++ = finish(multiply_by_quantized_multiplier(sum, p.multiplier), p.output);
    }
  }
}

bool check_fully_connected_int8(const FullyConnectedInt8Params& p, const Operand* operands) {
  return operands[0].holds<int8_t>(p.rows, p.depth) &&
         operands[1].holds<int8_t>(p.outputs, p.depth) &&
         (!operands[2].present() || operands[2].holds<int32_t>(p.outputs)) &&
         operands[3].holds<int8_t>(p.rows, p.outputs) &&
         all_within(-127, 128, p.input_offset, p.filter_offset) && is_valid(p.multiplier) &&
         is_valid(p.output);
}

}  // namespace mote
