// SPDX-License-Identifier: Apache-2.0
// One folder for each class, files below it at any depth; with SplitBy::kGiven, in folders train/,
// test/ and, if there, validation/.
#include "train/data/formats/listing.h"

namespace mote::train {
namespace {

/// Folders directly below, so that an empty class isn't overlooked.
void add_classes(const std::filesystem::path& folder, std::set<std::string>* classes) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    if (entry.is_directory(error) && name[0] != '.') classes->insert(name);
  }
}

}  // namespace

Result<Listing> list_folders(const Project& project, const std::filesystem::path& root) {
  Listing listing;
  bool given = project.split.by == SplitBy::kGiven;
  if (given) {
    add_classes(root / "train", &listing.classes);
  } else {
    add_classes(root, &listing.classes);
  }
  for (std::string& path : files_below(root, project.input.kind)) {
    Found found;
    std::string rest, folder = first_folder(path, &rest), file;
    if (given) {
      found.given = split_named(folder);
      if (!found.given) continue;
      folder = first_folder(rest, &file);
      rest = file;
    }
    if (rest.empty() && project.data.class_pattern.empty()) {
      listing.skipped.push_back(
          {path, "lies in no class's folder; data.class_pattern can take the class from its name"});
      continue;
    }
    found.class_name = rest.empty() ? "" : folder;
    found.example.path = std::move(path);
    listing.found.push_back(std::move(found));
  }
  return listing;
}

}  // namespace mote::train
