// SPDX-License-Identifier: Apache-2.0
// Requantisation in one rounding, for channels of which the compiler has found numbers that give
// what gemmlowp's two roundings do, for every sum that inputs can make:
//
//   output = saturate(round((256·sum + bias) · multiplier / 2^32) >> shift) - 128
//
// saturated to 0 … 255. The shift is the kernel's, a part of its instructions. 256 is where kernels
// on pairs have the second channel's sum.
#ifndef MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_H_
#define MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_H_

#include "base/dsp.h"
#include "base/kernel.h"

namespace mote {

struct LinearChannel {
  int32_t bias, multiplier;
};

/// Output + 128 of x = 256·sum + bias.
template <int kShift>
uint32_t requantize_linear(int32_t x, int32_t multiplier) {
  return saturate_uint8<kShift>(high_mul(x, multiplier));
}

/// Whether the operand holds `count` channels. No number in them does harm.
inline bool check_linear(const Operand& operand, int32_t count) {
  return operand.holds<LinearChannel>(count);
}

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZED_LINEAR_CHANNELS_H_
