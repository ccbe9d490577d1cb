// SPDX-License-Identifier: Apache-2.0
#include "train/torch/project_source.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "train/data/augment.h"

namespace mote::train {
namespace {

constexpr uint64_t kMostKeptBytes = uint64_t{6} << 30;

/// An element as it is kept: 16 bits of sound, 8 of a picture, all of a series.
template <typename T>
Bytes packed_as(const std::vector<float>& values, float factor) {
  Bytes bytes(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    float scaled = values[i] * factor;
    if constexpr (std::is_integral_v<T>) {
      scaled = std::clamp(std::round(scaled), static_cast<float>(std::numeric_limits<T>::min()),
                          static_cast<float>(std::numeric_limits<T>::max()));
    }
    const T value = static_cast<T>(scaled);
    std::memcpy(&bytes[i * sizeof(T)], &value, sizeof(T));
  }
  return bytes;
}

template <typename T>
std::vector<float> unpacked_from(const Bytes& bytes, float factor) {
  std::vector<float> values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, &bytes[i * sizeof(T)], sizeof(T));
    values[i] = static_cast<float>(value) * factor;
  }
  return values;
}

Bytes packed(InputKind kind, const std::vector<float>& values) {
  switch (kind) {
    case InputKind::kAudio:
      return packed_as<int16_t>(values, 32768);
    case InputKind::kImage:
      return packed_as<uint8_t>(values, 1);
    case InputKind::kSeries:
      return packed_as<float>(values, 1);
  }
  return {};
}

std::vector<float> unpacked(InputKind kind, const Bytes& bytes) {
  switch (kind) {
    case InputKind::kAudio:
      return unpacked_from<int16_t>(bytes, 1.0f / 32768);
    case InputKind::kImage:
      return unpacked_from<uint8_t>(bytes, 1);
    case InputKind::kSeries:
      return unpacked_from<float>(bytes, 1);
  }
  return {};
}

/// Whether the project wants examples changed at random.
bool augments(const AugmentOptions& a) {
  return a.noise > 0 || a.shift_seconds > 0 || a.speed > 0 || a.gain_db > 0 || a.time_masks > 0 ||
         a.frequency_masks > 0 || a.crop > 0 || a.flip || a.brightness > 0 || a.contrast > 0 ||
         a.color > 0 || a.rotation_degrees > 0 || a.sensor_noise > 0 || a.channel_dropout > 0;
}

uint64_t packed_bytes(const Project& project) {
  const auto elements = static_cast<uint64_t>(project.input.shape().elements());
  switch (project.input.kind) {
    case InputKind::kAudio:
      return 2 * elements;
    case InputKind::kImage:
      return elements;
    case InputKind::kSeries:
      return 4 * elements;
  }
  return 0;
}

}  // namespace

Result<std::unique_ptr<ProjectSource>> ProjectSource::make(const Project& project,
                                                           const Dataset& dataset,
                                                           const FrontEnd& front_end,
                                                           size_t workers,
                                                           const Counter& progress) {
  std::unique_ptr<ProjectSource> source(new ProjectSource(project, dataset));
  for (size_t i = 0; i < workers; ++i) {
    MOTE_TRY(FrontEnd copy, front_end.copy());
    source->front_ends_.push_back(std::move(copy));
  }
  source->changes_ = augments(project.augment);
  if (project.augment.noise > 0) {
    MOTE_TRY(source->noise_, read_noise(project));
  }
  for (size_t i : learnable(project, dataset, Split::kTrain)) source->training_.push_back({i});
  for (size_t i : learnable(project, dataset, Split::kValidation)) {
    source->validation_.push_back({i});
  }
  MOTE_CHECK_OK(source->decode(progress));
  if (source->training_.empty()) {
    return fail("{}: none of the training examples can be read; the first one: {}",
                dataset.root.string(),
                source->skipped_.empty() ? "there are none" : source->skipped_[0].why);
  }
  return source;
}

Result<void> ProjectSource::decode(const Counter& progress) {
  const size_t all = training_.size() + validation_.size();
  const bool keep = all * packed_bytes(project_) <= kMostKeptBytes;
  std::vector<size_t> numbers;
  for (const auto* examples : {&training_, &validation_}) {
    for (const Kept& kept : *examples) numbers.push_back(kept.number);
  }
  auto take = [&](size_t, size_t i, const Signal& signal) -> Result<void> {
    Kept& kept = i < training_.size() ? training_[i] : validation_[i - training_.size()];
    kept.readable = true;
    if (keep) kept.bytes = packed(project_.input.kind, signal.values);
    return {};
  };
  MOTE_TRY(skipped_, decode_examples(project_, dataset_, numbers, take, progress));
  for (std::vector<Kept>* examples : {&training_, &validation_}) {
    std::erase_if(*examples, [](const Kept& kept) { return !kept.readable; });
  }
  return {};
}

Result<void> ProjectSource::read(size_t worker, Split split, size_t i, std::mt19937* random,
                                 float* features) {
  const Kept& kept = examples(split)[i];
  Signal signal{project_.input.shape(), {}};
  if (kept.bytes.empty()) {
    MOTE_TRY(signal, read_example(project_, dataset_, dataset_.examples[kept.number]));
  } else {
    signal.values = unpacked(project_.input.kind, kept.bytes);
  }
  const bool change = random && changes_;
  if (change) augment_signal(project_, noise_, *random, &signal);
  MOTE_TRY(std::vector<float> values, front_ends_[worker].run(signal));
  if (change) augment_features(project_.augment, *random, shape(), &values);
  std::copy(values.begin(), values.end(), features);
  return {};
}

}  // namespace mote::train
