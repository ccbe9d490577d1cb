// SPDX-License-Identifier: Apache-2.0
// Functions of one element. Whatever maps 8 bits to 8 bits is a table that the compiler fills, so
// every quantised activation and requantisation is the same kernel; int16 has one kernel for what
// is straight on either side of zero and one for the S-shaped curves; floats have one kernel per
// function. All may run in place.
#ifndef MOTE_OPS_UNARY_UNARY_H_
#define MOTE_OPS_UNARY_UNARY_H_

#include "base/fixed_point.h"
#include "base/kernel.h"

namespace mote {

struct ElementsParams {
  int32_t elements;
};

/// output[i] = table[input[i]]; the table has 256 entries, indexed by the input's bits.
void lookup_8(const ElementsParams& params, const uint8_t* input, const uint8_t* table,
              uint8_t* output);
bool check_lookup_8(const ElementsParams& params, const Operand* operands);

// The functions of a float, F(name): kernel name_float32, output[i] = name(input[i]).
#define MOTE_FLOAT_FUNCTIONS(F) \
  F(abs)                        \
  F(ceil)                       \
  F(cos)                        \
  F(elu)                        \
  F(exp)                        \
  F(floor)                      \
  F(gelu)                       \
  F(gelu_tanh)                  \
  F(hard_swish) F(log) F(logistic) F(neg) F(round) F(rsqrt) F(sign) F(sin) F(sqrt) F(square) F(tanh)

#define MOTE_DECLARE(name)                                                              \
  void name##_float32(const ElementsParams& params, const float* input, float* output); \
  bool check_##name##_float32(const ElementsParams& params, const Operand* operands);
MOTE_FLOAT_FUNCTIONS(MOTE_DECLARE)
#undef MOTE_DECLARE

struct ClampFloat32Params {
  int32_t elements;
  float low, high;
};

void clamp_float32(const ClampFloat32Params& params, const float* input, float* output);
bool check_clamp_float32(const ClampFloat32Params& params, const Operand* operands);

struct LeakyReluFloat32Params {
  int32_t elements;
  float alpha;  // the slope below 0
};

void leaky_relu_float32(const LeakyReluFloat32Params& params, const float* input, float* output);
bool check_leaky_relu_float32(const LeakyReluFloat32Params& params, const Operand* operands);

/// Plain integers, not quantised ones; results wrap.
enum IntegerFunction : int32_t { kIntegerAbs = 0, kIntegerNeg = 1, kIntegerSign = 2 };

struct IntegerFunctionParams {
  int32_t elements;
  int32_t function;  // an IntegerFunction
};

void unary_int16(const IntegerFunctionParams& params, const int16_t* input, int16_t* output);
bool check_unary_int16(const IntegerFunctionParams& params, const Operand* operands);
void unary_int32(const IntegerFunctionParams& params, const int32_t* input, int32_t* output);
bool check_unary_int32(const IntegerFunctionParams& params, const Operand* operands);
void unary_int64(const IntegerFunctionParams& params, const int64_t* input, int64_t* output);
bool check_unary_int64(const IntegerFunctionParams& params, const Operand* operands);

/// With x = input - input_zero_point: output = clamp(offset + (x < 0 ? below · x : above · x)).
struct TwoSlopesInt16Params {
  int32_t elements;
  int32_t input_zero_point;
  QuantizedMultiplier below, above;
  int32_t negate_below;  // 1: the slope below 0 is minus `below`
  int32_t offset, min, max;
};

void two_slopes_int16(const TwoSlopesInt16Params& params, const int16_t* input, int16_t* output);
bool check_two_slopes_int16(const TwoSlopesInt16Params& params, const Operand* operands);

/// Half of an S-shaped curve, interpolated: entry i is 2^16 · logistic(i / 24).
/// With x = (input · multiplier + rounding) >> shift: LOGISTIC steps through the table by 2^9, TANH
/// by 2^8. Input and output have zero point 0, the output scale is 2^-15.
struct CurveInt16Params {
  int32_t elements;
  int32_t multiplier, shift;  // at most 65535; 0 to 31
  int32_t tanh;               // 1: tanh, 0: logistic
};

void curve_int16(const CurveInt16Params& params, const int16_t* input, const uint16_t* table,
                 int16_t* output);
bool check_curve_int16(const CurveInt16Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_UNARY_UNARY_H_
