// SPDX-License-Identifier: Apache-2.0
// More functions in the manner of base/math.h: rounding, square root, logarithm and the error
// function from + - * / and integers. sqrt() is exactly rounded, log() and erf() are within 2 ulps
// of the true value (base/elementary_test.cc).
#ifndef MOTE_BASE_ELEMENTARY_H_
#define MOTE_BASE_ELEMENTARY_H_

#include "base/math.h"

namespace mote {

constexpr float kNaN = __builtin_bit_cast(float, 0x7fc00000);

namespace detail {

/// The polynomial of these coefficients, the highest power's first.
template <typename Real, int kCount>
constexpr Real polynomial(const Real (&coefficients)[kCount], Real x) {
  Real sum = coefficients[0];
  for (int i = 1; i < kCount; ++i) sum = sum * x + coefficients[i];
  return sum;
}

/// x = fraction · 2^exponent with fraction in [1, 2).
struct Split {
  float fraction;
  int32_t exponent;
};

/// REQUIRES: x is finite and above 0.
constexpr Split split(float x) {
  int32_t lowered = 0;
  if (x < power_of_two(-126)) x = x * power_of_two(lowered = 24);
  int32_t bits = __builtin_bit_cast(int32_t, x);
  return {__builtin_bit_cast(float, (bits & 0x7fffff) | 0x3f800000), (bits >> 23) - 127 - lowered};
}

// Coefficients of polynomials. Not inside the functions: there a compiler may copy them to the
// stack, with memcpy, which a device needn't have.
constexpr float kLogSeries[] = {6.971611443e-02f,  -1.147973381e-01f, 1.168541992e-01f,
                                -1.242568734e-01f, 1.424905765e-01f,  -1.666780232e-01f,
                                2.000071575e-01f,  -2.499999696e-01f, 3.333333118e-01f};
constexpr float kErfSeries[] = {8.316879722e-05f,  -8.130444671e-04f, 5.199989255e-03f,
                                -2.685899742e-02f, 1.128368872e-01f,  -3.761263333e-01f,
                                1.283791666e-01f};
constexpr float kErfcLogSeries[] = {1.643569654e-06f,  -4.617791279e-05f, 5.977434720e-04f,
                                    -4.763575249e-03f, 2.643101760e-02f,  -1.100944808e-01f,
                                    -6.318145167e-01f, -1.130237616e+00f, 3.204415313e-04f};

}  // namespace detail

constexpr float absolute(float x) {
  return __builtin_bit_cast(float, __builtin_bit_cast(int32_t, x) & 0x7fffffff);
}

/// `size` with the sign of `x`.
constexpr float with_sign(float size, float x) {
  uint32_t sign = __builtin_bit_cast(uint32_t, x) & 0x80000000u;
  return __builtin_bit_cast(float, __builtin_bit_cast(uint32_t, absolute(size)) | sign);
}

/// The integer part, towards 0. NaN stays NaN.
constexpr float truncate(float x) {
  if (!(absolute(x) < 8388608.0f)) return x;  // has no fraction
  return with_sign(static_cast<float>(static_cast<int32_t>(x)), x);
}

constexpr float floor(float x) {
  float whole = truncate(x);
  return whole > x ? whole - 1.0f : whole;
}

constexpr float ceil(float x) {
  float whole = truncate(x);
  return whole < x ? with_sign(whole + 1.0f, x) : whole;
}

/// The nearest integer, ties to the even one.
constexpr float round_half_even(float x) {
  float low = floor(x), rest = x - low;
  if (rest < 0.5f) return with_sign(low, x);
  if (rest > 0.5f) return with_sign(low + 1.0f, x);
  float half = low * 0.5f;
  return with_sign(floor(half) == half ? low : low + 1.0f, x);
}

/// The square root, digit by digit, exactly rounded. NaN below 0.
constexpr float sqrt_by_digits(float x) {
  if (!(x > 0)) return x == 0 ? x : kNaN;
  if (x == __builtin_inff()) return x;
  detail::Split s = detail::split(x);
  bool odd = (s.exponent & 1) != 0;
  // The fraction, in [1, 4), times 2^48: its root has 25 bits, one more than a float.
  uint64_t rest = static_cast<uint64_t>(s.fraction * 8388608.0f) << (odd ? 26 : 25);
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 24; bit != 0; bit >>= 1) {
    uint64_t taken = (2 * root + bit) * bit;
    if (taken > rest) continue;
    rest -= taken;
    root += bit;
  }
  // No root lies halfway between two floats, so the last bit decides the rounding.
  uint32_t rounded = static_cast<uint32_t>((root + (root & 1)) >> 1);
  int32_t exponent = (s.exponent - (odd ? 1 : 0)) / 2;
  return static_cast<float>(rounded) * detail::power_of_two(exponent - 23);
}

// Whether sqrt() is an instruction.
#if (defined(__ARM_FP) && defined(__thumb2__)) || defined(__SSE2__)
#define MOTE_SQRT_INSTRUCTION 1
#else
#define MOTE_SQRT_INSTRUCTION 0
#endif

/// The same, by the instruction where there is one.
inline float sqrt(float x) {
  if (!(x > 0)) return x == 0 ? x : kNaN;  // instructions differ in their NaN
#if MOTE_SQRT_INSTRUCTION && defined(__ARM_FP)
  float root;
  __asm__("vsqrt.f32 %0, %1" : "=t"(root) : "t"(x));
  return root;
#elif MOTE_SQRT_INSTRUCTION
  typedef float Floats __attribute__((vector_size(16)));
  return __builtin_ia32_sqrtss(Floats{x})[0];
#else
  return sqrt_by_digits(x);
#endif
}

/// The natural logarithm; -infinity at 0, NaN below. x = m · 2^n with m in [√½, √2): a polynomial
/// in m - 1, and n · ln 2 in two parts.
constexpr float log(float x) {
  if (!(x > 0)) return x == 0 ? -__builtin_inff() : kNaN;
  if (x == __builtin_inff()) return x;
  detail::Split s = detail::split(x);
  bool upper = s.fraction > 1.41421356f;
  float f = (upper ? 0.5f * s.fraction : s.fraction) - 1.0f;
  float n = static_cast<float>(s.exponent + (upper ? 1 : 0));
  float square = f * f;
  float tail =
      detail::polynomial(detail::kLogSeries, f) * f * square - n * 2.12194440e-4f - 0.5f * square;
  return tail + f + n * 0.693359375f;
}

/// The error function: an odd polynomial near 0, 1 - e^polynomial further out.
constexpr float erf(float x) {
  if (x != x) return x;
  float size = absolute(x);
  if (size < 0.92f) {
    return detail::polynomial(detail::kErfSeries, x * x) * x + x;
  }
  if (size > 3.92f) return with_sign(1.0f, x);
  return with_sign(1.0f - exp(detail::polynomial(detail::kErfcLogSeries, size)), x);
}

}  // namespace mote

#endif  // MOTE_BASE_ELEMENTARY_H_
