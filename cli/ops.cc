// SPDX-License-Identifier: Apache-2.0
// mote ops: what mote can run, from the records themselves: operators, element types, and for which
// instruction sets there are kernels.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/coverage.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "ops/book.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct OpsOptions {
  bool json = false, markdown = false;
};

std::vector<const OperatorRecord*> sorted_book() {
  std::vector<const OperatorRecord*> book = operator_book();
  std::sort(book.begin(), book.end(),
            [](const OperatorRecord* a, const OperatorRecord* b) { return a->name < b->name; });
  return book;
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  return words.empty() ? "-" : fmt::format("{}", fmt::join(words, separator));
}

Json ops_json() {
  Json rows = Json::array();
  for (const OperatorRecord* record : sorted_book()) {
    std::vector<std::string> kernels, types;
    Json coverage = Json::array();
    for (const KernelInfo* kernel : record->kernels) kernels.emplace_back(kernel->name);
    std::vector<TypeCoverage> covered = type_coverage(*record);
    for (const TypeCoverage& row : covered) {
      types.push_back(row_text(row.types));
      coverage.push_back({{"types", types.back()}, {"forms", row.forms}, {"kernels", row.kernels}});
    }
    rows.push_back({{"operator", record->name},
                    {"max_version", record->max_version},
                    {"types", types},
                    {"isas", all_forms(covered)},
                    {"kernels", kernels},
                    {"coverage", coverage}});
  }
  return {{"schema", "mote.ops/1"}, {"operators", rows}};
}

constexpr const char* kIntroduction = R"(# Operators

What mote runs, from the operators' own records: made by `make docs`, which is `mote ops --markdown`. Each row is a
combination of element types, inputs before the arrow, the same for all operands where there is none; T is any of the
types named behind it. *Kernels* are what computes it: `reference` on every core, `dsp` on cores with SMLAD
(Cortex-M4, M7, M33), `mve` on those with vectors (Cortex-M55), `lanes` and `planes` on those without; `linear` is a
shorter way where it gives the same bits. *Version* is the newest one of the operator in a .tflite file that mote reads.
Operators with a lower-case letter in their names are custom operators.

)";

std::string ops_markdown() {
  std::string text = kIntroduction;
  text += "| operator | version | element types | kernels |\n|---|---|---|---|\n";
  for (const OperatorRecord* record : sorted_book()) {
    std::string name = fmt::format("{} | {}", record->name, record->max_version);
    for (const CoverageGroup& row : grouped_coverage(type_coverage(*record))) {
      text += fmt::format("| {} | {} | {} |\n", name, row.types, joined(row.forms, ", "));
      name = " | ";
    }
  }
  return text;
}

std::string ops_table() {
  Table table({"operator", ">version", "kernels", "element types"});
  for (const OperatorRecord* record : sorted_book()) {
    std::vector<TypeCoverage> covered = type_coverage(*record);
    std::vector<std::string> types;
    for (const CoverageGroup& row : grouped_coverage(covered)) types.push_back(row.types);
    table.add({std::string(record->name), std::to_string(record->max_version),
               joined(all_forms(covered), ", "), shortened_end(joined(types, "; "), 90)});
  }
  return table.text() + fmt::format("{}. --json and --markdown give all types.\n",
                                    counted(operator_book().size(), "operator"));
}

}  // namespace

VerbAction setup_ops(CLI::App& command) {
  auto options = std::make_shared<OpsOptions>();
  auto* json = command.add_flag("--json", options->json, "Print JSON (docs/json.md)");
  command.add_flag("--markdown", options->markdown, "Print a table in Markdown")->excludes(json);
  return [options]() -> Result<ExitCode> {
    fmt::print("{}", options->json       ? ops_json().dump(2) + "\n"
                     : options->markdown ? ops_markdown()
                                         : ops_table());
    return kSuccess;
  };
}

}  // namespace mote
