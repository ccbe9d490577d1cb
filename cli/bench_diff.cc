// SPDX-License-Identifier: Apache-2.0
// mote bench diff: what a change costs, measure by measure, for people and for CI.
#include <CLI/CLI.hpp>
#include <cmath>

#include "bench/mlperf/diff.h"
#include "cli/bench.h"
#include "cli/table.h"

namespace mote {
namespace {

struct DiffOptions {
  std::string before, after;
  mlperf::DiffLimits limits;
  bool json = false;
};

std::string number(const std::optional<double>& value) {
  if (!value) return "-";
  const bool whole = *value == std::floor(*value) && std::abs(*value) < 1e15;
  return whole ? grouped(static_cast<int64_t>(*value)) : fmt::format("{:.6g}", *value);
}

std::string change(const mlperf::DiffRow& row) {
  if (!row.worse) return row.new_value ? "new" : "gone";
  const bool points = row.measure == "accuracy";
  const double signed_change = points ? 0 - *row.worse : *row.worse;  // never -0
  return fmt::format("{:+.2f} {}", signed_change, points ? "points" : "%");
}

void print_diff(const mlperf::Diff& diff) {
  Table table({"what", "measure", ">before", ">after", ">change", ""});
  for (const mlperf::DiffRow& row : diff.rows) {
    table.add({row.what, row.measure, number(row.old_value), number(row.new_value), change(row),
               row.regression ? fmt::format("worse than {:g} allows", row.limit) : ""});
  }
  fmt::print("{}\n{}\n", table.text(), counted(diff.regressions(), "regression"));
}

Result<ExitCode> diff(const DiffOptions& options) {
  MOTE_TRY(const mlperf::Measures before, mlperf::read_measures(options.before));
  MOTE_TRY(const mlperf::Measures after, mlperf::read_measures(options.after));
  const mlperf::Diff result = mlperf::compare_measures(before, after, options.limits);
  if (options.json) {
    using Json = nlohmann::ordered_json;
    fmt::print("{}\n", diff_json(result).dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_diff(result);
  }
  return result.regressions() == 0 ? kSuccess : kFailure;
}

}  // namespace

VerbAction setup_bench_diff(CLI::App& command) {
  auto options = std::make_shared<DiffOptions>();
  command.add_option("before", options->before, "JSON of mote profile or mote bench mlperf")
      ->required();
  command.add_option("after", options->after, "The same, after the change")->required();
  mlperf::DiffLimits& limits = options->limits;
  const auto limit = [&command](const char* name, double* value, const char* what) {
    command.add_option(name, *value, what)->check(CLI::NonNegativeNumber)->capture_default_str();
  };
  limit("--max-latency", &limits.latency, "By how many percent latency may grow");
  limit("--max-instructions", &limits.instructions, "The same of instructions");
  limit("--max-energy", &limits.energy, "The same of energy");
  limit("--max-ram", &limits.ram, "The same of RAM");
  limit("--max-flash", &limits.flash, "The same of flash");
  limit("--max-accuracy", &limits.accuracy, "By how many points accuracy may fall");
  command.add_flag("--json", options->json, "Print JSON (docs/json.md)");
  return [options] { return diff(*options); };
}

}  // namespace mote
