// SPDX-License-Identifier: Apache-2.0
// mote board: a virtual board for any firmware. `run` measures an ELF file that was built elsewhere
// by the same ruler as mote's own; `gdb` stops it at its start for a debugger.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "boards/board_memory.h"
#include "boards/gdb.h"
#include "boards/intervals.h"
#include "boards/target.h"
#include "boards/timing/timing.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct BoardOptions {
  std::string board, elf, from, to;
  std::vector<std::string> arguments;
  uint64_t max_instructions = 10'000'000'000;
  int top = 20;
  int port = 1234;
  bool json = false, open = false;
};

struct FunctionRow {
  std::string name;
  Cost cost;
};

/// What was measured of a run.
struct Measurement {
  BoardTarget target;
  RunReport report;
  bool timed = false;
  double stated_error = 0;
  Cost total;                     // of the whole run
  std::vector<Cost> intervals;    // with --from or --to
  std::vector<FunctionRow> rows;  // of all intervals or, without them, of the run; largest first

  std::optional<double> ms(const Cost& cost) const {
    if (!timed || !target.board) return {};
    return cost.cycles / (target.board->clock_mhz * 1e3);
  }
};

/// The run's options, with the marks that --from and --to name, in this order.
Result<RunOptions> run_options(const BoardOptions& options, const LoadedElf& firmware,
                               const BoardTarget& target) {
  RunOptions run;
  run.arguments = options.arguments;
  run.max_instructions = options.max_instructions;
  for (const std::string& name : {options.from, options.to}) {
    if (name.empty()) continue;
    MOTE_TRY(const ElfFunction* function, find_function(firmware.elf, name, firmware.name()));
    if (run.marks.empty() || run.marks[0] != function->address) {
      run.marks.push_back(function->address);
    }
  }
  if (target.board) run.caches = followed_caches(*target.board, *target.machine);
  return run;
}

std::vector<std::vector<size_t>> intervals_of(const BoardOptions& options, const RunOptions& run,
                                              const RunReport& report) {
  std::optional<uint32_t> from, to;
  if (!options.from.empty()) from = 0;
  if (!options.to.empty()) to = run.marks.size() - 1;
  return find_intervals(report, from, to);
}

/// Costs by function of segments, with cycles if there is a model.
class SegmentCosts {
 public:
  SegmentCosts(const LoadedElf& firmware, const BoardTarget& target) : firmware_(firmware) {
    if (const CoreTiming* timing = find_core_timing(target.core())) {
      estimator_.emplace(*timing, firmware.file, firmware.elf);
    }
    if (target.board) misses_ = miss_costs(*target.board);
  }

  CostByFunction of(const RunReport& report, const std::vector<size_t>& segments) {
    CostByFunction costs;
    for (size_t i : segments) {
      std::vector<double> cycles;
      if (estimator_) cycles = estimator_->cycles(report, report.segments[i], misses_);
      add_costs(report, report.segments[i], cycles, firmware_.elf, &costs);
    }
    return costs;
  }

 private:
  const LoadedElf& firmware_;
  std::optional<CycleEstimator> estimator_;
  MissCosts misses_;
};

Cost sum(const CostByFunction& costs) {
  Cost total;
  for (const auto& [function, cost] : costs) total += cost;
  return total;
}

std::vector<FunctionRow> sorted_rows(const CostByFunction& costs) {
  std::vector<FunctionRow> rows;
  for (const auto& [function, cost] : costs) {
    rows.push_back({function ? function->name : "(no symbol)", cost});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const FunctionRow& a, const FunctionRow& b) {
    return a.cost.instructions > b.cost.instructions;
  });
  return rows;
}

Result<Measurement> measure(const BoardOptions& options) {
  Measurement m;
  MOTE_TRY(m.target, find_target(options.board));
  LoadedElf firmware{.path = options.elf, .file = {}, .elf = {}};
  MOTE_TRY(firmware.file, read_file(options.elf));
  MOTE_TRY(firmware.elf, read_elf(firmware.file, options.elf));
  MOTE_TRY(RunOptions run, run_options(options, firmware, m.target));
  MOTE_TRY(m.report, run_firmware(*m.target.machine, options.elf, run));

  if (const CoreTiming* timing = find_core_timing(m.target.core())) {
    m.timed = true;
    m.stated_error = info(*timing).stated_error;
  }
  SegmentCosts costs(firmware, m.target);
  std::vector<size_t> all(m.report.segments.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  CostByFunction shown = costs.of(m.report, all);
  m.total = sum(shown);
  if (!options.from.empty() || !options.to.empty()) {
    shown.clear();
    for (const auto& segments : intervals_of(options, run, m.report)) {
      CostByFunction one = costs.of(m.report, segments);
      m.intervals.push_back(sum(one));
      for (const auto& [function, cost] : one) shown[function] += cost;
    }
    if (m.intervals.empty()) {
      return fail("{}: never came from {} to {}", options.elf,
                  options.from.empty() ? "its start" : options.from,
                  options.to.empty() ? "its end" : options.to);
    }
  }
  m.rows = sorted_rows(shown);
  return m;
}

Json cost_json(const Measurement& m, const Cost& cost) {
  Json json = {{"instructions", cost.instructions}};
  json["cycles"] = m.timed ? Json(cost.cycles) : Json();
  auto ms = m.ms(cost);
  json["latency_ms"] = ms ? Json(*ms) : Json();
  return json;
}

Json measurement_json(const BoardOptions& options, const Measurement& m) {
  Json json = {{"schema", "mote.board-run/1"},
               {"firmware", options.elf},
               {"board", options.board},
               {"exit_code", m.report.exit_code},
               {"console", m.report.console}};
  json.update(cost_json(m, m.total));
  json["stated_error"] = m.timed ? Json(m.stated_error) : Json();
  json["intervals"] = Json::array();
  for (const Cost& cost : m.intervals) json["intervals"].push_back(cost_json(m, cost));
  json["functions"] = Json::array();
  for (const FunctionRow& row : m.rows) {
    Json function = {{"name", row.name}};
    function.update(cost_json(m, row.cost));
    json["functions"].push_back(function);
  }
  return json;
}

std::string cycles_text(const Measurement& m, const Cost& cost) {
  return m.timed ? grouped(static_cast<int64_t>(cost.cycles + 0.5)) : "-";
}

std::string ms_text(const Measurement& m, const Cost& cost) {
  auto ms = m.ms(cost);
  return ms ? fmt::format("{:.4g}", *ms) : "-";
}

void print_intervals(const Measurement& m) {
  constexpr size_t kMostRows = 20;
  Table table({">#", ">instructions", ">cycles", ">ms"});
  for (size_t i = 0; i < std::min(kMostRows, m.intervals.size()); ++i) {
    const Cost& cost = m.intervals[i];
    table.add({std::to_string(i), grouped(static_cast<int64_t>(cost.instructions)),
               cycles_text(m, cost), ms_text(m, cost)});
  }
  fmt::print("\n{}", table.text());
  if (m.intervals.size() > kMostRows) {
    fmt::print("… and {} more (--json gives all)\n", m.intervals.size() - kMostRows);
  }
}

void print_measurement(const BoardOptions& options, const Measurement& m) {
  fmt::print("{}", m.report.console);
  if (!m.report.console.empty() && m.report.console.back() != '\n') fmt::print("\n");
  fmt::print("{} on {}: exit code {}; {} instructions, exactly; {} cycles and {} ms, estimates\n",
             options.elf, m.target.name, m.report.exit_code,
             grouped(static_cast<int64_t>(m.total.instructions)), cycles_text(m, m.total),
             ms_text(m, m.total));
  if (m.timed) {
    fmt::print("estimates of the {} model, ± {:.0f} % (docs/timing.md)\n", m.target.core(),
               100 * m.stated_error);
  } else {
    fmt::print("no timing model for {}: instructions only\n", m.target.core());
  }
  if (!m.intervals.empty()) print_intervals(m);
  Table table({">instructions", ">cycles", "function"});
  for (size_t i = 0; i < std::min<size_t>(m.rows.size(), static_cast<size_t>(options.top)); ++i) {
    const FunctionRow& row = m.rows[i];
    table.add(
        {grouped(static_cast<int64_t>(row.cost.instructions)), cycles_text(m, row.cost), row.name});
  }
  fmt::print("\n{}", table.text());
}

Result<ExitCode> run_board(const BoardOptions& options) {
  MOTE_TRY(Measurement m, measure(options));
  if (options.json) {
    fmt::print("{}\n",
               measurement_json(options, m).dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_measurement(options, m);
  }
  return kSuccess;
}

Result<ExitCode> debug_board(const BoardOptions& options) {
  MOTE_TRY(BoardTarget target, find_target(options.board));
  MOTE_TRY(GdbSession session,
           gdb_session(*target.machine, options.elf, options.port, options.arguments));
  if (options.open) {
    MOTE_CHECK_OK(open_gdb(session));
    return kSuccess;
  }
  fmt::print(
      "In one terminal, the board, stopped before its first instruction:\n  {}\n"
      "In another, the debugger:\n  {}\n",
      shell_text(session.board), shell_text(session.debugger));
  return kSuccess;
}

}  // namespace

VerbAction setup_board(CLI::App& command) {
  auto options = std::make_shared<BoardOptions>();
  command.require_subcommand(1);
  auto* run = command.add_subcommand("run", "Run firmware and count its instructions and cycles");
  auto* gdb = command.add_subcommand("gdb", "Debug firmware: print the commands, or --open them");
  for (CLI::App* verb : {run, gdb}) {
    verb->add_option("--board", options->board, "The board: " + target_names())->required();
    verb->add_option("firmware", options->elf, "An ELF file for the board's machine")->required();
    verb->add_option("--args", options->arguments, "Arguments for the firmware, by semihosting");
  }
  run->add_option("--from", options->from, "Count from each call of this function …");
  run->add_option("--to", options->to, "… to the next call of this one");
  run->add_option("--max-instructions", options->max_instructions, "Stop it after so many")
      ->capture_default_str();
  run->add_option("--top", options->top, "How many functions to show")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  run->add_flag("--json", options->json, "Print JSON (docs/json.md)");
  gdb->add_option("--port", options->port, "The port for the debugger")
      ->check(CLI::Range(1, 65535))
      ->capture_default_str();
  gdb->add_flag("--open", options->open, "Start both here instead of printing the commands");
  return [options, gdb] { return gdb->parsed() ? debug_board(*options) : run_board(*options); };
}

}  // namespace mote
