// SPDX-License-Identifier: Apache-2.0
#include "train/data/formats/listing.h"

#include <algorithm>

namespace mote::train {
namespace {

constexpr Format kFormats[] = {
    {DataFormat::kFolders, list_folders}, {DataFormat::kLabels, list_labels},
    {DataFormat::kCifar10, list_cifar10}, {DataFormat::kSpeechCommands, list_speech_commands},
    {DataFormat::kFsdd, list_fsdd},       {DataFormat::kToyAdmos, list_toyadmos},
};

bool reads(InputKind kind, std::string extension) {
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(tolower(c)); });
  static const std::set<std::string> kExtensions[] = {
      {".wav", ".flac", ".ogg", ".aif", ".aiff", ".au"},
      {".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".pgm"},
      {".csv", ".npy", ".tsv"},
  };
  return kExtensions[static_cast<size_t>(kind)].count(extension) != 0;
}

}  // namespace

const Format& format_of(DataFormat format) {
  return *std::find_if(std::begin(kFormats), std::end(kFormats),
                       [&](const Format& row) { return row.format == format; });
}

std::vector<std::string> files_below(const std::filesystem::path& root, InputKind kind) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  constexpr int kDeepest = 32;  // where links go round
  std::error_code error, entry_error;
  auto options = fs::directory_options::follow_directory_symlink |
                 fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator at(root, options, error), end;
  for (; !error && at != end; at.increment(error)) {
    bool hidden = at->path().filename().string().rfind('.', 0) == 0;
    if (at->is_directory(entry_error)) {
      if (hidden || at.depth() >= kDeepest) at.disable_recursion_pending();
    } else if (!hidden && reads(kind, at->path().extension().string())) {
      files.push_back(at->path().lexically_relative(root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<Split> split_named(std::string_view name) {
  if (name == "train" || name == "training") return Split::kTrain;
  if (name == "test" || name == "testing") return Split::kTest;
  if (name == "validation" || name == "valid" || name == "val") return Split::kValidation;
  return std::nullopt;
}

std::string first_folder(const std::string& path, std::string* rest) {
  size_t slash = path.find('/');
  *rest = slash == std::string::npos ? "" : path.substr(slash + 1);
  return path.substr(0, slash);
}

std::string without_path(std::string message, const std::filesystem::path& path) {
  std::string start = path.string() + ": ";
  return message.rfind(start, 0) == 0 ? message.substr(start.size()) : message;
}

}  // namespace mote::train
