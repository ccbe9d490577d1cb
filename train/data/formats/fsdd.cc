// SPDX-License-Identifier: Apache-2.0
// Free Spoken Digit Dataset: <digit>_<speaker>_<n>.wav, in the folder or in recordings/. Its given
// split: n below 5 tests.
#include <charconv>

#include "train/data/formats/listing.h"

namespace mote::train {
namespace {

/// Takes a file's name apart; false if it isn't <digit>_<speaker>_<n>.
bool parse(const std::string& path, Found* found) {
  std::string name = std::filesystem::path(path).stem().string();
  size_t first = name.find('_'), last = name.rfind('_');
  if (first == std::string::npos || first == last || first == 0) return false;
  int number = 0;
  const char *begin = name.data() + last + 1, *end = name.data() + name.size();
  auto [stop, error] = std::from_chars(begin, end, number);
  if (error != std::errc() || stop != end) return false;
  found->class_name = name.substr(0, first);
  found->example.group = name.substr(first + 1, last - first - 1);
  found->given = number < 5 ? Split::kTest : Split::kTrain;
  return true;
}

}  // namespace

Result<Listing> list_fsdd(const Project& project, const std::filesystem::path& root) {
  Listing listing;
  for (std::string& path : files_below(root, project.input.kind)) {
    Found found;
    if (!parse(path, &found)) {
      listing.skipped.push_back({path, "isn't named <digit>_<speaker>_<number>.wav"});
      continue;
    }
    found.example.path = std::move(path);
    listing.found.push_back(std::move(found));
  }
  return listing;
}

}  // namespace mote::train
