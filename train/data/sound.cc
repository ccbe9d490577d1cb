// SPDX-License-Identifier: Apache-2.0
#include "train/data/sound.h"

#include <samplerate.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace mote::train {

Result<OpenSound> open_sound(const std::filesystem::path& path) {
  OpenSound sound;
  sound.file.reset(sf_open(path.c_str(), SFM_READ, &sound.info));
  if (!sound.file) return fail("isn't a sound file: {}", sf_strerror(nullptr));
  return sound;
}

Result<std::vector<float>> read_mono(const OpenSound& sound, int64_t first, int64_t frames) {
  if (sf_seek(sound.file.get(), first, SEEK_SET) != first) return fail("ends early");
  const size_t channels = static_cast<size_t>(sound.info.channels);
  std::vector<float> interleaved(static_cast<size_t>(frames) * channels);
  if (sf_readf_float(sound.file.get(), interleaved.data(), frames) != frames) {
    return fail("ends early: its header promises {} samples", sound.info.frames);
  }
  if (channels == 1) return interleaved;
  std::vector<float> samples(static_cast<size_t>(frames));
  for (size_t i = 0; i < samples.size(); ++i) {
    float sum = 0;
    for (size_t c = 0; c < channels; ++c) sum += interleaved[i * channels + c];
    samples[i] = sum / static_cast<float>(channels);
  }
  return samples;
}

Result<std::vector<float>> resample(const std::vector<float>& samples, double from_hz,
                                    double to_hz) {
  if (from_hz == to_hz || samples.empty()) return samples;
  double ratio = to_hz / from_hz;
  if (!src_is_valid_ratio(ratio)) {
    return fail("has {} samples a second, which can't become {}", from_hz, to_hz);
  }
  size_t count = static_cast<size_t>(std::llround(static_cast<double>(samples.size()) * ratio));
  std::vector<float> resampled(std::max<size_t>(count, 1));
  SRC_DATA data{};
  data.data_in = samples.data();
  data.input_frames = static_cast<long>(samples.size());
  data.data_out = resampled.data();
  data.output_frames = static_cast<long>(resampled.size());
  data.src_ratio = ratio;
  if (int code = src_simple(&data, SRC_SINC_FASTEST, 1)) {
    return fail("can't be resampled: {}", src_strerror(code));
  }
  return resampled;
}

std::vector<float> middle(const std::vector<float>& samples, size_t count) {
  if (samples.size() >= count) {
    auto from = samples.begin() + static_cast<std::ptrdiff_t>((samples.size() - count) / 2);
    return {from, from + static_cast<std::ptrdiff_t>(count)};
  }
  std::vector<float> part((count - samples.size()) / 2, 0.0f);
  part.insert(part.end(), samples.begin(), samples.end());
  part.resize(count, 0.0f);
  return part;
}

std::vector<uint8_t> wav_file(const std::vector<int16_t>& samples, int rate_hz) {
  std::vector<uint8_t> file;
  auto text = [&](std::string_view tag) {
    for (char c : tag) file.push_back(static_cast<uint8_t>(c));
  };
  auto number = [&](uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.push_back(static_cast<uint8_t>(value >> 8 * i));
  };
  uint32_t bytes = static_cast<uint32_t>(samples.size() * 2);
  uint32_t rate = static_cast<uint32_t>(rate_hz);
  text("RIFF"), number(36 + bytes, 4), text("WAVE");
  text("fmt "), number(16, 4);
  number(1, 2), number(1, 2), number(rate, 4), number(rate * 2, 4), number(2, 2), number(16, 2);
  text("data"), number(bytes, 4);
  for (int16_t sample : samples) number(static_cast<uint16_t>(sample), 2);
  return file;
}

}  // namespace mote::train
