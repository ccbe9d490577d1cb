// SPDX-License-Identifier: Apache-2.0
// IRFFT: the steps of RFFT the other way round. The spectrum becomes that of the complex signal
// whose real parts are the even samples; its transform lies in the output as the samples
// themselves.
#include "ops/signal/fft.h"
#include "ops/signal/signal.h"

namespace mote {
namespace {

template <typename T>
void join_spectrum(int32_t n, const T* bins, const T* split_twiddles, T* joined) {
  using A = fft::Arithmetic<T>;
  T sum = A::add(bins[0], bins[2 * n]), difference = A::subtract(bins[0], bins[2 * n]);
  fft::put(joined, 0, fft::divide<2>(fft::Complex<T>{sum, difference}));
  for (int32_t k = 1; k <= n / 2; ++k) {
    fft::Complex<T> low = fft::divide<2>(fft::get(bins, k));
    fft::Complex<T> high = fft::divide<2>(fft::conjugate(fft::get(bins, n - k)));
    fft::Complex<T> even = low + high;
    fft::Complex<T> odd = (low - high) * fft::get(split_twiddles, k - 1);
    fft::put(joined, k, even + odd);
    fft::put(joined, n - k, fft::conjugate(even - odd));
  }
}

void finish(int32_t, int16_t*) {}
void finish(int32_t, int32_t*) {}
/// What the stages of a float transform have not divided by.
void finish(int32_t fft_length, float* output) {
  float length = static_cast<float>(fft_length);
  for (int32_t i = 0; i < fft_length; ++i) output[i] = output[i] / length;
}

template <typename T>
void irfft(const IrfftParams& p, const T* input, const int32_t* radices, const int16_t* order,
           const T* twiddles, const T* split_twiddles, T* scratch, T* output) {
  int32_t n = p.fft_length / 2;
  for (int32_t r = 0; r < p.rows; ++r) {
    join_spectrum(n, input, split_twiddles, scratch);
    for (int32_t i = 0; i < n; ++i) fft::put(output, i, fft::get(scratch, order[i]));
    fft::run_stages<true>(radices, p.stages, twiddles, n, output);
    finish(p.fft_length, output);
    input += p.fft_length + 2;
    output += p.fft_length;
  }
}

template <typename T>
bool check_irfft(const IrfftParams& p, const Operand* operands) {
  return fft::check_transform<T>(p.fft_length, p.stages, operands) &&
         operands[0].holds<T>(p.rows, p.fft_length + 2) && operands[5].holds<T>(p.fft_length) &&
         operands[6].holds<T>(p.rows, p.fft_length);
}

}  // namespace

void irfft_int16(const IrfftParams& p, const int16_t* input, const int32_t* radices,
                 const int16_t* order, const int16_t* twiddles, const int16_t* split_twiddles,
                 int16_t* scratch, int16_t* output) {
  irfft(p, input, radices, order, twiddles, split_twiddles, scratch, output);
}

bool check_irfft_int16(const IrfftParams& p, const Operand* operands) {
  return check_irfft<int16_t>(p, operands);
}

void irfft_int32(const IrfftParams& p, const int32_t* input, const int32_t* radices,
                 const int16_t* order, const int32_t* twiddles, const int32_t* split_twiddles,
                 int32_t* scratch, int32_t* output) {
  irfft(p, input, radices, order, twiddles, split_twiddles, scratch, output);
}

bool check_irfft_int32(const IrfftParams& p, const Operand* operands) {
  return check_irfft<int32_t>(p, operands);
}

void irfft_float32(const IrfftParams& p, const float* input, const int32_t* radices,
                   const int16_t* order, const float* twiddles, const float* split_twiddles,
                   float* scratch, float* output) {
  irfft(p, input, radices, order, twiddles, split_twiddles, scratch, output);
}

bool check_irfft_float32(const IrfftParams& p, const Operand* operands) {
  return check_irfft<float>(p, operands);
}

}  // namespace mote
