// SPDX-License-Identifier: Apache-2.0
// A profile as JSON: schema mote.profile/1, docs/json.md.
#ifndef MOTE_ENGINES_PROFILE_JSON_H_
#define MOTE_ENGINES_PROFILE_JSON_H_

#include <nlohmann/json.hpp>

#include "engines/profile.h"

namespace mote {

inline constexpr const char* kProfileSchema = "mote.profile/1";

nlohmann::ordered_json profile_json(const Profile& profile);

/// Reads a file that `mote profile --json` wrote. Errors: not that, or of another version.
Result<nlohmann::ordered_json> read_profile_json(const std::filesystem::path& path);

}  // namespace mote

#endif  // MOTE_ENGINES_PROFILE_JSON_H_
