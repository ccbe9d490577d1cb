// SPDX-License-Identifier: Apache-2.0
// mote bench check: what the rules say about a submission folder.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "bench/mlperf/check.h"
#include "cli/bench.h"
#include "cli/table.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct CheckOptions {
  std::string folder;
  bool json = false;
};

Json check_json(const CheckOptions& options, const mlperf::CheckReport& report) {
  Json json = {{"schema", "mote.bench-check/1"},
               {"folder", options.folder},
               {"accepted", report.accepted()},
               {"results", report.results},
               {"findings", Json::array()}};
  for (const mlperf::Finding& finding : report.findings) {
    json["findings"].push_back({{"rejects", finding.rejects},
                                {"path", finding.path},
                                {"rule", finding.rule},
                                {"what", finding.what}});
  }
  return json;
}

void print_check(const mlperf::CheckReport& report) {
  for (const mlperf::Finding& finding : report.findings) {
    fmt::print("{}  {}\n          {}: {}\n", finding.rejects ? "rejected" : "review  ",
               finding.path, finding.rule, finding.what);
  }
  size_t rejected = 0;
  for (const mlperf::Finding& finding : report.findings) rejected += finding.rejects;
  fmt::print("{} looked at; {} rejected, {} for review\n", counted(report.results.size(), "result"),
             rejected, report.findings.size() - rejected);
}

Result<ExitCode> check(const CheckOptions& options) {
  MOTE_TRY(const mlperf::CheckReport report, mlperf::check_submission(options.folder));
  if (options.json) {
    fmt::print("{}\n",
               check_json(options, report).dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_check(report);
  }
  return report.accepted() ? kSuccess : kFailure;
}

}  // namespace

VerbAction setup_bench_check(CLI::App& command) {
  auto options = std::make_shared<CheckOptions>();
  command.add_option("folder", options->folder, "The folder that holds closed/ or open/")
      ->required();
  command.add_flag("--json", options->json, "Print JSON (docs/json.md)");
  return [options] { return check(*options); };
}

}  // namespace mote
