// SPDX-License-Identifier: Apache-2.0
// Decodes one example, by the project's kind of input.
#include <algorithm>

#include "train/data/csv.h"
#include "train/data/formats/listing.h"
#include "train/data/picture.h"
#include "train/data/sound.h"

namespace mote::train {
namespace {

Result<Signal> read_sound_example(const Project& project, const std::filesystem::path& path,
                                  const Example& example) {
  MOTE_TRY(const OpenSound sound, open_sound(path));
  const size_t wanted = static_cast<size_t>(project.input.shape()[1]);
  auto first = static_cast<int64_t>(example.offset);
  int64_t frames = sound.info.frames - first;
  if (first > 0) {
    frames = std::min(frames, static_cast<int64_t>(project.input.seconds * sound.info.samplerate));
  }
  MOTE_TRY(std::vector<float> samples, read_mono(sound, first, frames));
  MOTE_TRY(samples, resample(samples, sound.info.samplerate, project.input.rate_hz));
  return Signal{project.input.shape(), middle(samples, wanted)};
}

Result<Signal> read_picture_example(const Project& project, const std::filesystem::path& path) {
  MOTE_TRY(const Picture picture, read_picture(path, project.input.channels));
  const Picture small = resized(picture, project.input.width, project.input.height);
  return Signal{project.input.shape(), {small.pixels.begin(), small.pixels.end()}};
}

/// The last file's table: windows of one file are mostly read one after the other.
Result<const NumberTable*> cached_table(const std::filesystem::path& path) {
  thread_local std::filesystem::path cached_path;
  thread_local std::filesystem::file_time_type cached_time;
  thread_local NumberTable table;
  std::error_code error;
  auto time = std::filesystem::last_write_time(path, error);
  if (path == cached_path && time == cached_time) return &table;
  MOTE_TRY(table, read_number_table(path));
  cached_path = path;
  cached_time = time;
  return &table;
}

Result<Signal> read_series_example(const Project& project, const std::filesystem::path& path,
                                   const Example& example) {
  MOTE_TRY(const NumberTable* table, cached_table(path));
  const InputOptions& input = project.input;
  size_t rows = static_cast<size_t>(input.window), first = example.offset;
  if (first + rows > table->rows()) return fail("ends early");
  Signal signal{input.shape(), std::vector<float>(rows * input.columns.size())};
  for (size_t c = 0; c < input.columns.size(); ++c) {
    auto at = std::find(table->headings.begin(), table->headings.end(), input.columns[c]);
    if (at == table->headings.end()) return fail("has no column \"{}\"", input.columns[c]);
    size_t from = static_cast<size_t>(at - table->headings.begin());
    for (size_t row = 0; row < rows; ++row) {
      signal.values[row * input.columns.size() + c] =
          table->values[(first + row) * table->columns() + from];
    }
  }
  return signal;
}

}  // namespace

Result<Signal> read_example(const Project& project, const Dataset& dataset,
                            const Example& example) {
  const std::filesystem::path path = dataset.root / example.path;
  Result<Signal> signal =
      project.data.format == DataFormat::kCifar10 ? read_cifar10_record(project, path, example)
      : project.input.kind == InputKind::kAudio   ? read_sound_example(project, path, example)
      : project.input.kind == InputKind::kImage   ? read_picture_example(project, path)
                                                  : read_series_example(project, path, example);
  if (signal.ok()) return signal;
  return fail("{}: {}", path.string(), without_path(signal.error().message, path));
}

}  // namespace mote::train
