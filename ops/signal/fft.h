// SPDX-License-Identifier: Apache-2.0
// The complex transform under RFFT and IRFFT, for 16- and 32-bit fixed point and float: decimation
// in time with radices 2 to 5. The arithmetic is kissfft's: fixed-point stages divide their
// operands by the radix, with rounding; products round once; sums wrap, which the divisions make
// impossible but for hostile tables. What differs is the order of work: the samples are first
// fetched in the order that a table gives, then each stage runs over the whole array, without
// recursion.
#ifndef MOTE_OPS_SIGNAL_FFT_H_
#define MOTE_OPS_SIGNAL_FFT_H_

#include "base/kernel.h"
#include "ops/signal/complex_pairs.h"
#include "ops/signal/signal.h"

namespace mote {
namespace fft {

/// A block of a stage: kRadix transforms of m elements each become one of kRadix · m. The twiddles
/// of this block lie `stride` apart in the table of the whole transform.
template <int32_t kRadix, typename T>
struct Block {
  T* data;
  int32_t m;
  const T* twiddles;
  int32_t stride;

  Complex<T> twiddle(int32_t k) const { return get(twiddles, k * stride); }
  /// Element u of the first part, divided by the radix, and of part q, turned by its twiddle too.
  Complex<T> part(int32_t u) const { return divide<kRadix>(get(data, u)); }
  Complex<T> part(int32_t q, int32_t u) const {
    return divide<kRadix>(get(data, q * m + u)) * twiddle(q * u);
  }
  void set(int32_t q, int32_t u, Complex<T> value) const { put(data, q * m + u, value); }
};

// Each has one caller. As a function of its own it would read its block anew each time.
#define MOTE_BUTTERFLY __attribute__((always_inline)) inline

template <bool kInverse, typename T>
MOTE_BUTTERFLY void butterfly(const Block<2, T>& b, int32_t u) {
  Complex<T> x0 = b.part(u), x1 = b.part(1, u);
  b.set(1, u, x0 - x1);
  b.set(0, u, x0 + x1);
}

template <bool kInverse, typename T>
MOTE_BUTTERFLY void butterfly(const Block<3, T>& b, int32_t u) {
  Complex<T> x0 = b.part(u), x1 = b.part(1, u), x2 = b.part(2, u);
  Complex<T> both = x1 + x2;
  Complex<T> middle = x0 - half(both);
  Complex<T> side = turn(scale(x1 - x2, b.twiddle(b.m).imaginary()));
  b.set(0, u, x0 + both);
  b.set(1, u, middle - side);
  b.set(2, u, middle + side);
}

template <bool kInverse, typename T>
MOTE_BUTTERFLY void butterfly(const Block<4, T>& b, int32_t u) {
  Complex<T> x0 = b.part(u), x1 = b.part(1, u), x2 = b.part(2, u), x3 = b.part(3, u);
  Complex<T> apart = x0 - x2, even = x0 + x2, odd = x1 + x3, side = x1 - x3;
  b.set(2, u, even - odd);
  b.set(0, u, even + odd);
  b.set(1, u, kInverse ? subtract_turned(apart, side) : add_turned(apart, side));
  b.set(3, u, kInverse ? add_turned(apart, side) : subtract_turned(apart, side));
}

template <bool kInverse, typename T>
MOTE_BUTTERFLY void butterfly(const Block<5, T>& b, int32_t u) {
  Complex<T> x0 = b.part(u), x1 = b.part(1, u), x2 = b.part(2, u), x3 = b.part(3, u),
             x4 = b.part(4, u);
  Complex<T> a = b.twiddle(b.m), c = b.twiddle(2 * b.m);
  Complex<T> sum14 = x1 + x4, difference14 = x1 - x4, sum23 = x2 + x3, difference23 = x2 - x3;
  b.set(0, u, x0 + (sum14 + sum23));
  Complex<T> near = x0 + scale(sum14, a.real()) + scale(sum23, c.real());
  Complex<T> near_side =
      turn(scale(difference14, a.imaginary()) + scale(difference23, c.imaginary()));
  b.set(1, u, near - near_side);
  b.set(4, u, near + near_side);
  Complex<T> far = x0 + scale(sum14, c.real()) + scale(sum23, a.real());
  Complex<T> far_side =
      turn(scale(difference23, a.imaginary()) - scale(difference14, c.imaginary()));
  b.set(2, u, far + far_side);
  b.set(3, u, far - far_side);
}

#undef MOTE_BUTTERFLY

/// One stage over n elements.
template <int32_t kRadix, bool kInverse, typename T>
void run_stage(const T* twiddles, int32_t m, int32_t n, T* data) {
  int32_t length = kRadix * m;
  Block<kRadix, T> block{data, m, twiddles, n / length};
  for (int32_t begin = 0; begin < n; begin += length) {
    block.data = data + 2 * begin;
    for (int32_t u = 0; u < m; ++u) butterfly<kInverse>(block, u);
  }
}

/// All stages over n elements that lie in the order of the table already, from the shortest
/// transforms to the whole. `radices` begin with the last stage's.
template <bool kInverse, typename T>
void run_stages(const int32_t* radices, int32_t stages, const T* twiddles, int32_t n, T* data) {
  int32_t m = 1;
  for (int32_t s = stages - 1; s >= 0; m *= radices[s--]) {
    if (radices[s] == 4) run_stage<4, kInverse>(twiddles, m, n, data);
    if (radices[s] == 2) run_stage<2, kInverse>(twiddles, m, n, data);
    if (radices[s] == 3) run_stage<3, kInverse>(twiddles, m, n, data);
    if (radices[s] == 5) run_stage<5, kInverse>(twiddles, m, n, data);
  }
}

/// Whether the two tables describe a transform of n elements.
inline bool check_tables(const Operand& radices, const Operand& order, int32_t stages, int32_t n) {
  constexpr int32_t kMostStages = 16;
  if (!all_within(1, kMostStages, stages) || !radices.holds<int32_t>(stages) ||
      !order.holds<int16_t>(n) || !radices.constant || !order.constant) {
    return false;
  }
  int64_t product = 1;
  for (int32_t s = 0; s < stages; ++s) {
    int32_t radix = static_cast<const int32_t*>(radices.constant)[s];
    if (!all_within(2, 5, radix)) return false;
    product *= radix;
  }
  if (product != n) return false;
  for (int32_t i = 0; i < n; ++i) {
    if (!all_within(0, n - 1, static_cast<const int16_t*>(order.constant)[i])) return false;
  }
  return true;
}

/// What RFFT and IRFFT ask of their length and of operands 1 to 4, the tables.
template <typename T>
bool check_transform(int32_t fft_length, int32_t stages, const Operand* operands) {
  int32_t n = fft_length / 2;
  return all_within(4, kMostFftLength, fft_length) && fft_length % 2 == 0 &&
         check_tables(operands[1], operands[2], stages, n) && operands[3].holds<T>(n, 2) &&
         operands[4].holds<T>(n / 2, 2);
}

}  // namespace fft
}  // namespace mote

#endif  // MOTE_OPS_SIGNAL_FFT_H_
