// SPDX-License-Identifier: Apache-2.0
// Requantisation in one rounding, for channels of which the compiler has found numbers that give
// what gemmlowp's two roundings do, for every sum that inputs can make:
//
//   output + 128 = saturate(round((sum · 2^sum_shift + bias) · multiplier / 2^32) >> shift)
//
// saturated to 0 … 255. The shifts are a kernel's, parts of its instructions: the sum's is how fine
// the bias is, the other one says which multipliers have 31 bits.
#ifndef MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_H_
#define MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_H_

#include "base/dsp.h"
#include "base/kernel.h"

namespace mote {

struct LinearChannel {
  int32_t bias, multiplier;
};

/// Output + 128 of x = sum · 2^sum_shift + bias.
template <int kShift>
uint32_t requantize_linear(int32_t x, int32_t multiplier) {
  return saturate_uint8<kShift>(high_mul(x, multiplier));
}

/// The output itself.
template <int kShift>
int32_t requantize_linear_signed(int32_t x, int32_t multiplier) {
  return saturate_int8(high_mul_add(x, multiplier, -(128 << kShift)) >> kShift);
}

/// Whether the operand holds `count` channels. No number in them does harm.
inline bool check_linear(const Operand& operand, int32_t count) {
  return operand.holds<LinearChannel>(count);
}

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_H_
