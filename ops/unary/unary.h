// SPDX-License-Identifier: Apache-2.0
// Functions of one element. Whatever maps 8 bits to 8 bits is a table that the compiler fills, so
// every quantised activation and requantisation is the same kernel; floats have one kernel per
// function. All may run in place.
#ifndef MOTE_OPS_UNARY_UNARY_H_
#define MOTE_OPS_UNARY_UNARY_H_

#include "base/kernel.h"

namespace mote {

struct ElementsParams {
  int32_t elements;
};

/// output[i] = table[input[i]]; the table has 256 entries, indexed by the input's bits.
void lookup_8(const ElementsParams& params, const uint8_t* input, const uint8_t* table,
              uint8_t* output);
bool check_lookup_8(const ElementsParams& params, const Operand* operands);

void logistic_float32(const ElementsParams& params, const float* input, float* output);
bool check_logistic_float32(const ElementsParams& params, const Operand* operands);

void tanh_float32(const ElementsParams& params, const float* input, float* output);
bool check_tanh_float32(const ElementsParams& params, const Operand* operands);

struct ClampFloat32Params {
  int32_t elements;
  float low, high;
};

void clamp_float32(const ClampFloat32Params& params, const float* input, float* output);
bool check_clamp_float32(const ClampFloat32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_UNARY_UNARY_H_
