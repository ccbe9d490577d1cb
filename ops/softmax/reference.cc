// SPDX-License-Identifier: Apache-2.0
// The definition of SOFTMAX and LOG_SOFTMAX. The int8 ones are fixed-point throughout
// (fixed_row.h). The int16 one looks exponentials and reciprocals up.
#include "base/elementary.h"
#include "base/interpolation.h"
#include "ops/softmax/fixed_row.h"

namespace mote {
namespace {

/// e^(beta · scale · difference), 0 beyond the params' reach.
template <typename Params>
struct Exponential {
  const Params& p;

  int32_t operator()(int32_t difference) const {
    return difference < p.least_difference ? 0 : exponential_of(p.multiplier, difference);
  }
};

template <typename Output>
void softmax_row(const SoftmaxInt8Params& p, const int8_t* input, Output* output) {
  softmax_fixed_row(Exponential<SoftmaxInt8Params>{p}, p.depth, input, output);
}

void softmax_row(const LogSoftmaxInt8Params& p, const int8_t* input, int8_t* output) {
  constexpr int32_t kOutputBits = 4;
  int32_t most = largest(input, p.depth);
  int32_t log_sum = log_of_at_least_one(
      sum_of_exponentials(Exponential<LogSoftmaxInt8Params>{p}, p.depth, input, most));
  // Below this, the difference and the logarithm together leave 5 integer bits.
  int32_t least = multiply_by_quantized_multiplier(wrapping_add(log_sum, kInt32Min), p.inverse);
  if (least < p.least_difference - 1) least = p.least_difference - 1;
  for (int32_t i = 0; i < p.depth; ++i) {
    int32_t difference = input[i] - most;
    int32_t fixed = multiply_by_quantized_multiplier(difference, p.multiplier);
    int32_t logarithm = rounding_divide_by_pot(wrapping_sub(fixed, log_sum),
                                               31 - kSoftmaxDifferenceBits - kOutputBits);
    output[i] = static_cast<int8_t>(difference > least ? clamp(logarithm + 127, -128, 127) : -128);
  }
}

/// The exponentials of a row go where its output will be.
int32_t store_exponentials(const SoftmaxInt16Params& p, const int16_t* input, const int16_t* table,
                           int16_t* output) {
  int32_t most = largest(input, p.depth), sum = 0;
  for (int32_t i = 0; i < p.depth; ++i) {
    int32_t scaled = multiply_by_quantized_multiplier(input[i] - most, p.multiplier);
    output[i] = interpolate_at(table, clamp(wrapping_add(scaled, 32767), -32768, 32767));
    sum += output[i];
  }
  return sum;
}

/// A sum in [1, 2) with 16 bits behind the point, rounded, and from there to the table's input.
int32_t position_of(int32_t sum, int32_t zeros) {
  int64_t normalized = (static_cast<int64_t>(sum) << (zeros - 1)) + (1 << 13);
  return clamp(static_cast<int32_t>(normalized >> 14) - 32768 - 65536, -32768, 32767);
}

void softmax_row(const SoftmaxFloat32Params& p, const float* input, float* output) {
  float most = largest(input, p.depth), sum = 0;
  for (int32_t i = 0; i < p.depth; ++i) {
    output[i] = exp((input[i] - most) * p.beta);
    sum += output[i];
  }
  for (int32_t i = 0; i < p.depth; ++i) output[i] = output[i] / sum;
}

void softmax_row(const LogSoftmaxFloat32Params& p, const float* input, float* output) {
  float most = largest(input, p.depth), sum = 0;
  for (int32_t i = 0; i < p.depth; ++i) sum += exp(input[i] - most);
  float logarithm = log(sum);
  for (int32_t i = 0; i < p.depth; ++i) output[i] = input[i] - most - logarithm;
}

template <typename Params, typename T, typename Output>
void softmax(const Params& p, const T* input, Output* output) {
  for (int32_t r = 0; r < p.rows; ++r) softmax_row(p, input + r * p.depth, output + r * p.depth);
}

/// Whether sums of the table's values are at least 2 and don't overflow.
bool check_exponentials(const Operand& operand) {
  if (!operand.constant || !operand.holds<int16_t>(kInterpolatedEntries)) return false;
  auto* table = static_cast<const int16_t*>(operand.constant);
  for (int32_t i = 0; i < kInterpolatedEntries; ++i) {
    if (table[i] < 0) return false;
  }
  return interpolate_at(table, 32767) >= 2;
}

template <typename Output>
bool check_softmax_of_int8(const SoftmaxInt8Params& p, const Operand* operands) {
  // The maximum itself always counts, so the sum is at least 1; each term is at most 1.
  return operands[0].holds<int8_t>(p.rows, p.depth) && operands[1].holds<Output>(p.rows, p.depth) &&
         p.depth <= kMostSoftmaxDepth && p.least_difference <= 0 && is_valid(p.multiplier);
}

}  // namespace

void softmax_int8(const SoftmaxInt8Params& p, const int8_t* input, int8_t* output) {
  softmax(p, input, output);
}

bool check_softmax_int8(const SoftmaxInt8Params& p, const Operand* operands) {
  return check_softmax_of_int8<int8_t>(p, operands);
}

void softmax_int8_int16(const SoftmaxInt8Params& p, const int8_t* input, int16_t* output) {
  softmax(p, input, output);
}

bool check_softmax_int8_int16(const SoftmaxInt8Params& p, const Operand* operands) {
  return check_softmax_of_int8<int16_t>(p, operands);
}

void softmax_int16(const SoftmaxInt16Params& p, const int16_t* input, const int16_t* exponentials,
                   const int16_t* reciprocals, int16_t* output) {
  for (int32_t r = 0; r < p.rows; ++r, input += p.depth, output += p.depth) {
    int32_t sum = store_exponentials(p, input, exponentials, output);
    int32_t zeros = __builtin_clz(static_cast<uint32_t>(sum)), shift = 31 - zeros;
    int32_t reciprocal = interpolate_at(reciprocals, position_of(sum, zeros));
    for (int32_t i = 0; i < p.depth; ++i) {
      int32_t part = (output[i] * reciprocal + (1 << (shift - 1))) >> shift;
      output[i] = static_cast<int16_t>(clamp(part, 0, 32767));
    }
  }
}

bool check_softmax_int16(const SoftmaxInt16Params& p, const Operand* operands) {
  return operands[0].holds<int16_t>(p.rows, p.depth) && check_exponentials(operands[1]) &&
         operands[2].holds<int16_t>(kInterpolatedEntries) &&
         operands[3].holds<int16_t>(p.rows, p.depth) && p.depth <= kMostSoftmaxInt16Depth &&
         is_valid(p.multiplier);
}

void log_softmax_int8(const LogSoftmaxInt8Params& p, const int8_t* input, int8_t* output) {
  softmax(p, input, output);
}

bool check_log_softmax_int8(const LogSoftmaxInt8Params& p, const Operand* operands) {
  return operands[0].holds<int8_t>(p.rows, p.depth) && operands[1].holds<int8_t>(p.rows, p.depth) &&
         p.depth <= kMostSoftmaxDepth && all_within(-kInt32Max, 0, p.least_difference) &&
         is_valid(p.multiplier) && is_valid(p.inverse);
}

void softmax_float32(const SoftmaxFloat32Params& p, const float* input, float* output) {
  softmax(p, input, output);
}

bool check_softmax_float32(const SoftmaxFloat32Params& p, const Operand* operands) {
  return operands[0].holds<float>(p.rows, p.depth) && operands[1].holds<float>(p.rows, p.depth);
}

void log_softmax_float32(const LogSoftmaxFloat32Params& p, const float* input, float* output) {
  softmax(p, input, output);
}

bool check_log_softmax_float32(const LogSoftmaxFloat32Params& p, const Operand* operands) {
  return operands[0].holds<float>(p.rows, p.depth) && operands[1].holds<float>(p.rows, p.depth);
}

}  // namespace mote
