// SPDX-License-Identifier: Apache-2.0
// The definition of elementwise arithmetic: one walk, and a function of two elements for each type.
#include "ops/elementwise_binary/elementwise_binary.h"

#include "base/math.h"

namespace mote {
namespace {

constexpr int32_t kAddShift = 20;

template <typename T, typename Function>
void apply(const StridedLoops<2>& loops, const T* a, const T* b, T* output, Function function) {
  int32_t length = loops.row_length();
  int32_t stride_a = loops.row_stride(0), stride_b = loops.row_stride(1);
  Walk<2> at(loops);
  do {
    const T *x = a + at.offset(0), *y = b + at.offset(1);
    for (int32_t i = 0; i < length; ++i) *output++ = function(x[i * stride_a], y[i * stride_b]);
  } while (at.next_row());
}

template <typename T>
bool check_loops(const StridedLoops<2>& loops, const Operand* operands) {
  return check_strided<T>(loops, 0, 0, operands[0]) && check_strided<T>(loops, 1, 0, operands[1]) &&
         holds_all<T>(loops, operands[2]);
}

bool is_function(int32_t function) {
  return all_within(kBinaryAdd, kBinaryMul, function);
}

}  // namespace

void add_int8(const AddInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  auto scaled = [&](int8_t value, int i) {
    int32_t raised = wrapping_shift_left(value + p.offsets[i], kAddShift);
    return multiply_by_quantized_multiplier(raised, p.multipliers[i]);
  };
  apply(p.loops, a, b, output, [&](int8_t x, int8_t y) {
    int32_t left = scaled(x, 0), right = scaled(y, 1);
    int32_t sum = p.subtract ? wrapping_sub(left, right) : wrapping_add(left, right);
    return finish(multiply_by_quantized_multiplier(sum, p.output_multiplier), p.output);
  });
}

bool check_add_int8(const AddInt8Params& p, const Operand* operands) {
  return check_loops<int8_t>(p.loops, operands) &&
         all_within(-127, 128, p.offsets[0], p.offsets[1]) && is_valid(p.multipliers[0]) &&
         is_valid(p.multipliers[1]) && is_valid(p.output_multiplier) && is_valid(p.output);
}

void mul_int8(const MulInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  apply(p.loops, a, b, output, [&](int8_t x, int8_t y) {
    int32_t product = (x + p.offsets[0]) * (y + p.offsets[1]);
    return finish(multiply_by_quantized_multiplier(product, p.multiplier), p.output);
  });
}

bool check_mul_int8(const MulInt8Params& p, const Operand* operands) {
  return check_loops<int8_t>(p.loops, operands) &&
         all_within(-127, 128, p.offsets[0], p.offsets[1]) && is_valid(p.multiplier) &&
         is_valid(p.output);
}

void binary_float32(const BinaryFloat32Params& p, const float* a, const float* b, float* output) {
  auto clamped = [&](float x) { return clamp(x, p.output_min, p.output_max); };
  switch (p.function) {
    case kBinaryAdd:
      return apply(p.loops, a, b, output, [&](float x, float y) { return clamped(x + y); });
    case kBinarySub:
      return apply(p.loops, a, b, output, [&](float x, float y) { return clamped(x - y); });
    default:
      return apply(p.loops, a, b, output, [&](float x, float y) { return clamped(x * y); });
  }
}

bool check_binary_float32(const BinaryFloat32Params& p, const Operand* operands) {
  return check_loops<float>(p.loops, operands) && is_function(p.function);
}

void binary_int32(const BinaryInt32Params& p, const int32_t* a, const int32_t* b, int32_t* output) {
  auto combine = [&](int32_t x, int32_t y) {
    switch (p.function) {
      case kBinaryAdd:
        return wrapping_add(x, y);
      case kBinarySub:
        return wrapping_sub(x, y);
      default:
        return wrapping_mul(x, y);
    }
  };
  apply(p.loops, a, b, output,
        [&](int32_t x, int32_t y) { return clamp(combine(x, y), p.output_min, p.output_max); });
}

bool check_binary_int32(const BinaryInt32Params& p, const Operand* operands) {
  return check_loops<int32_t>(p.loops, operands) && is_function(p.function);
}

}  // namespace mote
