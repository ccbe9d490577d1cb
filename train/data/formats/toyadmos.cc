// SPDX-License-Identifier: Apache-2.0
// ToyADMOS and MIMII as the DCASE challenges arranged them: train/ and test/ with
// normal_id_<machine>_<n>.wav and anomaly_id_<machine>_<n>.wav. A machine is a group.
#include <regex>

#include "train/data/formats/listing.h"

namespace mote::train {

Result<Listing> list_toyadmos(const Project& project, const std::filesystem::path& root) {
  static const std::regex kName("(?:^|/)(train|test)/(normal|anomaly)_(?:(id_[0-9]+)_)?[^/]*$");
  Listing listing;
  for (std::string& path : files_below(root, project.input.kind)) {
    std::smatch match;
    if (!std::regex_search(path, match, kName)) {
      listing.skipped.push_back({path, "isn't named train/ or test/(normal or anomaly)_….wav"});
      continue;
    }
    Found found;
    found.given = split_named(match[1].str());
    found.class_name = match[2];
    found.example.group = match[3];
    found.example.columns["machine"] = match[3];
    found.example.path = std::move(path);
    listing.found.push_back(std::move(found));
  }
  return listing;
}

}  // namespace mote::train
