// SPDX-License-Identifier: Apache-2.0
// The definition of quantised elementwise arithmetic, in the steps of TFLite's specification.
#include "base/fixed_functions.h"
#include "ops/elementwise_binary/elementwise_binary.h"
#include "ops/strided/broadcast.h"

namespace mote {
namespace {

template <typename Params, typename T>
void combine_scaled(const Params& p, const T* a, const T* b, T* output) {
  auto scaled = [&](T value, int i) {
    int32_t raised = wrapping_shift_left(value + p.offsets[i], p.left_shift);
    return multiply_by_quantized_multiplier(raised, p.multipliers[i]);
  };
  broadcast(p.loops, a, b, output, [&](T x, T y) {
    int32_t left = scaled(x, 0), right = scaled(y, 1);
    int32_t result =
        p.function == kBinaryAdd ? wrapping_add(left, right) : wrapping_sub(left, right);
    if (p.function == kBinarySquaredDifference) result = wrapping_mul(result, result);
    return finish(multiply_by_quantized_multiplier(result, p.output_multiplier), p.output);
  });
}

/// Zero points that T holds, negated.
template <typename T, typename Params>
bool check_offsets(const Params& p) {
  constexpr int32_t kMost = sizeof(T) == 1 ? 128 : 32768;
  return all_within(1 - kMost, kMost, p.offsets[0], p.offsets[1]) && is_valid(p.output);
}

template <typename T, typename Params>
bool check_scaled(const Params& p, const Operand* operands) {
  bool known = p.function == kBinaryAdd || p.function == kBinarySub ||
               p.function == kBinarySquaredDifference;
  return known && check_broadcast<T, T, T>(p.loops, operands) && check_offsets<T>(p) &&
         all_within(0, 31, p.left_shift) && is_valid(p.multipliers[0]) &&
         is_valid(p.multipliers[1]) && is_valid(p.output_multiplier);
}

template <typename Params, typename T>
void multiply(const Params& p, const T* a, const T* b, T* output) {
  broadcast(p.loops, a, b, output, [&](T x, T y) {
    int32_t product = wrapping_mul(x + p.offsets[0], y + p.offsets[1]);
    return finish(multiply_by_quantized_multiplier(product, p.multiplier), p.output);
  });
}

template <typename T, typename Params>
bool check_product(const Params& p, const Operand* operands) {
  return check_broadcast<T, T, T>(p.loops, operands) && check_offsets<T>(p) &&
         is_valid(p.multiplier);
}

/// x / y times the multiplier. REQUIRES: 0 < y < 2^31, |x| < 2^30.
int32_t quotient(int32_t x, int32_t y, QuantizedMultiplier multiplier) {
  if (x == 0) return 0;
  int32_t zeros = __builtin_clz(static_cast<uint32_t>(y));
  uint32_t normalized = static_cast<uint32_t>(y) << zeros;  // in [1, 2), its 1 the top bit
  int32_t inverse = one_over_one_plus(static_cast<int32_t>(normalized - (uint32_t{1} << 31)));
  uint32_t size = static_cast<uint32_t>(x < 0 ? -x : x);
  // As far up as x goes without losing its sign.
  int32_t headroom = __builtin_clz(x < 0 ? 2 * size - 1 : size) - (x < 0 ? 0 : 1);
  int32_t raised = saturating_rounding_doubling_high_mul(wrapping_shift_left(x, headroom), inverse);
  int32_t shift = multiplier.shift - (31 - zeros) - headroom;
  if (shift < -31) return 0;
  return multiply_by_quantized_multiplier(raised, {multiplier.multiplier, shift});
}

template <typename Params, typename T, typename U>
void prelu(const Params& p, const T* a, const U* b, T* output) {
  broadcast(p.loops, a, b, output, [&](T x, U y) {
    int32_t value = x + p.offsets[0];
    int32_t scaled = value >= 0
                         ? multiply_by_quantized_multiplier(value, p.above)
                         : multiply_by_quantized_multiplier(value * (y + p.offsets[1]), p.below);
    return finish(scaled, p.output);
  });
}

}  // namespace

void scaled_int8(const ScaledInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  combine_scaled(p, a, b, output);
}

bool check_scaled_int8(const ScaledInt8Params& p, const Operand* operands) {
  return check_scaled<int8_t>(p, operands);
}

void scaled_int16(const ScaledInt16Params& p, const int16_t* a, const int16_t* b, int16_t* output) {
  combine_scaled(p, a, b, output);
}

bool check_scaled_int16(const ScaledInt16Params& p, const Operand* operands) {
  return check_scaled<int16_t>(p, operands);
}

void mul_int8(const ProductInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  multiply(p, a, b, output);
}

bool check_mul_int8(const ProductInt8Params& p, const Operand* operands) {
  return check_product<int8_t>(p, operands);
}

void mul_int16(const ProductInt16Params& p, const int16_t* a, const int16_t* b, int16_t* output) {
  multiply(p, a, b, output);
}

bool check_mul_int16(const ProductInt16Params& p, const Operand* operands) {
  return check_product<int16_t>(p, operands);
}

void div_int8(const ProductInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  broadcast(p.loops, a, b, output, [&](int8_t left, int8_t right) {
    int32_t x = left + p.offsets[0], y = right + p.offsets[1];
    if (y == 0) return finish(x > 0 ? 256 : x < 0 ? -256 : 0, p.output);
    return finish(y < 0 ? quotient(-x, -y, p.multiplier) : quotient(x, y, p.multiplier), p.output);
  });
}

bool check_div_int8(const ProductInt8Params& p, const Operand* operands) {
  return check_product<int8_t>(p, operands);
}

void prelu_int8(const PreluInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  prelu(p, a, b, output);
}

bool check_prelu_int8(const PreluInt8Params& p, const Operand* operands) {
  return check_broadcast<int8_t, int8_t, int8_t>(p.loops, operands) && check_offsets<int8_t>(p) &&
         is_valid(p.above) && is_valid(p.below);
}

void prelu_int16(const PreluInt16Params& p, const int16_t* a, const int8_t* b, int16_t* output) {
  prelu(p, a, b, output);
}

bool check_prelu_int16(const PreluInt16Params& p, const Operand* operands) {
  return check_broadcast<int16_t, int8_t, int16_t>(p.loops, operands) &&
         check_offsets<int16_t>(p) && all_within(-127, 128, p.offsets[1]) && is_valid(p.above) &&
         is_valid(p.below);
}

}  // namespace mote
