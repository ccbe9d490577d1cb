// SPDX-License-Identifier: Apache-2.0
// Arithmetic of two tensors element by element, either repeated along dimensions where it has 1:
// output = activation(a ∘ b). The output is written in memory order, so it may be the same memory
// as an operand that isn't repeated.
#ifndef MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_H_
#define MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_H_

#include "ops/quantized/quantized.h"
#include "ops/strided/strided.h"

namespace mote {

/// a ± b: both operands are brought to a common scale, 20 bits up, before they are added.
struct AddInt8Params {
  StridedLoops<2> loops;
  int32_t offsets[2];  // minus the zero points
  QuantizedMultiplier multipliers[2];
  QuantizedMultiplier output_multiplier;
  int32_t subtract;  // 1: a - b
  Int8Output output;
};

void add_int8(const AddInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output);
bool check_add_int8(const AddInt8Params& params, const Operand* operands);

struct MulInt8Params {
  StridedLoops<2> loops;
  int32_t offsets[2];
  QuantizedMultiplier multiplier;  // scale_a · scale_b / output_scale
  Int8Output output;
};

void mul_int8(const MulInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output);
bool check_mul_int8(const MulInt8Params& params, const Operand* operands);

enum BinaryFunction : int32_t { kBinaryAdd = 0, kBinarySub = 1, kBinaryMul = 2 };

struct BinaryFloat32Params {
  StridedLoops<2> loops;
  int32_t function;  // a BinaryFunction
  float output_min, output_max;
};

void binary_float32(const BinaryFloat32Params& params, const float* a, const float* b,
                    float* output);
bool check_binary_float32(const BinaryFloat32Params& params, const Operand* operands);

struct BinaryInt32Params {
  StridedLoops<2> loops;
  int32_t function;  // a BinaryFunction
  int32_t output_min, output_max;
};

/// Plain integers, not quantised ones; results wrap.
void binary_int32(const BinaryInt32Params& params, const int32_t* a, const int32_t* b,
                  int32_t* output);
bool check_binary_int32(const BinaryInt32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_H_
