// SPDX-License-Identifier: Apache-2.0
// mote ops: what mote can run, from the records themselves: operators, element types, and for which
// instruction sets there are kernels.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

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

/// "int8, int8, int32", one type if all are the same.
std::string types_text(const std::vector<DType>& types) {
  std::vector<std::string_view> names;
  for (DType type : types) names.push_back(name_of(type));
  bool same = std::adjacent_find(names.begin(), names.end(), std::not_equal_to<>()) == names.end();
  if (same && !names.empty()) return std::string(names[0]);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// "int8 -> float32", or "int8" where inputs and outputs are all that.
std::string row_text(const TypeRow& row) {
  std::string inputs = types_text(row.inputs), outputs = types_text(row.outputs);
  return inputs == outputs ? inputs : fmt::format("{} -> {}", inputs, outputs);
}

std::vector<std::string> type_rows(const OperatorRecord& record) {
  std::vector<std::string> rows;
  for (const TypeRow& row : record.types) rows.push_back(row_text(row));
  return rows;
}

/// The instruction sets that a record has kernels for: the names of their files.
std::vector<std::string> isas(const OperatorRecord& record) {
  std::vector<std::string> names;
  for (const KernelInfo* kernel : record.kernels) {
    std::string_view file = kernel->source.substr(kernel->source.rfind('/') + 1);
    std::string name(file.substr(0, file.find('.')));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  return words.empty() ? "-" : fmt::format("{}", fmt::join(words, separator));
}

Json ops_json() {
  Json rows = Json::array();
  for (const OperatorRecord* record : sorted_book()) {
    std::vector<std::string> kernels;
    for (const KernelInfo* kernel : record->kernels) kernels.emplace_back(kernel->name);
    rows.push_back({{"operator", record->name},
                    {"max_version", record->max_version},
                    {"types", type_rows(*record)},
                    {"isas", isas(*record)},
                    {"kernels", kernels}});
  }
  return {{"schema", "mote.ops/1"}, {"operators", rows}};
}

std::string ops_markdown() {
  std::string text =
      "| operator | TFLite version up to | element types | kernels |\n|---|---|---|---|\n";
  for (const OperatorRecord* record : sorted_book()) {
    text += fmt::format("| {} | {} | {} | {} |\n", record->name, record->max_version,
                        joined(type_rows(*record), "; "), joined(isas(*record), ", "));
  }
  return text;
}

std::string ops_table() {
  Table table({"operator", ">version", "kernels", "element types"});
  for (const OperatorRecord* record : sorted_book()) {
    table.add({std::string(record->name), std::to_string(record->max_version),
               joined(isas(*record), ", "), shortened_end(joined(type_rows(*record), "; "), 90)});
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
