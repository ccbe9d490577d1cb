// SPDX-License-Identifier: Apache-2.0
// The definition of windows, block scaling and energies.
#include "base/fixed_point.h"
#include "ops/signal/signal.h"

namespace mote {
namespace {

/// The largest magnitude, held in 16 bits as TFLM holds it.
int16_t largest_magnitude(const int16_t* input, int32_t size) {
  int16_t most = 0;
  for (int32_t i = 0; i < size; ++i) {
    if (input[i] > most) {
      most = input[i];
    } else if (-input[i] > most) {
      most = static_cast<int16_t>(-input[i]);
    }
  }
  return most;
}

/// How often the largest magnitude can be doubled in 16 bits; 0 for silence.
int32_t unused_bits(int16_t most) {
  return most > 0 ? __builtin_clz(static_cast<uint32_t>(most)) - 17 : 0;
}

}  // namespace

void signal_window(const SignalWindowParams& p, const int16_t* input, const int16_t* weights,
                   int16_t* output) {
  for (int32_t r = 0; r < p.rows; ++r, input += p.size, output += p.size) {
    for (int32_t i = 0; i < p.size; ++i) {
      int32_t product = (int32_t{input[i]} * weights[i]) >> p.shift;
      output[i] = static_cast<int16_t>(clamp(product, -32768, 32767));
    }
  }
}

bool check_signal_window(const SignalWindowParams& p, const Operand* operands) {
  return operands[0].holds<int16_t>(p.rows, p.size) && operands[1].holds<int16_t>(p.size) &&
         operands[2].holds<int16_t>(p.rows, p.size) && all_within(0, 31, p.shift);
}

void fft_auto_scale(const FftAutoScaleParams& p, const int16_t* input, int16_t* output,
                    int32_t* scale_bits) {
  int32_t bits = unused_bits(largest_magnitude(input, p.size));
  for (int32_t i = 0; i < p.size; ++i) {
    output[i] = static_cast<int16_t>(wrapping_shift_left(input[i], bits));
  }
  *scale_bits = bits;
}

bool check_fft_auto_scale(const FftAutoScaleParams& p, const Operand* operands) {
  return operands[0].holds<int16_t>(p.size) && operands[1].holds<int16_t>(p.size) &&
         operands[2].holds<int32_t>(1);
}

void signal_energy(const SignalEnergyParams& p, const int16_t* spectrum, uint32_t* energy) {
  for (int32_t i = 0; i < p.bins; ++i) {
    int32_t real = spectrum[2 * i], imaginary = spectrum[2 * i + 1];
    bool wanted = i >= p.first && i < p.end;
    // Each square is at most 2^30, so that their sum fits 32 bits without a sign.
    energy[i] =
        wanted ? static_cast<uint32_t>(real * real) + static_cast<uint32_t>(imaginary * imaginary)
               : 0;
  }
}

bool check_signal_energy(const SignalEnergyParams& p, const Operand* operands) {
  return operands[0].holds<int16_t>(p.bins, 2) && operands[1].holds<uint32_t>(p.bins) &&
         all_within(0, p.end, p.first) && all_within(0, p.bins, p.end);
}

}  // namespace mote
