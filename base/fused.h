// SPDX-License-Identifier: Apache-2.0
// a·b + c rounded once, on every machine: the instruction where there is one, else arithmetic in
// double.
#ifndef MOTE_BASE_FUSED_H_
#define MOTE_BASE_FUSED_H_

#include <stdint.h>

// Where kernels of float32 may stand in assembly for the FPU. Their loops take up to 10 core
// registers, which unoptimised code hasn't.
#if defined(__ARM_FP) && defined(__thumb2__) && defined(__OPTIMIZE__)
#define MOTE_FPU_ASSEMBLY 1
#else
#define MOTE_FPU_ASSEMBLY 0
#endif

namespace mote {

/// In double the product is exact. The sum is rounded to odd: where it isn't exact and its last bit
/// is 0, it becomes the neighbour whose last bit is 1, on the true sum's side. Rounding that to
/// float is rounding the true sum (Boldo and Melquiond, "Emulation of FMA and correctly rounded
/// sums", 2008).
constexpr float portable_multiply_add(float a, float b, float c) {
  double product = static_cast<double>(a) * static_cast<double>(b), addend = c;
  double sum = product + addend;
  double part = sum - product;
  double error = (product - (sum - part)) + (addend - part);  // exact, or NaN
  int64_t bits = __builtin_bit_cast(int64_t, sum);
  if ((error < 0 || error > 0) && (bits & 1) == 0) bits += (error > 0) == (sum > 0) ? 1 : -1;
  return static_cast<float>(__builtin_bit_cast(double, bits));
}

#if defined(__ARM_FEATURE_FMA)
inline float fused_multiply_add(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
#else
inline float fused_multiply_add(float a, float b, float c) {
  return portable_multiply_add(a, b, c);
}
#endif

}  // namespace mote

#endif  // MOTE_BASE_FUSED_H_
