// SPDX-License-Identifier: Apache-2.0
// mote fit: every board beside the model: does it fit, how long does it take, what energy, and how
// long does a battery last.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "cli/model_file.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "compiler/pipeline.h"
#include "engines/fit.h"
#include "ir/builder.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct FitOptions {
  std::string model;
  FitLimits limits;
  bool json = false;
};

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

std::string or_unknown(const std::optional<double>& value) {
  if (!value) return "unknown";
  return *value >= 1000 ? grouped(static_cast<int64_t>(*value + 0.5))
                        : fmt::format("{:.4g}", *value);
}

const char* verdict(const FitRow& row) {
  if (!row.problem.empty()) return "no";
  return row.profile ? "yes" : "unknown";
}

Json row_json(const FitRow& row) {
  Json json = {{"board", row.board.name}, {"fits", verdict(row)}};
  json["problem"] = row.problem.empty() ? Json() : Json(row.problem);
  json["unknown"] = row.unknown.empty() ? Json() : Json(row.unknown);
  if (row.profile) {
    const Profile& p = *row.profile;
    json["instructions"] = p.total.instructions;
    json["latency_ms"] = or_null(p.latency_ms(p.total));
    json["energy_uj"] = or_null(p.energy_uj(p.total));
    json["ram_bytes"] = p.footprint.ram_bytes();
    json["flash_bytes"] = p.footprint.flash_bytes();
    json["limits"] = {{"ram_bytes", p.ram->bytes}, {"flash_bytes", p.flash->bytes}};
  }
  json["average_mw"] = or_null(row.average_mw);
  json["battery_days"] = or_null(row.battery_days);
  return json;
}

std::string percent_of(uint64_t bytes, const std::optional<MemoryLimit>& limit) {
  if (!limit || limit->bytes == 0) return "-";
  return fmt::format("{:.1f} %",
                     100.0 * static_cast<double>(bytes) / static_cast<double>(limit->bytes));
}

void print_rows(const FitOptions& options, const std::vector<FitRow>& rows) {
  std::vector<std::string> headings = {"board", "fits", ">ms", ">µJ", ">RAM", ">flash"};
  if (options.limits.period_s) headings.push_back(">average mW");
  if (options.limits.battery_mah) headings.push_back(">battery days");
  Table table(headings);
  for (const FitRow& row : rows) {
    std::vector<std::string> cells = {row.board.name, verdict(row)};
    if (row.profile) {
      const Profile& p = *row.profile;
      cells.insert(cells.end(),
                   {or_unknown(p.latency_ms(p.total)), or_unknown(p.energy_uj(p.total)),
                    percent_of(p.footprint.ram_bytes(), p.ram),
                    percent_of(p.footprint.flash_bytes(), p.flash)});
    } else {
      cells.insert(cells.end(), {"unknown", "unknown", "-", "-"});
    }
    if (options.limits.period_s) cells.push_back(or_unknown(row.average_mw));
    if (options.limits.battery_mah) cells.push_back(or_unknown(row.battery_days));
    table.add(cells);
  }
  fmt::print("{}", table.text());
  for (const FitRow& row : rows) {
    if (!row.problem.empty()) fmt::print("{}: {}\n", row.board.name, row.problem);
    if (!row.unknown.empty()) fmt::print("{}: {}\n", row.board.name, row.unknown);
  }
}

void print_answer(const FitOptions& options, const std::vector<FitRow>& rows) {
  if (rows.empty() || std::string(verdict(rows[0])) != "yes") {
    fmt::print("No board is known to fit the model and these limits.\n");
    return;
  }
  const Profile& p = *rows[0].profile;
  if (!p.energy_uj(p.total)) return;
  fmt::print("Cheapest in energy: {}, {} µJ per inference", rows[0].board.name,
             or_unknown(p.energy_uj(p.total)));
  if (rows[0].battery_days) {
    fmt::print("; {:.4g} mAh at {:.3g} V last {} days", *options.limits.battery_mah,
               options.limits.battery_volts, or_unknown(rows[0].battery_days));
  }
  fmt::print(".\nTime and energy are estimates: mote profile shows how good, and each operator.\n");
}

Result<ExitCode> fit(const FitOptions& options) {
  if (options.limits.battery_mah && !options.limits.period_s) {
    return fail("--battery needs --period: how often an inference runs");
  }
  MOTE_TRY(Graph graph, load_graph(options.model));
  std::mt19937 random(1);
  Values sample = random_inputs(random, graph);
  bool terminal = isatty(STDERR_FILENO);
  auto progress = [&](const Board& board) {
    if (terminal) fmt::print(stderr, "{} …\n", board.name);
  };
  Result<std::vector<FitRow>> rows =
      fit_boards(graph, options.model, sample, options.limits, progress);
  if (!rows.ok()) return fail("{}: {}", options.model, rows.error().message);
  if (options.json) {
    Json json = {{"schema", "mote.fit/1"}, {"model", options.model}, {"boards", Json::array()}};
    for (const FitRow& row : *rows) json["boards"].push_back(row_json(row));
    fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
    return kSuccess;
  }
  print_rows(options, *rows);
  print_answer(options, *rows);
  return kSuccess;
}

}  // namespace

VerbAction setup_fit(CLI::App& command) {
  auto options = std::make_shared<FitOptions>();
  FitLimits& limits = options->limits;
  command.add_option("model", options->model, "A .tflite file or a graph text")->required();
  command.add_option("--max-latency", limits.max_latency_ms, "Milliseconds of one inference")
      ->check(CLI::PositiveNumber);
  command.add_option("--max-energy", limits.max_energy_uj, "Microjoules of one inference")
      ->check(CLI::PositiveNumber);
  command.add_option("--max-ram", limits.max_ram_bytes, "Bytes of arena, variables and stack");
  command.add_option("--period", limits.period_s, "Seconds from one inference to the next")
      ->check(CLI::PositiveNumber);
  command.add_option("--battery", limits.battery_mah, "Milliampere-hours; needs --period")
      ->check(CLI::PositiveNumber);
  command.add_option("--battery-volts", limits.battery_volts, "Its voltage; losses aren't counted")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_flag("--json", options->json, "Print JSON (docs/json.md)");
  return [options] { return fit(*options); };
}

}  // namespace mote
