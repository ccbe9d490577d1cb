// SPDX-License-Identifier: Apache-2.0
// Profiles as text for people. They are read from their JSON (mote.profile/1), so that one printed
// now and one saved a year ago look the same.
#ifndef MOTE_CLI_PROFILE_TEXT_H_
#define MOTE_CLI_PROFILE_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>

namespace mote {

/// REQUIRES: a mote.profile/1.
std::string profile_text(const nlohmann::ordered_json& profile);
/// Totals and operators side by side.
std::string comparison_text(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b);

}  // namespace mote

#endif  // MOTE_CLI_PROFILE_TEXT_H_
