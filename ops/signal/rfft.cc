// SPDX-License-Identifier: Apache-2.0
// RFFT: even samples as real and odd ones as imaginary parts of one complex transform, whose
// spectrum the last step takes apart into those of the two halves and joins. It all happens in the
// output, which has room for one bin more than the transform needs.
#include "ops/signal/rfft_row.h"
#include "ops/signal/signal.h"

namespace mote {
namespace {

template <typename T>
void rfft(const RfftParams& p, const T* input, const int32_t* radices, const int16_t* order,
          const T* twiddles, const T* split_twiddles, T* output) {
  int32_t n = p.fft_length / 2;
  for (int32_t r = 0; r < p.rows; ++r) {
    auto sample = [&](int32_t i) { return i < p.input_length ? input[i] : T{0}; };
    fft::rfft_row(n, sample, radices, p.stages, order, twiddles, split_twiddles, output);
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
