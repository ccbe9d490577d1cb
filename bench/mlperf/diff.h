// SPDX-License-Identifier: Apache-2.0
// What a change costs: two reports of the same things, before and after, measure by measure.
#ifndef MOTE_BENCH_MLPERF_DIFF_H_
#define MOTE_BENCH_MLPERF_DIFF_H_

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/host/result.h"

namespace mote::mlperf {

/// By how much a measure may get worse: percent of the old value; of accuracy, points (an area
/// under a curve counts as percent).
struct DiffLimits {
  double latency = 2, instructions = 2, energy = 2, ram = 1, flash = 1, accuracy = 0.5;
};

/// A report's measures: by what was measured ("kws01 on nucleo-l4r5zi"), then by name.
using Measures = std::map<std::string, std::map<std::string, double>>;

/// Reads what `mote profile --json` (alone or compared) or `mote bench mlperf --json` printed.
/// Errors: not JSON; another schema; nothing measured.
Result<Measures> read_measures(const std::filesystem::path& path);

struct DiffRow {
  std::string what, measure;
  std::optional<double> old_value, new_value;  // one is absent where only one report has it
  std::optional<double> worse;                 // percent or points; negative: better
  double limit = 0;
  bool regression = false;
};

struct Diff {
  std::vector<DiffRow> rows;
  size_t regressions() const;
};

/// Compares them. What only the old report has is a regression; what only the new has isn't.
Diff compare_measures(const Measures& before, const Measures& after, const DiffLimits& limits);

nlohmann::ordered_json diff_json(const Diff& diff);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_DIFF_H_
