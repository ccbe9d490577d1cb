// SPDX-License-Identifier: Apache-2.0
// The definition of filter banks and what follows them.
#include "ops/filter_bank/filter_bank.h"

#include "base/fixed_point.h"
#include "ops/filter_bank/integer_functions.h"

namespace mote {
namespace {

bool check_sections(const FilterBankParams& p, const Operand* operands) {
  auto table = [&](int i) { return static_cast<const int16_t*>(operands[i].constant); };
  const int16_t *starts = table(3), *weight_starts = table(4), *widths = table(5);
  if (!starts || !weight_starts || !widths) return false;
  for (int32_t c = 0; c <= p.channels; ++c) {
    if (widths[c] < 0) return false;
    if (widths[c] == 0) continue;
    if (starts[c] < 0 || starts[c] + widths[c] > p.bins) return false;
    if (weight_starts[c] < 0 || weight_starts[c] + widths[c] > p.weights) return false;
  }
  return true;
}

/// A parabola through the table's entries for x's power of two.
int16_t pcan_gain(uint32_t x, const int16_t* gains) {
  if (x <= 2) return gains[x];
  int32_t interval = bits_needed(x);
  const int16_t* entry = gains + (4 * interval - 6);
  int32_t fraction =
      static_cast<int32_t>(interval < 11 ? x << (11 - interval) : x >> (interval - 11)) & 0x3ff;
  int32_t result = (entry[2] * fraction) >> 5;
  result = wrapping_add(result, entry[1] * 32);
  result = wrapping_mul(result, fraction);
  result = wrapping_add(result, 1 << 14) >> 15;
  return static_cast<int16_t>(result + entry[0]);
}

/// x² / 4 below 2, x - 1 from there on; 12 fractional bits go in, 6 come out.
uint32_t pcan_shrink(uint32_t x) {
  constexpr int32_t kInputBits = 12, kOutputBits = 6;
  if (x < (uint32_t{2} << kInputBits)) return (x * x) >> (2 + 2 * kInputBits - kOutputBits);
  return (x >> (kInputBits - kOutputBits)) - (1 << kOutputBits);
}

/// scale · ln(x). REQUIRES: x > 0.
uint32_t log_scaled(uint32_t x, uint32_t scale, const uint16_t* table) {
  constexpr uint64_t kLn2 = 45426;  // in 65536ths
  constexpr uint32_t kHalf = 1 << 15;
  uint32_t natural = static_cast<uint32_t>((kLn2 * log2_fixed(x, table) + kHalf) >> 16);
  return (scale * natural + kHalf) >> 16;
}

/// One step of a channel's low pass. The coefficients are the files' 32-bit numbers, unsigned.
uint32_t next_estimate(const SpectralSubtractionParams& p, int32_t channel, uint32_t signal,
                       uint32_t estimate) {
  bool odd = channel % 2 != 0;
  uint64_t smoothing = static_cast<uint32_t>(odd ? p.alternate_smoothing : p.smoothing);
  uint64_t rest =
      static_cast<uint32_t>(odd ? p.alternate_one_minus_smoothing : p.one_minus_smoothing);
  return static_cast<uint32_t>((signal * smoothing + estimate * rest) >> p.subtraction_bits);
}

}  // namespace

void filter_bank(const FilterBankParams& p, const uint32_t* input, const int16_t* weights,
                 const int16_t* unweights, const int16_t* starts, const int16_t* weight_starts,
                 const int16_t* widths, uint64_t* output) {
  uint64_t above = 0, below = 0;
  for (int32_t c = 0; c <= p.channels; ++c) {
    for (int32_t i = 0; i < widths[c]; ++i) {
      uint64_t energy = input[starts[c] + i];
      above += static_cast<uint64_t>(int64_t{weights[weight_starts[c] + i]}) * energy;
      below += static_cast<uint64_t>(int64_t{unweights[weight_starts[c] + i]}) * energy;
    }
    if (c > 0) output[c - 1] = above;
    above = below;
    below = 0;
  }
}

bool check_filter_bank(const FilterBankParams& p, const Operand* operands) {
  return operands[0].holds<uint32_t>(p.bins) && operands[1].holds<int16_t>(p.weights) &&
         operands[2].holds<int16_t>(p.weights) && all_within(1, 32766, p.channels) &&
         operands[3].holds<int16_t>(p.channels + 1) && operands[4].holds<int16_t>(p.channels + 1) &&
         operands[5].holds<int16_t>(p.channels + 1) && operands[6].holds<uint64_t>(p.channels) &&
         check_sections(p, operands);
}

void filter_bank_square_root(const ChannelsParams& p, const uint64_t* input,
                             const int32_t* scale_bits, uint32_t* output) {
  int32_t bits = *scale_bits < 0 ? 0 : *scale_bits;
  for (int32_t i = 0; i < p.channels; ++i) {
    output[i] = bits > 31 ? 0 : square_root(input[i]) >> bits;
  }
}

bool check_filter_bank_square_root(const ChannelsParams& p, const Operand* operands) {
  return operands[0].holds<uint64_t>(p.channels) && operands[1].holds<int32_t>(1) &&
         operands[2].holds<uint32_t>(p.channels);
}

void spectral_subtraction(const SpectralSubtractionParams& p, const uint32_t* input,
                          uint32_t* estimate, uint32_t* output, uint32_t* noise) {
  uint64_t remaining = static_cast<uint32_t>(p.min_signal_remaining);
  for (int32_t i = 0; i < p.channels; ++i) {
    uint32_t floor = static_cast<uint32_t>((input[i] * remaining) >> p.subtraction_bits);
    uint32_t signal = input[i] << p.smoothing_bits;
    uint32_t now = next_estimate(p, i, signal, estimate[i]);
    uint32_t subtracted = now < signal ? (signal - now) >> p.smoothing_bits : 0;
    estimate[i] = p.clamping != 0 && now > signal ? signal : now;
    noise[i] = estimate[i];
    output[i] = subtracted > floor ? subtracted : floor;
  }
}

bool check_spectral_subtraction(const SpectralSubtractionParams& p, const Operand* operands) {
  for (int i = 0; i < 4; ++i) {
    if (!operands[i].holds<uint32_t>(p.channels)) return false;
  }
  return all_within(0, 31, p.smoothing_bits) && all_within(0, 63, p.subtraction_bits) &&
         all_within(0, 1, p.clamping);
}

void pcan(const PcanParams& p, const uint32_t* input, const uint32_t* noise, const int16_t* gains,
          uint32_t* output) {
  for (int32_t i = 0; i < p.channels; ++i) {
    uint32_t gain = static_cast<uint32_t>(int32_t{pcan_gain(noise[i], gains)});
    output[i] = pcan_shrink(static_cast<uint32_t>((uint64_t{input[i]} * gain) >> p.snr_shift));
  }
}

bool check_pcan(const PcanParams& p, const Operand* operands) {
  return operands[0].holds<uint32_t>(p.channels) && operands[1].holds<uint32_t>(p.channels) &&
         operands[2].holds<int16_t>(kPcanGains) && operands[3].holds<uint32_t>(p.channels) &&
         all_within(0, 63, p.snr_shift);
}

void filter_bank_log(const FilterBankLogParams& p, const uint32_t* input, const uint16_t* table,
                     int16_t* output) {
  uint32_t scale = static_cast<uint32_t>(p.output_scale);
  for (int32_t i = 0; i < p.channels; ++i) {
    uint32_t scaled = input[i] << p.correction_bits;
    uint32_t log = scaled > 1 ? log_scaled(scaled, scale, table) : 0;
    output[i] = static_cast<int16_t>(log < 32767 ? log : 32767);
  }
}

bool check_filter_bank_log(const FilterBankLogParams& p, const Operand* operands) {
  return operands[0].holds<uint32_t>(p.channels) && operands[1].holds<uint16_t>(kLogEntries) &&
         operands[2].holds<int16_t>(p.channels) && all_within(0, 31, p.correction_bits);
}

}  // namespace mote
