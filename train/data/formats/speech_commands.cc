// SPDX-License-Identifier: Apache-2.0
// Speech Commands: <word>/<speaker>_nohash_<n>.wav. Noise lies in _background_noise_/: where
// _silence_ is a class without a folder, its examples are cut from there.
#include <algorithm>

#include "base/host/file.h"
#include "train/data/formats/listing.h"
#include "train/data/sound.h"

namespace mote::train {
namespace {

constexpr const char* kNoise = "_background_noise_";
constexpr const char* kSilence = "_silence_";

/// "4f8ef132" of "nine_4f8ef132_nohash_1.wav.wav"; empty without "_nohash_".
std::string speaker_of(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  size_t end = name.find("_nohash_");
  if (end == std::string::npos) return {};
  name.resize(end);
  return name.substr(name.rfind('_') + 1);
}

Result<std::set<std::string>> read_list(const std::filesystem::path& file) {
  std::set<std::string> paths;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return paths;
  MOTE_TRY(const std::string text, read_text(file));
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    while (!line.empty() && line.back() == '\r') line.pop_back();
    paths.insert(line);
    at = end + 1;
  }
  return paths;
}

/// Pieces of a recording of noise, one after the other.
void add_silence(const Project& project, const std::filesystem::path& root, const std::string& path,
                 Listing* listing) {
  Result<OpenSound> sound = open_sound(root / path);
  if (!sound.ok()) return listing->skipped.push_back({path, sound.error().message});
  auto step = static_cast<int64_t>(project.input.seconds * sound->info.samplerate);
  for (int64_t at = 0; at + step <= sound->info.frames; at += step) {
    Found found;
    found.example.path = path;
    found.example.offset = static_cast<uint64_t>(at);
    found.class_name = kSilence;
    listing->found.push_back(std::move(found));
  }
}

}  // namespace

Result<Listing> list_speech_commands(const Project& project, const std::filesystem::path& root) {
  Listing listing;
  MOTE_TRY(const auto validation, read_list(root / "validation_list.txt"));
  MOTE_TRY(const auto test, read_list(root / "testing_list.txt"));
  const auto& classes = project.data.classes;
  std::error_code error;
  bool cut = std::find(classes.begin(), classes.end(), kSilence) != classes.end() &&
             !std::filesystem::exists(root / kSilence, error);
  for (std::string& path : files_below(root, project.input.kind)) {
    std::string rest, word = first_folder(path, &rest);
    if (word == kNoise && cut) add_silence(project, root, path, &listing);
    if (word == kNoise || rest.empty()) continue;
    Found found;
    found.class_name = word;
    found.example.group = speaker_of(path);
    if (!test.empty()) found.given = Split::kTrain;
    if (validation.count(path) != 0) found.given = Split::kValidation;
    if (test.count(path) != 0) found.given = Split::kTest;
    found.example.path = std::move(path);
    listing.found.push_back(std::move(found));
  }
  return listing;
}

}  // namespace mote::train
