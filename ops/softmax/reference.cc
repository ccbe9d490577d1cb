// SPDX-License-Identifier: Apache-2.0
// The definition of SOFTMAX. The int8 one is fixed-point throughout: exponentials without integer
// bits, their sum with 12, and the reciprocal of the sum by Newton-Raphson.
#include "base/elementary.h"
#include "base/fixed_functions.h"
#include "ops/softmax/softmax.h"

namespace mote {
namespace {

constexpr int32_t kDifferenceBits = 5, kSumBits = 12, kOutputBits = 8;

template <typename T>
T largest(const T* row, int32_t depth) {
  T most = row[0];
  for (int32_t i = 1; i < depth; ++i) most = row[i] > most ? row[i] : most;
  return most;
}

/// e^(beta · scale · difference) for a difference within the params' reach.
int32_t exponential(const SoftmaxInt8Params& p, int32_t difference) {
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

/// One element of the output without its zero point: 0 to 256.
int32_t share(int32_t exponential, Reciprocal reciprocal) {
  int32_t shift = reciprocal.exponent + 31 - kOutputBits;
  // Of more than 512 equal elements none reaches half a step of the output.
  if (shift > 31) return 0;
  return rounding_divide_by_pot(
      saturating_rounding_doubling_high_mul(reciprocal.fraction, exponential), shift);
}

void softmax_row(const SoftmaxInt8Params& p, const int8_t* input, int8_t* output) {
  int32_t most = largest(input, p.depth);
  int32_t sum = 0;
  for (int32_t i = 0; i < p.depth; ++i) {
    if (input[i] - most < p.least_difference) continue;
    sum += rounding_divide_by_pot(exponential(p, input[i] - most), kSumBits);
  }
  Reciprocal reciprocal = reciprocal_of(sum);
  for (int32_t i = 0; i < p.depth; ++i) {
    int32_t part = input[i] - most < p.least_difference
                       ? 0
                       : share(exponential(p, input[i] - most), reciprocal);
    output[i] = static_cast<int8_t>(clamp(part - 128, -128, 127));
  }
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

template <typename Params, typename T>
void softmax(const Params& p, const T* input, T* output) {
  for (int32_t r = 0; r < p.rows; ++r) softmax_row(p, input + r * p.depth, output + r * p.depth);
}

}  // namespace

void softmax_int8(const SoftmaxInt8Params& p, const int8_t* input, int8_t* output) {
  softmax(p, input, output);
}

bool check_softmax_int8(const SoftmaxInt8Params& p, const Operand* operands) {
  // The maximum itself always counts, so the sum is at least 1; each term is at most 1.
  return operands[0].holds<int8_t>(p.rows, p.depth) && operands[1].holds<int8_t>(p.rows, p.depth) &&
         p.depth <= kMostSoftmaxDepth && p.least_difference <= 0 && is_valid(p.multiplier);
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
