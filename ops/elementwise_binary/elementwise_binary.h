// SPDX-License-Identifier: Apache-2.0
// Arithmetic of two tensors element by element, either repeated along dimensions where it has 1:
// output = activation(a ∘ b). The output may be the same memory as an operand that isn't repeated
// and has elements of the same size.
#ifndef MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_H_
#define MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_H_

#include "ops/quantized/quantized.h"
#include "ops/strided/strided.h"

namespace mote {

/// Which kernels have which function stands at the kernels.
enum BinaryFunction : int32_t {
  kBinaryAdd = 0,
  kBinarySub = 1,
  kBinaryMul = 2,
  kBinaryMaximum = 3,
  kBinaryMinimum = 4,
  kBinaryDiv = 5,
  kBinarySquaredDifference = 6,
  kBinaryPrelu = 7,  // a, or a · b where a is below 0
  kBinaryFloorDiv = 8,
  kBinaryFloorMod = 9,
  kBinaryPow = 10,
  kBinaryXor = 11,
  kBinaryRightShift = 12,          // by 0 to bits - 1; the sign moves in
  kBinaryRightShiftUnsigned = 13,  // zeros move in
};

/// a + b, a - b or (a - b)², quantised: both operands are brought to a common scale, `left_shift`
/// bits up, before they are combined.
template <typename Output>
struct ScaledParams {
  StridedLoops<2> loops;
  int32_t function;    // kBinaryAdd, kBinarySub or kBinarySquaredDifference
  int32_t offsets[2];  // minus the zero points
  int32_t left_shift;
  QuantizedMultiplier multipliers[2];
  QuantizedMultiplier output_multiplier;
  Output output;
};
using ScaledInt8Params = ScaledParams<Int8Output>;
using ScaledInt16Params = ScaledParams<Int16Output>;

void scaled_int8(const ScaledInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output);
bool check_scaled_int8(const ScaledInt8Params& params, const Operand* operands);
void scaled_int16(const ScaledInt16Params& params, const int16_t* a, const int16_t* b,
                  int16_t* output);
bool check_scaled_int16(const ScaledInt16Params& params, const Operand* operands);

/// A sum or difference whose roundings the compiler has proved to come to one: for all 65,536 pairs
/// of int8, clamp((a · coefficients[0] + b · coefficients[1] + addend) / 2^shift, min, max),
/// rounded down, is what scaled_int8() gives.
struct LinearInt8Params {
  StridedLoops<2> loops;
  int32_t coefficients[2];
  int32_t addend;
  int32_t shift;     // to the right, in [0, 31]
  int32_t min, max;  // within [-128, 127]
};

void linear_int8(const LinearInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output);
bool check_linear_int8(const LinearInt8Params& params, const Operand* operands);
/// The same in vectors of Cortex-M55.
void linear_int8_mve(const LinearInt8Params& params, const int8_t* a, const int8_t* b,
                     int8_t* output);
bool check_linear_int8_mve(const LinearInt8Params& params, const Operand* operands);

/// a · b or a / b, quantised. Division by 0 gives the output's largest or smallest value.
template <typename Output>
struct ProductParams {
  StridedLoops<2> loops;
  int32_t offsets[2];
  QuantizedMultiplier multiplier;  // scale_a · scale_b / output_scale; div: scale_a / scale_b / …
  Output output;
};
using ProductInt8Params = ProductParams<Int8Output>;
using ProductInt16Params = ProductParams<Int16Output>;

void mul_int8(const ProductInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output);
bool check_mul_int8(const ProductInt8Params& params, const Operand* operands);
void mul_int16(const ProductInt16Params& params, const int16_t* a, const int16_t* b,
               int16_t* output);
bool check_mul_int16(const ProductInt16Params& params, const Operand* operands);
void div_int8(const ProductInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output);
bool check_div_int8(const ProductInt8Params& params, const Operand* operands);

/// a · scale_a, or a · b where a is below 0.
template <typename Output>
struct PreluParams {
  StridedLoops<2> loops;
  int32_t offsets[2];
  QuantizedMultiplier above, below;  // scale_a / output_scale; scale_a · scale_b / output_scale
  Output output;
};
using PreluInt8Params = PreluParams<Int8Output>;
using PreluInt16Params = PreluParams<Int16Output>;

void prelu_int8(const PreluInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output);
bool check_prelu_int8(const PreluInt8Params& params, const Operand* operands);
void prelu_int16(const PreluInt16Params& params, const int16_t* a, const int8_t* b,
                 int16_t* output);
bool check_prelu_int16(const PreluInt16Params& params, const Operand* operands);

struct BinaryFloat32Params {
  StridedLoops<2> loops;
  int32_t function;  // up to kBinaryPrelu
  float output_min, output_max;
};

void binary_float32(const BinaryFloat32Params& params, const float* a, const float* b,
                    float* output);
bool check_binary_float32(const BinaryFloat32Params& params, const Operand* operands);

struct BinaryParams {
  StridedLoops<2> loops;
  int32_t function;
};

/// The functions that need double: kBinaryFloorDiv, kBinaryFloorMod and kBinaryPow.
void wide_binary_float32(const BinaryParams& params, const float* a, const float* b, float* output);
bool check_wide_binary_float32(const BinaryParams& params, const Operand* operands);

/// Plain integers, not quantised ones: all functions but kBinaryPrelu. Results wrap; x / 0 and
/// x mod 0 are 0.
void binary_int8(const BinaryParams& params, const int8_t* a, const int8_t* b, int8_t* output);
bool check_binary_int8(const BinaryParams& params, const Operand* operands);
void binary_int16(const BinaryParams& params, const int16_t* a, const int16_t* b, int16_t* output);
bool check_binary_int16(const BinaryParams& params, const Operand* operands);
void binary_int64(const BinaryParams& params, const int64_t* a, const int64_t* b, int64_t* output);
bool check_binary_int64(const BinaryParams& params, const Operand* operands);

struct BinaryInt32Params {
  StridedLoops<2> loops;
  int32_t function;
  int32_t output_min, output_max;
};

void binary_int32(const BinaryInt32Params& params, const int32_t* a, const int32_t* b,
                  int32_t* output);
bool check_binary_int32(const BinaryInt32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_ELEMENTWISE_BINARY_ELEMENTWISE_BINARY_H_
