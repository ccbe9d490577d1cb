// SPDX-License-Identifier: Apache-2.0
// The transform of one row of real samples, for RFFT and for what contains it.
#ifndef MOTE_OPS_SIGNAL_RFFT_ROW_H_
#define MOTE_OPS_SIGNAL_RFFT_ROW_H_

#include "ops/signal/fft.h"

namespace mote {
namespace fft {

/// Bins k and n - k from the complex transform's elements k and n - k.
template <typename T>
void split_bins(int32_t n, int32_t k, const T* split_twiddles, T* bins) {
  Complex<T> low = divide<2>(get(bins, k));
  Complex<T> high = divide<2>(conjugate(get(bins, n - k)));
  Complex<T> even = low + high;
  Complex<T> odd = (low - high) * get(split_twiddles, k - 1);
  put(bins, k, half_sum(even, odd));
  put(bins, n - k, half_mirrored(even, odd));
}

template <typename T>
void split_spectrum(int32_t n, const T* split_twiddles, T* bins) {
  using A = Arithmetic<T>;
  Complex<T> sums = divide<2>(get(bins, 0));
  put(bins, 0, Complex<T>{A::add(sums.real(), sums.imaginary()), T{0}});
  put(bins, n, Complex<T>{A::subtract(sums.real(), sums.imaginary()), T{0}});
  for (int32_t k = 1; k <= n / 2; ++k) split_bins(n, k, split_twiddles, bins);
}

/// The n + 1 bins of 2 · n samples, sample(0) to sample(2 · n - 1).
template <typename T, typename Sample>
void rfft_row(int32_t n, Sample sample, const int32_t* radices, int32_t stages,
              const int16_t* order, const T* twiddles, const T* split_twiddles, T* bins) {
  for (int32_t i = 0; i < n; ++i) {
    int32_t from = 2 * order[i];
    put(bins, i, Complex<T>{sample(from), sample(from + 1)});
  }
  run_stages<false>(radices, stages, twiddles, n, bins);
  split_spectrum(n, split_twiddles, bins);
}

}  // namespace fft
}  // namespace mote

#endif  // MOTE_OPS_SIGNAL_RFFT_ROW_H_
