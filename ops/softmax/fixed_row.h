// SPDX-License-Identifier: Apache-2.0
// A row of SOFTMAX in fixed point: exponentials without integer bits, their sum with 12, and the
// reciprocal of the sum by Newton-Raphson.
#ifndef MOTE_OPS_SOFTMAX_FIXED_ROW_H_
#define MOTE_OPS_SOFTMAX_FIXED_ROW_H_

#include "base/fixed_functions.h"
#include "ops/softmax/softmax.h"

namespace mote {

constexpr int32_t kSoftmaxDifferenceBits = 5, kSoftmaxSumBits = 12;

/// e^(multiplier · difference), for a difference within reach (least_difference()).
inline int32_t exponential_of(QuantizedMultiplier multiplier, int32_t difference) {
  return exp_on_negative_values(multiply_by_quantized_multiplier(difference, multiplier),
                                kSoftmaxDifferenceBits);
}

template <typename T>
T largest(const T* row, int32_t depth) {
  T most = row[0];
  for (int32_t i = 1; i < depth; ++i) most = row[i] > most ? row[i] : most;
  return most;
}

/// 1 / sum as `fraction` · 2^-exponent.
struct Reciprocal {
  int32_t fraction, exponent;
};

/// REQUIRES: sum > 0.
inline Reciprocal reciprocal_of(int32_t sum) {
  int32_t zeros = __builtin_clz(static_cast<uint32_t>(sum));
  uint32_t normalized = static_cast<uint32_t>(sum) << zeros;  // in [1, 2), its 1 the top bit
  int32_t fraction = one_over_one_plus(static_cast<int32_t>(normalized - (uint32_t{1} << 31)));
  return {fraction, kSoftmaxSumBits - zeros};
}

/// The sum of a row's exponentials; the maximum itself always counts, so it is 1 or more.
/// `exponential` takes a difference to the maximum, 0 or less.
template <typename Exponential>
int32_t sum_of_exponentials(const Exponential& exponential, int32_t depth, const int8_t* input,
                            int32_t most) {
  int32_t sum = 0;
  for (int32_t i = 0; i < depth; ++i) {
    sum += rounding_divide_by_pot(exponential(input[i] - most), kSoftmaxSumBits);
  }
  return sum;
}

/// One element of the output without its zero point: 0 to 2^output_bits.
inline int32_t share(int32_t exponential, Reciprocal reciprocal, int32_t output_bits) {
  int32_t shift = reciprocal.exponent + 31 - output_bits;
  // Of more than 512 equal elements none reaches half a step of 8 bits.
  if (shift > 31) return 0;
  return rounding_divide_by_pot(
      saturating_rounding_doubling_high_mul(reciprocal.fraction, exponential), shift);
}

/// A row to the output.
template <typename Exponential, typename Output>
void softmax_fixed_row(const Exponential& exponential, int32_t depth, const int8_t* input,
                       Output* output) {
  constexpr int32_t kBits = 8 * sizeof(Output), kLeast = -(1 << (kBits - 1));
  int32_t most = largest(input, depth);
  Reciprocal reciprocal = reciprocal_of(sum_of_exponentials(exponential, depth, input, most));
  for (int32_t i = 0; i < depth; ++i) {
    int32_t part = share(exponential(input[i] - most), reciprocal, kBits);
    output[i] = static_cast<Output>(clamp(part + kLeast, kLeast, -kLeast - 1));
  }
}

}  // namespace mote

#endif  // MOTE_OPS_SOFTMAX_FIXED_ROW_H_
