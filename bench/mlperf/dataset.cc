// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/dataset.h"

#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>

namespace mote::mlperf {
namespace {

constexpr size_t kCifarPlane = 32 * 32, kCifarRecord = 1 + 3 * kCifarPlane;

std::vector<std::filesystem::path> cifar_batches(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> batches;
  std::error_code ignored;
  if (std::filesystem::exists(folder / "test_batch.bin", ignored)) {
    return {folder / "test_batch.bin"};
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("data_batch_") && name.ends_with(".bin")) batches.push_back(entry.path());
  }
  std::sort(batches.begin(), batches.end());
  return batches;
}

CifarPicture picture(const uint8_t* record) {
  CifarPicture out{.label = record[0], .pixels = Bytes(3 * kCifarPlane)};
  for (size_t channel = 0; channel < 3; ++channel) {
    for (size_t i = 0; i < kCifarPlane; ++i) {
      out.pixels[3 * i + channel] = record[1 + channel * kCifarPlane + i];
    }
  }
  return out;
}

Bytes random_input(const Task& task, std::mt19937& random) {
  Bytes bytes(task.input_bytes);
  if (task.input_type == DType::kFloat32) {
    for (size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
      const float value = static_cast<float>(random() % 20001) / 10000.0f - 1.0f;
      std::memcpy(bytes.data() + at, &value, sizeof(value));
    }
  } else {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  }
  return bytes;
}

}  // namespace

Result<std::vector<CifarPicture>> read_cifar(const std::filesystem::path& path) {
  MOTE_TRY(const Bytes bytes, read_file(path));
  if (bytes.empty() || bytes.size() % kCifarRecord != 0) {
    return fail("{}: {} bytes; a CIFAR-10 batch is a multiple of {}", path.string(), bytes.size(),
                kCifarRecord);
  }
  std::vector<CifarPicture> pictures;
  for (size_t at = 0; at < bytes.size(); at += kCifarRecord) {
    if (bytes[at] > 9) {
      return fail("{}: picture {} is of class {}; CIFAR-10 has 0 to 9", path.string(),
                  at / kCifarRecord, bytes[at]);
    }
    pictures.push_back(picture(bytes.data() + at));
  }
  return pictures;
}

Result<std::vector<int16_t>> read_wav(const std::filesystem::path& path, int sample_rate) {
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open(path.c_str(), SFM_READ, &info),
                                                         sf_close);
  if (!file) return fail("{}: {}", path.string(), sf_strerror(nullptr));
  if (info.samplerate != sample_rate) {
    return fail("{}: is sampled at {} Hz; it must be {}", path.string(), info.samplerate,
                sample_rate);
  }
  const size_t channels = static_cast<size_t>(info.channels);
  std::vector<int16_t> all(static_cast<size_t>(info.frames) * channels);
  const sf_count_t got = sf_readf_short(file.get(), all.data(), info.frames);
  if (got != info.frames) {
    return fail("{}: ends after {} of {} samples", path.string(), got, info.frames);
  }
  std::vector<int16_t> samples(static_cast<size_t>(info.frames));
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = all[i * channels];
  return samples;
}

Result<Dataset> Dataset::open(const Task& task, const std::filesystem::path& folder) {
  Dataset data(task);
  std::error_code ignored;
  if (std::filesystem::exists(folder / "y_labels.csv", ignored)) {
    MOTE_TRY(data.files_, read_labels(folder / "y_labels.csv"));
    data.read_ = [folder, files = data.files_](size_t i) {
      return read_file(folder / files[i].file);
    };
    return data;
  }
  if (task.input_bytes != 3 * kCifarPlane || cifar_batches(folder).empty()) {
    return fail(
        "{}: has no y_labels.csv; it must hold the benchmark's files of {} (docs/mlperf.md)",
        folder.string(), task.name);
  }
  auto pictures = std::make_shared<std::vector<Bytes>>();
  for (const auto& path : cifar_batches(folder)) {
    MOTE_TRY(std::vector<CifarPicture> batch, read_cifar(path));
    for (size_t i = 0; i < batch.size(); ++i) {
      data.files_.push_back({.file = fmt::format("{}[{}]", path.filename().string(), i),
                             .classes = 10,
                             .label = batch[i].label});
      pictures->push_back(std::move(batch[i].pixels));
    }
  }
  data.read_ = [pictures](size_t i) -> Result<Bytes> { return (*pictures)[i]; };
  return data;
}

Dataset Dataset::random(const Task& task, uint32_t seed) {
  Dataset data(task);
  data.random_ = true;
  for (int i = 0; i < 5; ++i) {
    data.files_.push_back({.file = fmt::format("random {}", i), .classes = 1, .label = 0});
  }
  data.read_ = [&task, seed](size_t i) -> Result<Bytes> {
    std::mt19937 random(seed + static_cast<uint32_t>(i));
    return random_input(task, random);
  };
  return data;
}

void Dataset::keep(size_t most) {
  if (most < files_.size()) files_.resize(most);
}

Result<std::vector<Bytes>> Dataset::windows(const LabelledFile& file, const Bytes& bytes) const {
  std::vector<Bytes> windows;
  for (size_t at = 0; at + file.window_bytes <= bytes.size(); at += file.stride_bytes) {
    const auto from = bytes.begin() + static_cast<ptrdiff_t>(at);
    windows.emplace_back(from, from + static_cast<ptrdiff_t>(file.window_bytes));
  }
  return windows;
}

Result<std::vector<Bytes>> Dataset::inputs(size_t index) const {
  const LabelledFile& file = files_[index];
  MOTE_TRY(Bytes bytes, read_(index));
  const bool whole = file.window_bytes == 0;
  const size_t input = whole ? bytes.size() : file.window_bytes;
  if (input != task_->input_bytes) {
    return fail("{}: {} of {} bytes; {} takes {}", file.file, whole ? "a file" : "windows", input,
                task_->name, task_->input_bytes);
  }
  if (whole) return std::vector<Bytes>{std::move(bytes)};
  MOTE_TRY(std::vector<Bytes> cut, windows(file, bytes));
  if (cut.empty()) {
    return fail("{}: {} bytes are less than one window of {}", file.file, bytes.size(), input);
  }
  return cut;
}

}  // namespace mote::mlperf
