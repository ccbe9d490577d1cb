// SPDX-License-Identifier: Apache-2.0
// Small data sets for tests, and the shared ones unpacked.
#ifndef MOTE_TRAIN_DATA_DATA_TEST_SUPPORT_H_
#define MOTE_TRAIN_DATA_DATA_TEST_SUPPORT_H_

#include <cmath>

#include "base/host/file.h"
#include "base/host/process.h"
#include "train/data/dataset.h"
#include "train/data/sound.h"

namespace mote::train {

inline void put(const std::filesystem::path& path, const std::string& text) {
  (void)make_folder(path.parent_path());
  (void)write_text(path, text);
}

/// A tone as a 16-bit .wav.
inline void put_tone(const std::filesystem::path& path, double hz, int rate_hz, double seconds,
                     double amplitude = 0.5) {
  std::vector<int16_t> samples(static_cast<size_t>(rate_hz * seconds));
  for (size_t i = 0; i < samples.size(); ++i) {
    double phase = 2 * 3.14159265358979 * hz * static_cast<double>(i) / rate_hz;
    samples[i] = static_cast<int16_t>(std::lround(32767 * amplitude * std::sin(phase)));
  }
  (void)make_folder(path.parent_path());
  (void)write_file(path, wav_file(samples, rate_hz));
}

/// A .bmp of one colour.
inline void put_bmp(const std::filesystem::path& path, int width, int height, uint8_t red,
                    uint8_t green, uint8_t blue) {
  int stride = (width * 3 + 3) / 4 * 4;
  std::string file(54 + static_cast<size_t>(stride * height), '\0');
  auto number = [&](size_t at, uint32_t value) {
    for (size_t i = 0; i < 4; ++i) file[at + i] = static_cast<char>(value >> 8 * i);
  };
  file[0] = 'B', file[1] = 'M';
  number(2, static_cast<uint32_t>(file.size())), number(10, 54), number(14, 40);
  number(18, static_cast<uint32_t>(width)), number(22, static_cast<uint32_t>(height));
  number(26, 1 | 24 << 16);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      size_t at = 54 + static_cast<size_t>(y * stride + x * 3);
      file[at] = static_cast<char>(blue), file[at + 1] = static_cast<char>(green);
      file[at + 2] = static_cast<char>(red);
    }
  }
  put(path, file);
}

/// A file or folder of ../shared/data, or nothing.
inline std::filesystem::path shared_data(const std::string& name) {
  std::filesystem::path path = std::filesystem::path("../shared/data") / name;
  std::error_code error;
  return std::filesystem::exists(path, error) ? std::filesystem::absolute(path) : "";
}

/// Unpacks an archive of the shared data. False if it isn't there.
inline bool unpack(const std::string& archive, const std::filesystem::path& folder) {
  std::filesystem::path path = shared_data(archive);
  if (path.empty()) return false;
  Result<ProcessOutcome> outcome =
      run_process({"tar", "xzf", path.string(), "-C", folder.string()});
  return outcome.ok() && outcome->exit_code == 0;
}

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_DATA_TEST_SUPPORT_H_
