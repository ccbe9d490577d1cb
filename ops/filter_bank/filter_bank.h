// SPDX-License-Identifier: Apache-2.0
// From energies of frequencies to features: sums over triangular bands, their roots, gain control,
// logarithms. Each computes TFLM's operator to the bit, in unsigned fixed point.
#ifndef MOTE_OPS_FILTER_BANK_FILTER_BANK_H_
#define MOTE_OPS_FILTER_BANK_FILTER_BANK_H_

#include "base/kernel.h"

namespace mote {

struct FilterBankParams {
  int32_t channels, bins;
  int32_t weights;  // how many each of the two tables has
};

/// Triangles that overlap by half: between two centres a bin's energy goes to the upper channel by
/// its weight and to the lower one by its unweight. Section c, of channels + 1, lies below the
/// centre of channel c; it has widths[c] bins from starts[c] on, and weights from weight_starts[c]
/// on. The unweights of section 0 are of no channel.
void filter_bank(const FilterBankParams& params, const uint32_t* input, const int16_t* weights,
                 const int16_t* unweights, const int16_t* starts, const int16_t* weight_starts,
                 const int16_t* widths, uint64_t* output);
bool check_filter_bank(const FilterBankParams& params, const Operand* operands);

struct ChannelsParams {
  int32_t channels;
};

/// The rounded square root, shifted right by the bits that a block scaling had shifted left. (TFLM:
/// roots of what needs over 32 bits are computed in another way than smaller ones.)
void filter_bank_square_root(const ChannelsParams& params, const uint64_t* input,
                             const int32_t* scale_bits, uint32_t* output);
bool check_filter_bank_square_root(const ChannelsParams& params, const Operand* operands);

/// Fixed point: a coefficient of 1 is 2^subtraction_bits. Odd channels may have another filter.
struct SpectralSubtractionParams {
  int32_t channels;
  int32_t smoothing, one_minus_smoothing;
  int32_t alternate_smoothing, alternate_one_minus_smoothing;
  int32_t min_signal_remaining;  // the output is at least this part of the input
  int32_t smoothing_bits;        // 0 to 31; more fractional bits of the estimate
  int32_t subtraction_bits;      // 0 to 63
  int32_t clamping;              // 1: the estimate falls with the signal at once
};

/// Subtracts each channel's noise, which a low pass over time estimates. `estimate` is the state: 0
/// before the first run. `noise` is a copy of what it then is. Sums wrap as TFLM's do.
void spectral_subtraction(const SpectralSubtractionParams& params, const uint32_t* input,
                          uint32_t* estimate, uint32_t* output, uint32_t* noise);
bool check_spectral_subtraction(const SpectralSubtractionParams& params, const Operand* operands);

struct PcanParams {
  int32_t channels;
  int32_t snr_shift;  // 0 to 63
};

/// The gain table has 3 entries for each power of two, less those of the smallest.
constexpr int32_t kPcanGains = 125;

/// Per-channel automatic gain control: the signal times a gain that a table gives for the noise,
/// through a curve that is flat near 0. May run in place.
void pcan(const PcanParams& params, const uint32_t* input, const uint32_t* noise,
          const int16_t* gains, uint32_t* output);
bool check_pcan(const PcanParams& params, const Operand* operands);

struct FilterBankLogParams {
  int32_t channels;
  int32_t correction_bits;  // 0 to 31
  int32_t output_scale;
};

/// Entries of the table of log2(1 + i / 128) - i / 128 in 65536ths.
constexpr int32_t kLogEntries = 129;

/// output_scale · ln(input · 2^correction_bits), at most 32767; 0 for what isn't above 1.
void filter_bank_log(const FilterBankLogParams& params, const uint32_t* input,
                     const uint16_t* table, int16_t* output);
bool check_filter_bank_log(const FilterBankLogParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_FILTER_BANK_FILTER_BANK_H_
