// SPDX-License-Identifier: Apache-2.0
#include "ops/features/feature_tables.op.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mote {
namespace {

double mel(double hz) {
  return 1127 * std::log(1 + hz / 700);
}

}  // namespace

std::vector<double> window_table(const std::string& kind, int32_t size) {
  double mean = kind == "HANN" ? 0.5 : kind == "HAMMING" ? 0.54 : 1;
  std::vector<double> table;
  for (int32_t i = 0; i < size; ++i) {
    table.push_back(mean - (1 - mean) * std::cos(2 * std::numbers::pi * i / size));
  }
  return table;
}

MelBands mel_bands(int32_t fft_length, double sample_rate, int32_t mel_bins, double lower_hz,
                   double upper_hz) {
  MelBands result;
  double step = (mel(upper_hz) - mel(lower_hz)) / (mel_bins + 1);
  for (int32_t m = 0; m < mel_bins; ++m) {
    double centre = mel(lower_hz) + (m + 1) * step;
    int32_t first = 0, width = 0;
    for (int32_t k = 1; k <= fft_length / 2; ++k) {
      double weight = 1 - std::abs(mel(sample_rate * k / fft_length) - centre) / step;
      if (weight <= 0) continue;
      if (width++ == 0) first = k;
      result.weights.push_back(weight);
    }
    result.bands.push_back(static_cast<int16_t>(first));
    result.bands.push_back(static_cast<int16_t>(width));
  }
  return result;
}

std::vector<double> cosine_table(int32_t coefficients, int32_t mel_bins) {
  std::vector<double> table;
  for (int32_t c = 0; c < coefficients; ++c) {
    for (int32_t m = 0; m < mel_bins; ++m) {
      table.push_back(std::sqrt(2.0 / mel_bins) *
                      std::cos(std::numbers::pi * c * (m + 0.5) / mel_bins));
    }
  }
  return table;
}

}  // namespace mote
