// SPDX-License-Identifier: Apache-2.0
// The definition of elementwise functions.
#include "ops/unary/unary.h"

#include "base/elementary.h"
#include "base/trigonometry.h"
#include "ops/unary/int16_curves.h"

namespace mote {
namespace {

template <typename T, typename Function>
void map(int32_t elements, const T* input, T* output, Function function) {
  for (int32_t i = 0; i < elements; ++i) output[i] = function(input[i]);
}

template <typename T>
bool check_map(int32_t elements, const Operand* operands) {
  return operands[0].holds<T>(elements) && operands[1].holds<T>(elements);
}

// Functions that base/ doesn't have, by the names in MOTE_FLOAT_FUNCTIONS.
namespace functions {

float abs(float x) {
  return absolute(x);
}
float elu(float x) {
  return x < 0 ? exp_minus_one(x) : x;
}
float gelu(float x) {
  return 0.5f * x * (1.0f + erf(x * 0.70710678f));
}
float gelu_tanh(float x) {
  return 0.5f * x * (1.0f + tanh(0.79788456f * (x + 0.044715f * x * x * x)));
}
float hard_swish(float x) {
  return x * clamp(x + 3.0f, 0.0f, 6.0f) / 6.0f;
}
float neg(float x) {
  return -x;
}
float round(float x) {
  return round_half_even(x);
}
float rsqrt(float x) {
  return 1.0f / sqrt(x);
}
float sign(float x) {
  return x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f;
}
float square(float x) {
  return x * x;
}

}  // namespace functions

/// Negation and size wrap for the lowest value.
template <typename T, typename Unsigned>
void map_integers(const IntegerFunctionParams& p, const T* input, T* output) {
  map(p.elements, input, output, [&](T x) {
    if (p.function == kIntegerSign) return static_cast<T>((x > 0) - (x < 0));
    bool keep = p.function == kIntegerAbs && x >= 0;
    return keep ? x : static_cast<T>(static_cast<Unsigned>(0 - static_cast<Unsigned>(x)));
  });
}

template <typename T>
bool check_integers(const IntegerFunctionParams& p, const Operand* operands) {
  return check_map<T>(p.elements, operands) && all_within(kIntegerAbs, kIntegerSign, p.function);
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

#define MOTE_DEFINE(name)                                                           \
  void name##_float32(const ElementsParams& p, const float* input, float* output) { \
    using namespace functions;                                                      \
    map(p.elements, input, output, [](float x) { return name(x); });                \
  }                                                                                 \
  bool check_##name##_float32(const ElementsParams& p, const Operand* operands) {   \
    return check_map<float>(p.elements, operands);                                  \
  }
MOTE_FLOAT_FUNCTIONS(MOTE_DEFINE)
#undef MOTE_DEFINE

void clamp_float32(const ClampFloat32Params& p, const float* input, float* output) {
  map(p.elements, input, output, [&](float x) { return clamp(x, p.low, p.high); });
}

bool check_clamp_float32(const ClampFloat32Params& p, const Operand* operands) {
  return check_map<float>(p.elements, operands);
}

void leaky_relu_float32(const LeakyReluFloat32Params& p, const float* input, float* output) {
  map(p.elements, input, output, [&](float x) { return x > 0 ? x : x * p.alpha; });
}

bool check_leaky_relu_float32(const LeakyReluFloat32Params& p, const Operand* operands) {
  return check_map<float>(p.elements, operands);
}

void unary_int16(const IntegerFunctionParams& p, const int16_t* input, int16_t* output) {
  map_integers<int16_t, uint16_t>(p, input, output);
}

bool check_unary_int16(const IntegerFunctionParams& p, const Operand* operands) {
  return check_integers<int16_t>(p, operands);
}

void unary_int32(const IntegerFunctionParams& p, const int32_t* input, int32_t* output) {
  map_integers<int32_t, uint32_t>(p, input, output);
}

bool check_unary_int32(const IntegerFunctionParams& p, const Operand* operands) {
  return check_integers<int32_t>(p, operands);
}

void unary_int64(const IntegerFunctionParams& p, const int64_t* input, int64_t* output) {
  map_integers<int64_t, uint64_t>(p, input, output);
}

bool check_unary_int64(const IntegerFunctionParams& p, const Operand* operands) {
  return check_integers<int64_t>(p, operands);
}

void two_slopes_int16(const TwoSlopesInt16Params& p, const int16_t* input, int16_t* output) {
  map(p.elements, input, output, [&](int16_t value) {
    int32_t x = value - p.input_zero_point;
    int32_t y = multiply_by_quantized_multiplier(x, x < 0 ? p.below : p.above);
    if (x < 0 && p.negate_below) y = wrapping_sub(0, y);
    return static_cast<int16_t>(clamp(wrapping_add(y, p.offset), p.min, p.max));
  });
}

bool check_two_slopes_int16(const TwoSlopesInt16Params& p, const Operand* operands) {
  return check_map<int16_t>(p.elements, operands) && is_valid(p.below) && is_valid(p.above) &&
         all_within(-32768, 32767, p.input_zero_point, p.offset, p.min, p.max) && p.min <= p.max;
}

void curve_int16(const CurveInt16Params& p, const int16_t* input, const uint16_t* table,
                 int16_t* output) {
  CurveInput scale = {p.multiplier, p.shift};
  map(p.elements, input, output, [&](int16_t value) {
    return p.tanh ? tanh_int16(table, value, scale) : logistic_int16(table, value, scale);
  });
}

bool check_curve_int16(const CurveInt16Params& p, const Operand* operands) {
  return operands[0].holds<int16_t>(p.elements) && operands[1].holds<uint16_t>(256) &&
         operands[2].holds<int16_t>(p.elements) && is_valid(CurveInput{p.multiplier, p.shift});
}

}  // namespace mote
