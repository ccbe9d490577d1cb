// SPDX-License-Identifier: Apache-2.0
// The definition of SOFTMAX and LOG_SOFTMAX. The int8 ones are fixed-point throughout: exponentials
// without integer bits, their sum with 12, and the reciprocal of the sum by Newton-Raphson. The
// int16 one looks both functions up.
#include "base/elementary.h"
#include "base/fixed_functions.h"
#include "base/interpolation.h"
#include "ops/softmax/softmax.h"

namespace mote {
namespace {

constexpr int32_t kDifferenceBits = 5, kSumBits = 12;

template <typename T>
T largest(const T* row, int32_t depth) {
  T most = row[0];
  for (int32_t i = 1; i < depth; ++i) most = row[i] > most ? row[i] : most;
  return most;
}

/// e^(beta · scale · difference) for a difference within the params' reach.
template <typename Params>
int32_t exponential(const Params& p, int32_t difference) {
  return exp_on_negative_values(multiply_by_quantized_multiplier(difference, p.multiplier),
                                kDifferenceBits);
}

/// 1 / sum as `fraction` · 2^-exponent.
struct Reciprocal {
  int32_t fraction, exponent;
};

/// REQUIRES: sum > 0.
Reciprocal reciprocal_of(int32_t sum) {
  int32_t zeros = __builtin_clz(static_cast<uint32_t>(sum));
  uint32_t normalized = static_cast<uint32_t>(sum) << zeros;  // in [1, 2), its 1 the top bit
  int32_t fraction = one_over_one_plus(static_cast<int32_t>(normalized - (uint32_t{1} << 31)));
  return {fraction, kSumBits - zeros};
}

/// The sum of a row's exponentials; the maximum itself always counts, so it is 1 or more.
template <typename Params>
int32_t sum_of_exponentials(const Params& p, const int8_t* input, int32_t most) {
  int32_t sum = 0;
  for (int32_t i = 0; i < p.depth; ++i) {
    if (input[i] - most < p.least_difference) continue;
    sum += rounding_divide_by_pot(exponential(p, input[i] - most), kSumBits);
  }
  return sum;
}

/// One element of the output without its zero point: 0 to 2^output_bits.
int32_t share(int32_t exponential, Reciprocal reciprocal, int32_t output_bits) {
  int32_t shift = reciprocal.exponent + 31 - output_bits;
  // Of more than 512 equal elements none reaches half a step of 8 bits.
  if (shift > 31) return 0;
  return rounding_divide_by_pot(
      saturating_rounding_doubling_high_mul(reciprocal.fraction, exponential), shift);
}

template <typename Output>
void softmax_row(const SoftmaxInt8Params& p, const int8_t* input, Output* output) {
  constexpr int32_t kBits = 8 * sizeof(Output), kLeast = -(1 << (kBits - 1));
  int32_t most = largest(input, p.depth);
  Reciprocal reciprocal = reciprocal_of(sum_of_exponentials(p, input, most));
  for (int32_t i = 0; i < p.depth; ++i) {
    int32_t part = input[i] - most < p.least_difference
                       ? 0
                       : share(exponential(p, input[i] - most), reciprocal, kBits);
    output[i] = static_cast<Output>(clamp(part + kLeast, kLeast, -kLeast - 1));
  }
}

void softmax_row(const LogSoftmaxInt8Params& p, const int8_t* input, int8_t* output) {
  constexpr int32_t kOutputBits = 4;
  int32_t most = largest(input, p.depth);
  int32_t log_sum = log_of_at_least_one(sum_of_exponentials(p, input, most));
  // Below this, the difference and the logarithm together leave 5 integer bits.
  int32_t least = multiply_by_quantized_multiplier(wrapping_add(log_sum, kInt32Min), p.inverse);
  if (least < p.least_difference - 1) least = p.least_difference - 1;
  for (int32_t i = 0; i < p.depth; ++i) {
    int32_t difference = input[i] - most;
    int32_t fixed = multiply_by_quantized_multiplier(difference, p.multiplier);
    int32_t logarithm =
        rounding_divide_by_pot(wrapping_sub(fixed, log_sum), 31 - kDifferenceBits - kOutputBits);
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
