// SPDX-License-Identifier: Apache-2.0
// The tables of a Fourier transform, made on the host: which radices, where each element comes
// from, and the twiddles as kissfft rounds them.
#ifndef MOTE_OPS_SIGNAL_FFT_TABLES_OP_H_
#define MOTE_OPS_SIGNAL_FFT_TABLES_OP_H_

#include "ir/lowering.h"

namespace mote {

/// Errors: fft_length isn't even, outside 4..kMostFftLength, or has prime factors beyond 2, 3, 5.
Result<void> check_fft_length(int64_t fft_length);

/// The radices of n elements: fours, then a two, threes, fives. REQUIRES: check_fft_length(2 · n).
std::vector<int32_t> fft_radices(int32_t n);
/// order[i]: which element a transform with these radices begins with at place i.
std::vector<int16_t> fft_order(const std::vector<int32_t>& radices);

/// The four tables as constants, in the order of the kernels' operands, for numbers of `dtype`
/// (int16, int32 or float32): radices, order, e^(∓2πik/n) for k < n as pairs, and
/// e^(∓πi((k+1)/n + 1/2)) for k < n / 2.
struct FftConstants {
  int32_t stages;
  std::vector<Value> tables;
};
FftConstants fft_constants(Lowering& node, DType dtype, int32_t fft_length, bool inverse);

}  // namespace mote

#endif  // MOTE_OPS_SIGNAL_FFT_TABLES_OP_H_
