// SPDX-License-Identifier: Apache-2.0
// RFFT: even samples as real and odd ones as imaginary parts of one complex transform, whose
// spectrum the last step takes apart into those of the two halves and joins. It all happens in the
// output, which has room for one bin more than the transform needs.
#include "ops/signal/fft.h"
#include "ops/signal/signal.h"

namespace mote {
namespace {

/// Row `input`, zeros behind it, as complex samples in the transform's order.
template <typename T>
void fetch_samples(const RfftParams& p, const T* input, const int16_t* order, T* output) {
  auto sample = [&](int32_t i) { return i < p.input_length ? input[i] : T{0}; };
  for (int32_t i = 0; i < p.fft_length / 2; ++i) {
    int32_t from = 2 * order[i];
    fft::put(output, i, fft::Complex<T>{sample(from), sample(from + 1)});
  }
}

/// Bins k and n - k from the complex transform's elements k and n - k.
template <typename T>
void split_bins(int32_t n, int32_t k, const T* split_twiddles, T* bins) {
  using A = fft::Arithmetic<T>;
  fft::Complex<T> low = fft::divide<2>(fft::get(bins, k));
  fft::Complex<T> high = fft::divide<2>(fft::conjugate(fft::get(bins, n - k)));
  fft::Complex<T> even = low + high;
  fft::Complex<T> odd = (low - high) * fft::get(split_twiddles, k - 1);
  fft::put(bins, k,
           fft::Complex<T>{A::half_sum(even.real, odd.real),
                           A::half_sum(even.imaginary, odd.imaginary)});
  fft::put(bins, n - k,
           fft::Complex<T>{A::half_difference(even.real, odd.real),
                           A::half_difference(odd.imaginary, even.imaginary)});
}

template <typename T>
void split_spectrum(int32_t n, const T* split_twiddles, T* bins) {
  using A = fft::Arithmetic<T>;
  fft::Complex<T> sums = fft::divide<2>(fft::get(bins, 0));
  fft::put(bins, 0, fft::Complex<T>{A::add(sums.real, sums.imaginary), T{0}});
  fft::put(bins, n, fft::Complex<T>{A::subtract(sums.real, sums.imaginary), T{0}});
  for (int32_t k = 1; k <= n / 2; ++k) split_bins(n, k, split_twiddles, bins);
}

template <typename T>
void rfft(const RfftParams& p, const T* input, const int32_t* radices, const int16_t* order,
          const T* twiddles, const T* split_twiddles, T* output) {
  int32_t n = p.fft_length / 2;
  for (int32_t r = 0; r < p.rows; ++r) {
    fetch_samples(p, input, order, output);
    fft::run_stages<false>(radices, p.stages, twiddles, n, output);
    split_spectrum(n, split_twiddles, output);
    input += p.input_length;
    output += p.fft_length + 2;
  }
}

template <typename T>
bool check_rfft(const RfftParams& p, const Operand* operands) {
  return fft::check_transform<T>(p.fft_length, p.stages, operands) &&
         all_within(1, p.fft_length, p.input_length) &&
         operands[0].holds<T>(p.rows, p.input_length) &&
         operands[5].holds<T>(p.rows, p.fft_length + 2);
}

}  // namespace

void rfft_int16(const RfftParams& p, const int16_t* input, const int32_t* radices,
                const int16_t* order, const int16_t* twiddles, const int16_t* split_twiddles,
                int16_t* output) {
  rfft(p, input, radices, order, twiddles, split_twiddles, output);
}

bool check_rfft_int16(const RfftParams& p, const Operand* operands) {
  return check_rfft<int16_t>(p, operands);
}

void rfft_int32(const RfftParams& p, const int32_t* input, const int32_t* radices,
                const int16_t* order, const int32_t* twiddles, const int32_t* split_twiddles,
                int32_t* output) {
  rfft(p, input, radices, order, twiddles, split_twiddles, output);
}

bool check_rfft_int32(const RfftParams& p, const Operand* operands) {
  return check_rfft<int32_t>(p, operands);
}

void rfft_float32(const RfftParams& p, const float* input, const int32_t* radices,
                  const int16_t* order, const float* twiddles, const float* split_twiddles,
                  float* output) {
  rfft(p, input, radices, order, twiddles, split_twiddles, output);
}

bool check_rfft_float32(const RfftParams& p, const Operand* operands) {
  return check_rfft<float>(p, operands);
}

}  // namespace mote
