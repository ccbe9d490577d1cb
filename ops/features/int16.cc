// SPDX-License-Identifier: Apache-2.0
// The definition of features in fixed point. Each frame is shifted up as far as its loudest sample
// lets it before the transform, and the logarithm takes that back: so quiet frames keep their bits.
#include "base/dsp.h"
#include "ops/features/feature_frames.h"
#include "ops/features/features.h"
#include "ops/filter_bank/filter_bank.h"
#include "ops/filter_bank/integer_functions.h"
#include "ops/signal/rfft_row.h"

namespace mote {
namespace {

constexpr int32_t kLogFraction = 16;

/// The frame through the window, shifted up; returns by how many bits.
int32_t window_frame(int32_t size, const int16_t* samples, const int16_t* window, int16_t* frame) {
  uint32_t sizes = 0;  // all of them, bit by bit
  for (int32_t i = 0; i < size; ++i) {
    int32_t rounded = (samples[i] * window[i] + (1 << 14)) >> 15;
    frame[i] = static_cast<int16_t>(clamp(rounded, -32767, 32767));
    sizes |= static_cast<uint32_t>(frame[i] < 0 ? -frame[i] : frame[i]);
  }
  int32_t bits = sizes > 0 ? 15 - bits_needed(sizes) : 0;
  for (int32_t i = 0; i < size; ++i) frame[i] = static_cast<int16_t>(frame[i] * (1 << bits));
  return bits;
}

/// The bins that bands read.
struct Bins {
  int32_t begin, end;
};

Bins bins_of(const int16_t* bands, int32_t count) {
  Bins all = {32767, 0};
  for (const int16_t* end = bands + 2 * count; bands != end; bands += 2) {
    if (bands[1] == 0) continue;
    if (bands[0] < all.begin) all.begin = bands[0];
    if (bands[0] + bands[1] > all.end) all.end = bands[0] + bands[1];
  }
  return all;
}

/// The square, or the magnitude, of each bin takes its place as a word. Bands overlap, so that most
/// bins are read twice.
void square_bins(Bins bins, bool magnitude, int16_t* spectrum) {
  for (int32_t k = bins.begin; k < bins.end; ++k) {
    int32_t real = spectrum[2 * k], imaginary = spectrum[2 * k + 1];
    uint32_t square =
        static_cast<uint32_t>(real * real) + static_cast<uint32_t>(imaginary * imaginary);
    store_word(spectrum + 2 * k, magnitude ? square_root(square) : square);
  }
}

uint64_t band_sum(const int16_t* bins, int32_t width, const int16_t* weights) {
  uint64_t sum = 0;
  for (int32_t i = 0; i < width; ++i) {
    sum += uint64_t{static_cast<uint16_t>(weights[i])} * load_word(bins + 2 * i);
  }
  return sum;
}

/// ln of `sum` · 2^(log2_offset), not below the floor; 16 fractional bits in and out.
int32_t natural_log(uint64_t sum, int32_t log2_offset, int32_t floor, const uint16_t* table) {
  if (sum == 0) return floor;
  constexpr int64_t kLn2 = 45426;
  int32_t shift = 0;
  while (sum >> 32 != 0) sum >>= 1, ++shift;
  int64_t log2 = int64_t{log2_fixed(static_cast<uint32_t>(sum), table)} +
                 (int64_t{shift} << kLogFraction) + log2_offset;
  int64_t log = (log2 * kLn2 + (1 << (kLogFraction - 1))) >> kLogFraction;
  return log > floor ? static_cast<int32_t>(log) : floor;
}

int32_t cosine_sum(int32_t mel_bins, const int32_t* logs, const int16_t* cosines) {
  int64_t sum = 0;
  for (int32_t m = 0; m < mel_bins; ++m) sum += int64_t{cosines[m]} * logs[m];
  return static_cast<int32_t>((sum + (1 << 14)) >> 15);
}

/// Logarithms and coefficients stay far below this in any sound; hostile params may not.
constexpr int32_t kLargest = 1 << 26;

template <typename T>
T quantized(const FeaturesInt16Params& p, int32_t value) {
  constexpr int32_t kMost = (1 << (8 * sizeof(T) - 1)) - 1;
  int32_t scaled = multiply_by_quantized_multiplier(value, p.multiplier);
  return static_cast<T>(clamp(wrapping_add(scaled, p.output_zero_point), -kMost - 1, kMost));
}

void finish(const FeaturesInt16Params& p, int32_t value, int8_t* to) {
  *to = quantized<int8_t>(p, value);
}
void finish(const FeaturesInt16Params& p, int32_t value, int16_t* to) {
  *to = quantized<int16_t>(p, value);
}
void finish(const FeaturesInt16Params&, int32_t value, float* to) {
  *to = static_cast<float>(value) * (1.0f / (1 << kLogFraction));
}

void log_mel(const FeaturesInt16Params& p, int32_t scaled_up, int16_t* spectrum,
             const int16_t* bands, const int16_t* weights, const uint16_t* table, int32_t* logs) {
  bool magnitude = p.shape.magnitude != 0;
  int32_t offset = p.log2_offset - (scaled_up * (magnitude ? 1 : 2) << kLogFraction);
  square_bins(bins_of(bands, p.shape.mel_bins), magnitude, spectrum);
  for (int32_t m = 0; m < p.shape.mel_bins; ++m) {
    int32_t start = bands[2 * m], width = bands[2 * m + 1];
    uint64_t sum = band_sum(spectrum + 2 * start, width, weights);
    logs[m] = clamp(natural_log(sum, offset, p.floor, table), -kLargest, kLargest);
    weights += width;
  }
}

template <typename Out>
void features(const FeaturesInt16Params& p, const int16_t* input, const int16_t* window,
              const int32_t* radices, const int16_t* order, const int16_t* twiddles,
              const int16_t* split_twiddles, const int16_t* bands, const int16_t* weights,
              const int16_t* tables, int32_t* scratch, Out* output) {
  const FeatureShape& s = p.shape;
  int32_t* logs = scratch;
  int16_t* frame = reinterpret_cast<int16_t*>(scratch + s.mel_bins);
  int16_t* spectrum = frame + s.window;
  const uint16_t* log_entries = reinterpret_cast<const uint16_t*>(tables);
  const int16_t* cosines = tables + kLogEntries;
  for_each_frame(s, input, output, [&](const int16_t* samples, Out* to) {
    int32_t bits = window_frame(s.window, samples, window, frame);
    auto sample = [&](int32_t i) { return i < s.window ? frame[i] : int16_t{0}; };
    fft::rfft_row(s.fft_length / 2, sample, radices, s.stages, order, twiddles, split_twiddles,
                  spectrum);
    log_mel(p, bits, spectrum, bands, weights, log_entries, logs);
    int32_t width = s.coefficients > 0 ? s.coefficients : s.mel_bins;
    for (int32_t i = 0; i < width; ++i) {
      int32_t value =
          s.coefficients > 0 ? cosine_sum(s.mel_bins, logs, cosines + i * s.mel_bins) : logs[i];
      finish(p, clamp(value, -kLargest, kLargest), to + i);
    }
  });
}

template <typename Out>
bool check_features(const FeaturesInt16Params& p, const Operand* operands) {
  const FeatureShape& s = p.shape;
  constexpr int32_t kMostLog2 = 128 << kLogFraction;
  if (!check_frames<int16_t, Out>(s, operands, 10) || !is_valid(p.multiplier)) return false;
  int32_t cosines = s.coefficients * s.mel_bins;
  return operands[8].holds<int16_t>(int64_t{kLogEntries} + cosines) &&
         operands[9].holds<int32_t>(int64_t{s.mel_bins} + (s.window + s.fft_length + 3) / 2) &&
         all_within(-kMostLog2, kMostLog2, p.log2_offset, p.floor) &&
         all_within(-32768, 32767, p.output_zero_point);
}

}  // namespace

#define MOTE_FEATURES_INT16(function, Out)                                                       \
  void function(const FeaturesInt16Params& p, const int16_t* input, const int16_t* window,       \
                const int32_t* radices, const int16_t* order, const int16_t* twiddles,           \
                const int16_t* split_twiddles, const int16_t* bands, const int16_t* weights,     \
                const int16_t* tables, int32_t* scratch, Out* output) {                          \
    features(p, input, window, radices, order, twiddles, split_twiddles, bands, weights, tables, \
             scratch, output);                                                                   \
  }                                                                                              \
  bool check_##function(const FeaturesInt16Params& p, const Operand* operands) {                 \
    return check_features<Out>(p, operands);                                                     \
  }

MOTE_FEATURES_INT16(features_int16_int8, int8_t)
MOTE_FEATURES_INT16(features_int16_int16, int16_t)
MOTE_FEATURES_INT16(features_int16_float32, float)

#undef MOTE_FEATURES_INT16

}  // namespace mote
