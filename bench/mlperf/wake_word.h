// SPDX-License-Identifier: Apache-2.0
// The streaming task's front end: what its reference firmware computes between microphone and model
// (benchmark/reference_submissions/streaming_wakeword), here on the runner's side, so that a device
// which only infers can be scored on a recording.
#ifndef MOTE_BENCH_MLPERF_WAKE_WORD_H_
#define MOTE_BENCH_MLPERF_WAKE_WORD_H_

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/mlperf/dataset.h"

namespace mote::mlperf {

constexpr size_t kFrameSamples = 512;  // at 16 kHz: 32 ms
constexpr double kFrame_s = 0.032;
constexpr size_t kBands = 40, kFrames = 30;  // what the model looks at
/// The model's first result above which a wake word counts as heard: 115 of -128 to 127.
constexpr double kHeard = (115 + 128) / 256.0;

/// A recording and when the wake word is spoken in it.
struct Recording {
  LabelledStream truth;
  std::vector<int16_t> samples;  // at 16 kHz
};

/// The recordings of the first of these lists that is in `folder`: sww_long_test.json, which is the
/// benchmark's, sww_med_test.json, sww_short_test.json. Errors: there is none; those of the files.
Result<std::vector<Recording>> read_recordings(const std::filesystem::path& folder);

/// Turns frames of sound into the model's input.
class WakeWordFeatures {
 public:
  WakeWordFeatures();

  /// Takes the next frame and gives the model's input with it: kFrames rows of kBands int8, the
  /// oldest first, 0 before the first frame. A row has the energies of 40 mel bands from 0 to 8 kHz
  /// of the last 1,024 samples, under a Hamming window: (10·log10(energy) + 52) / 64, between 0 and
  /// 1, quantised with the reference model's scale and zero point, cut off towards zero.
  /// REQUIRES: kFrameSamples samples.
  const Bytes& push(std::span<const int16_t> frame);

 private:
  static constexpr size_t kWindow = 1024;

  std::vector<std::complex<double>> windowed() const;
  std::array<double, kBands> energies() const;

  std::array<double, kWindow> samples_{};  // -1 to 1, the newest last
  double before_ = 0;                      // the sample before them, for the pre-emphasis
  Bytes input_;
};

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_WAKE_WORD_H_
