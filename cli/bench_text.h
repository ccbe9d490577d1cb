// SPDX-License-Identifier: Apache-2.0
// A benchmark run (schema mote.mlperf/1) as tables for people, beside published results.
#ifndef MOTE_CLI_BENCH_TEXT_H_
#define MOTE_CLI_BENCH_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>

namespace mote {

/// REQUIRES: `report` is what mlperf_json() gives.
std::string mlperf_text(const nlohmann::ordered_json& report);

}  // namespace mote

#endif  // MOTE_CLI_BENCH_TEXT_H_
