// SPDX-License-Identifier: Apache-2.0
// Recordings: whatever libsndfile reads (.wav, .flac, .ogg, …), any rate and channels.
#ifndef MOTE_TRAIN_DATA_SOUND_H_
#define MOTE_TRAIN_DATA_SOUND_H_

#include <sndfile.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "base/host/result.h"

namespace mote::train {

struct CloseSound {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

/// A recording whose header is read.
struct OpenSound {
  std::unique_ptr<SNDFILE, CloseSound> file;
  SF_INFO info{};
};

/// Errors: not a sound file. Messages don't name the path; the caller does.
Result<OpenSound> open_sound(const std::filesystem::path& path);

/// `frames` of its frames from `first` on, channels averaged into one, full scale ±1. Errors: the
/// file ends before.
Result<std::vector<float>> read_mono(const OpenSound& sound, int64_t first, int64_t frames);

/// The same sound at another rate (sinc interpolation).
Result<std::vector<float>> resample(const std::vector<float>& samples, double from_hz,
                                    double to_hz);

/// The middle `count` samples; shorter sounds get silence on both sides.
std::vector<float> middle(const std::vector<float>& samples, size_t count);

/// A 16-bit .wav file with one channel.
std::vector<uint8_t> wav_file(const std::vector<int16_t>& samples, int rate_hz);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_SOUND_H_
