// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/wake_word.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mote::mlperf {
namespace {

using Spectrum = std::vector<std::complex<double>>;

constexpr double kRate_hz = 16000, kPreemphasis = 0.96875;
constexpr double kInputScale = 0.003701042849570513;  // of the reference model's input
constexpr int kInputZeroPoint = -128;

/// Cooley and Tukey's, in place of a power of two of values.
void transform(Spectrum* values) {
  const size_t n = values->size();
  if (n == 1) return;
  Spectrum even(n / 2), odd(n / 2);
  for (size_t i = 0; i < n / 2; ++i) even[i] = (*values)[2 * i], odd[i] = (*values)[2 * i + 1];
  transform(&even);
  transform(&odd);
  for (size_t i = 0; i < n / 2; ++i) {
    const auto turned = odd[i] * std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(i) /
                                                     static_cast<double>(n));
    (*values)[i] = even[i] + turned;
    (*values)[i + n / 2] = even[i] - turned;
  }
}

double mel(double hz) {
  return 1127 * std::log(1 + hz / 700);
}

/// Where a frequency lies among the middles of 40 triangular bands that divide 0 to 8 kHz evenly in
/// mel: 1 is the middle of the first.
double band_position(double hz) {
  return mel(hz) * (kBands + 1) / mel(kRate_hz / 2);
}

int8_t quantised(double energy) {
  const double level = std::clamp((10 * std::log10(std::max(energy, 1e-30)) + 52) / 64, 0.0, 1.0);
  const double value = level / kInputScale + kInputZeroPoint;
  return static_cast<int8_t>(std::clamp(std::trunc(value), -128.0, 127.0));
}

}  // namespace

Result<std::vector<Recording>> read_recordings(const std::filesystem::path& folder) {
  for (const char* list : {"sww_long_test.json", "sww_med_test.json", "sww_short_test.json"}) {
    std::error_code ignored;
    if (!std::filesystem::exists(folder / list, ignored)) continue;
    MOTE_TRY(const std::vector<LabelledStream> streams, read_streams(folder / list));
    std::vector<Recording> recordings;
    for (const LabelledStream& stream : streams) {
      MOTE_TRY(auto samples, read_wav(folder / stream.wav_file, static_cast<int>(kRate_hz)));
      recordings.push_back({stream, std::move(samples)});
    }
    return recordings;
  }
  return fail("{}: has no sww_long_test.json and no shorter list of recordings (docs/mlperf.md)",
              folder.string());
}

WakeWordFeatures::WakeWordFeatures() : input_(kFrames * kBands) {}

Spectrum WakeWordFeatures::windowed() const {
  Spectrum values(kWindow);
  double before = before_;
  for (size_t i = 0; i < kWindow; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kWindow;
    values[i] = (samples_[i] - kPreemphasis * before) * (0.54 - 0.46 * std::cos(angle));
    before = samples_[i];
  }
  return values;
}

std::array<double, kBands> WakeWordFeatures::energies() const {
  Spectrum spectrum = windowed();
  transform(&spectrum);
  std::array<double, kBands> sums{};
  for (size_t i = 1; i <= kWindow / 2; ++i) {
    const double power = std::norm(spectrum[i]) / kWindow;
    const double position = band_position(static_cast<double>(i) * kRate_hz / kWindow);
    const double below = std::floor(position), above = position - below;
    // It counts for the bands whose middles are on either side of it, the more the nearer.
    const auto left = static_cast<size_t>(below);  // this one's number, counted from 1
    if (left >= 1 && left <= kBands) sums[left - 1] += (1 - above) * power;
    if (left < kBands) sums[left] += above * power;
  }
  return sums;
}

const Bytes& WakeWordFeatures::push(std::span<const int16_t> frame) {
  before_ = samples_[kFrameSamples - 1];
  std::copy(samples_.begin() + kFrameSamples, samples_.end(), samples_.begin());
  std::transform(frame.begin(), frame.end(), samples_.end() - kFrameSamples,
                 [](int16_t sample) { return sample / 32768.0; });
  std::copy(input_.begin() + kBands, input_.end(), input_.begin());
  const std::array<double, kBands> bands = energies();
  std::transform(bands.begin(), bands.end(), input_.end() - kBands,
                 [](double energy) { return static_cast<uint8_t>(quantised(energy)); });
  return input_;
}

}  // namespace mote::mlperf
