// SPDX-License-Identifier: Apache-2.0
// From samples to a spectrum, and back: windows, block scaling, Fourier transforms of real signals,
// energies. They compute TFLM's signal library to the bit: 16-bit signals with a shift of their
// own, transforms that divide in every stage so that nothing overflows, as kissfft's do.
#ifndef MOTE_OPS_SIGNAL_SIGNAL_H_
#define MOTE_OPS_SIGNAL_SIGNAL_H_

#include "base/kernel.h"

namespace mote {

struct SignalWindowParams {
  int32_t rows, size;
  int32_t shift;  // 0 to 31
};

/// output = (input · weight) >> shift, saturated, for each row of `size` samples. May run in place.
void signal_window(const SignalWindowParams& params, const int16_t* input, const int16_t* weights,
                   int16_t* output);
bool check_signal_window(const SignalWindowParams& params, const Operand* operands);

struct FftAutoScaleParams {
  int32_t size;
};

/// Shifts all samples left by as many bits as the largest leaves unused, and says how many. (TFLM
/// takes the largest as 16 bits: -32768 counts as smaller than whatever follows.) May run in place.
void fft_auto_scale(const FftAutoScaleParams& params, const int16_t* input, int16_t* output,
                    int32_t* scale_bits);
bool check_fft_auto_scale(const FftAutoScaleParams& params, const Operand* operands);

struct SignalEnergyParams {
  int32_t bins;
  int32_t first, end;  // 0 <= first <= end <= bins
};

/// energy = real² + imaginary² of the bins from `first` to before `end`; 0 in the others. The
/// spectrum has pairs (real, imaginary).
void signal_energy(const SignalEnergyParams& params, const int16_t* spectrum, uint32_t* energy);
bool check_signal_energy(const SignalEnergyParams& params, const Operand* operands);

/// A transform of fft_length real samples is one of n = fft_length / 2 complex ones and a step that
/// takes the two halves apart. n is the product of `stages` radices, each 2 to 5.
struct RfftParams {
  int32_t rows;
  int32_t input_length;  // samples of a row, at most fft_length; zeros follow
  int32_t fft_length;    // even
  int32_t stages;
};

/// The longest transform; its order of complex samples fits int16_t.
constexpr int32_t kMostFftLength = 32768;

/// The spectrum of each row: fft_length / 2 + 1 bins, as pairs. Fixed-point spectra are divided by
/// the length. Tables (host: FftTables): the radices, first stage last; where the n complex samples
/// come from; e^(-2πik/n) for k < n; e^(-πi((k+1)/n + 1/2)) for k < n/2.
void rfft_int16(const RfftParams& params, const int16_t* input, const int32_t* radices,
                const int16_t* order, const int16_t* twiddles, const int16_t* split_twiddles,
                int16_t* output);
bool check_rfft_int16(const RfftParams& params, const Operand* operands);
void rfft_int32(const RfftParams& params, const int32_t* input, const int32_t* radices,
                const int16_t* order, const int32_t* twiddles, const int32_t* split_twiddles,
                int32_t* output);
bool check_rfft_int32(const RfftParams& params, const Operand* operands);
void rfft_float32(const RfftParams& params, const float* input, const int32_t* radices,
                  const int16_t* order, const float* twiddles, const float* split_twiddles,
                  float* output);
bool check_rfft_float32(const RfftParams& params, const Operand* operands);

struct IrfftParams {
  int32_t rows;
  int32_t fft_length;  // even
  int32_t stages;
};

/// The way back; the twiddles are the conjugate ones. Fixed-point signals are divided once more,
/// floats give the signal itself. `scratch` holds fft_length numbers.
void irfft_int16(const IrfftParams& params, const int16_t* input, const int32_t* radices,
                 const int16_t* order, const int16_t* twiddles, const int16_t* split_twiddles,
                 int16_t* scratch, int16_t* output);
bool check_irfft_int16(const IrfftParams& params, const Operand* operands);
void irfft_int32(const IrfftParams& params, const int32_t* input, const int32_t* radices,
                 const int16_t* order, const int32_t* twiddles, const int32_t* split_twiddles,
                 int32_t* scratch, int32_t* output);
bool check_irfft_int32(const IrfftParams& params, const Operand* operands);
void irfft_float32(const IrfftParams& params, const float* input, const int32_t* radices,
                   const int16_t* order, const float* twiddles, const float* split_twiddles,
                   float* scratch, float* output);
bool check_irfft_float32(const IrfftParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_SIGNAL_SIGNAL_H_
