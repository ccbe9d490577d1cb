// SPDX-License-Identifier: Apache-2.0
// What `mote data` found, as JSON (mote.data/1 of docs/json.md).
#ifndef MOTE_CLI_DATA_JSON_H_
#define MOTE_CLI_DATA_JSON_H_

#include <nlohmann/json.hpp>

#include "train/data/check.h"

namespace mote {

nlohmann::ordered_json data_json(const train::Project& project, const train::Dataset& dataset,
                                 const train::DataReport& report);

/// Some examples of each class, as the model gets them: sound and pictures as data: URIs, series as
/// numbers; all together at most a few megabytes.
nlohmann::ordered_json sample_json(const train::Project& project, const train::Dataset& dataset,
                                   const train::DataReport& report);

}  // namespace mote

#endif  // MOTE_CLI_DATA_JSON_H_
