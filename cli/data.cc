// SPDX-License-Identifier: Apache-2.0
// mote data: what a project's data is, before anything is learned from it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>

#include "base/host/file.h"
#include "cli/data_json.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "report/page.h"

namespace mote {

VerbAction setup_data_record(CLI::App&);

namespace {

using Json = nlohmann::ordered_json;
using train::Split;

struct DataFlags {
  std::string project, html;
  std::vector<std::string> set;
  bool json = false;
};

std::string duration(double seconds) {
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 60) return fmt::format("{:.3g} s", seconds);
  if (seconds < 3600) return fmt::format("{:.1f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string number(size_t count) {
  return grouped(static_cast<int64_t>(count));
}

std::string class_table(const train::Project& project, const train::DataReport& report) {
  const bool timed = project.input.kind != train::InputKind::kImage;
  std::vector<std::string> headings = {"class", ">train", ">validation", ">test", ">all", ">share"};
  if (timed) headings.push_back(">duration");
  Table table(headings);
  train::ClassFacts total{"all", {}, 0};
  for (const train::ClassFacts& facts : report.classes) {
    for (size_t i = 0; i < 3; ++i) total.examples[i] += facts.examples[i];
    total.seconds += facts.seconds;
  }
  auto sum = [](const train::ClassFacts& facts) {
    return facts.examples[0] + facts.examples[1] + facts.examples[2];
  };
  auto add = [&](const train::ClassFacts& facts) {
    double share = 100.0 * static_cast<double>(sum(facts)) / static_cast<double>(sum(total));
    std::vector<std::string> cells = {facts.name,
                                      number(facts.examples[0]),
                                      number(facts.examples[1]),
                                      number(facts.examples[2]),
                                      number(sum(facts)),
                                      fmt::format("{:.1f} %", share)};
    if (timed) cells.push_back(duration(facts.seconds));
    table.add(cells);
  };
  if (report.classes.size() > 1) {
    for (const train::ClassFacts& facts : report.classes) add(facts);
  }
  add(total);
  return table.text();
}

void print_targets(const train::DataReport& report) {
  Table table({"part", ">examples", ">lowest", ">mean", ">highest"});
  for (Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    const train::TargetRange& range = report.targets[static_cast<size_t>(split)];
    if (range.examples == 0) continue;
    table.add({train::name_of(split), number(range.examples), fmt::format("{:.6g}", range.low),
               fmt::format("{:.6g}", range.mean), fmt::format("{:.6g}", range.high)});
  }
  fmt::print("\n{}", table.text());
}

void print_findings(const train::DataReport& report) {
  if (report.findings.empty()) fmt::print("\nnothing to complain about\n");
  constexpr size_t kShown = 3;
  for (const train::Finding& finding : report.findings) {
    fmt::print("\n{}{} ({}): {}\n", finding.serious ? "! " : "", finding.kind,
               number(finding.count), finding.what);
    for (size_t i = 0; i < finding.examples.size() && i < kShown; ++i) {
      fmt::print("    {}\n", finding.examples[i]);
    }
    if (finding.count > kShown) fmt::print("    … and {} more\n", number(finding.count - kShown));
  }
}

void print_report(const train::Project& project, const train::Dataset& dataset,
                  const train::DataReport& report) {
  fmt::print("{}: {} from {}{}\n\n{}", project.name, counted(dataset.examples.size(), "example"),
             dataset.root.string(),
             report.groups ? ", " + counted(report.groups, "group") : std::string(),
             class_table(project, report));
  if (report.longest_s > 0) {
    fmt::print("\nlength: shortest {}, median {}, longest {}\n", duration(report.shortest_s),
               duration(report.median_s), duration(report.longest_s));
  }
  if (project.task == train::Task::kRegression) print_targets(report);
  print_findings(report);
}

Result<ExitCode> look_at_data(const DataFlags& flags) {
  if (flags.project.empty()) return fail("needs a project: mote data DIR (mote new makes one)");
  MOTE_TRY(const train::Project project, train::read_project(flags.project, flags.set));
  MOTE_TRY(const train::Dataset dataset, train::read_dataset(project));
  const bool terminal = isatty(STDERR_FILENO);
  auto progress = [&](size_t done, size_t all) {
    if (!terminal || (done % 100 != 0 && done != all)) return;
    fmt::print(stderr, "\r\x1b[K{} of {} examples", done, all);
    if (done == all) fmt::print(stderr, "\r\x1b[K");
  };
  const train::DataReport report = train::check_data(project, dataset, progress);
  Json json = data_json(project, dataset, report);
  auto text = [](const Json& value, int indent) {
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
  };
  if (!flags.html.empty()) {
    Json page = json;
    page["samples"] = sample_json(project, dataset, report);
    std::string title = fmt::format("Data of {}", project.name);
    MOTE_CHECK_OK(write_text(flags.html, report_page(title, "data", text(page, -1))));
  }
  if (flags.json) {
    fmt::print("{}\n", text(json, 2));
  } else {
    print_report(project, dataset, report);
    if (!flags.html.empty()) fmt::print("\n{}\n", flags.html);
  }
  return kSuccess;
}

}  // namespace

VerbAction setup_data(CLI::App& command) {
  auto flags = std::make_shared<DataFlags>();
  command.add_option("project", flags->project, "A folder with mote.toml, or such a file");
  command.add_option("--set", flags->set, "Another value of a key: split.by=group; repeatable")
      ->allow_extra_args(false);
  command.add_option("--html", flags->html, "Also write a page, with samples to hear and see");
  command.add_flag("--json", flags->json, "Print JSON (docs/json.md)");
  CLI::App* record = command.add_subcommand("record", "Record examples from a board or sound card");
  record->footer(
      "Example:\n  arecord -t raw -f S16_LE -r 16000 | mote data record wake --class yes "
      "--from - --raw-rate 16000");
  VerbAction record_action = setup_data_record(*record);
  return [flags, record, record_action] {
    return record->parsed() ? record_action() : look_at_data(*flags);
  };
}

}  // namespace mote
