// SPDX-License-Identifier: Apache-2.0
// A benchmark run as JSON: schema mote.mlperf/1, docs/json.md. Text and page are made from it.
#ifndef MOTE_BENCH_MLPERF_REPORT_H_
#define MOTE_BENCH_MLPERF_REPORT_H_

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bench/mlperf/run.h"

namespace mote::mlperf {

inline constexpr const char* kMlperfSchema = "mote.mlperf/1";

/// What is known of a firmware before it runs.
struct DutFootprint {
  std::string model;  // the file
  std::optional<uint64_t> ram_bytes, flash_bytes;
};

/// One board's run.
struct BoardRun {
  std::string board, title, core;
  std::optional<double> clock_mhz;
  Dut dut;
  std::vector<TaskResult> results;
  std::vector<DutFootprint> footprints;  // of the results, in their order
};

nlohmann::ordered_json mlperf_json(const std::string& division, const std::vector<BoardRun>& runs);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_REPORT_H_
