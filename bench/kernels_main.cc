// SPDX-License-Identifier: Apache-2.0
// Prints a row for every kernel that mote has: the largest of its record's sample cases, and the
// instructions of that operator on each core whose plans call it there. Cores that get the same
// kernels share a column. Plain kernels are in the column "reference", on a Cortex-M4; what this
// host takes for its own plans are nanoseconds.
//
//     build/bench/kernels [TEXT]     # only kernels whose names contain TEXT
//
// Exit status 1 if a kernel has no row, because no case calls it, but for those that only a reset
// calls.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "bench/common.h"
#include "boards/target.h"
#include "cli/table.h"
#include "compiler/pipeline.h"
#include "engines/plan_runner.h"
#include "engines/profile.h"
#include "ir/merge.h"
#include "ops/book.h"

namespace mote::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Names = std::set<std::string>;

/// An operator of a sample case, known by the name of its first output.
struct Case {
  const OperatorRecord* record;
  std::string type;
  int64_t macs, bytes;  // bytes: of the output
};

/// What an operator takes, by case and column.
struct Cell {
  double cost;
  Names kernels;
};
using Column = std::map<std::string, Cell>;

struct Measured {
  std::vector<std::pair<std::string, Column>> columns;  // by target
  Names at_reset;                                       // kernels of steps that only a reset runs
};

/// What no row is made of: on this host, the first step's time has the copying of inputs in it.
Graph nameless(Graph graph) {
  for (Tensor& tensor : graph.tensors) tensor.name.clear();
  return graph;
}

/// Cases of a few records as one graph: firmware takes longer to build than to run.
std::vector<Graph> sample_graphs() {
  constexpr size_t kTogether = 8;
  std::vector<std::vector<Graph>> groups;
  std::mt19937 random(1);
  size_t records = 0, number = 0;
  for (const OperatorRecord* record : operator_book()) {
    if (!record->bodies.empty()) continue;  // control flow has no kernels of its own
    std::vector<Graph> graphs = record->cases(random);
    if (records++ % kTogether == 0) groups.push_back({nameless(graphs.front())});
    for (Graph& graph : graphs) {
      for (size_t t = 0; t < graph.tensors.size(); ++t) {
        Tensor& tensor = graph.tensors[t];  // variables of one name are one variable
        if (!tensor.variable) tensor.name = fmt::format("{}.{}", number, t);
      }
      ++number;
      groups.back().push_back(std::move(graph));
    }
  }
  std::vector<Graph> merged;
  for (const std::vector<Graph>& group : groups) merged.push_back(merge(group));
  return merged;
}

std::map<std::string, Case> cases_of(const std::vector<Graph>& graphs) {
  std::map<std::string, Case> cases;
  for (const Graph& graph : graphs) {
    for (const Node& node : graph.nodes) {
      if (node.outputs.empty()) continue;
      const Tensor& output = graph.tensor(node.outputs[0]);
      if (output.name.empty()) continue;
      int64_t macs = node.record->macs ? node.record->macs(NodeView(graph, node)) : 0;
      cases[output.name] = {node.record, type_text(output), macs,
                            static_cast<int64_t>(output.bytes())};
    }
  }
  return cases;
}

/// Instructions of each operator, of a plan with the kernels of `target`.
Result<void> profile_on(const std::string& core, const Target& target, const Graph& graph,
                        Column* column) {
  MOTE_TRY(BoardTarget board, find_target(core));
  MOTE_TRY(Plan plan, compile(graph, target));
  MOTE_TRY(Profile profile, profile_model(plan, "cases", board, sample_of(graph)));
  for (const OperatorProfile& op : profile.operators) {
    (*column)[op.output] = {static_cast<double>(op.cost.instructions),
                            Names(op.kernels.begin(), op.kernels.end())};
  }
  return {};
}

/// The fewest nanoseconds of each operator on this host.
Result<void> time_here(const Target& target, const Graph& graph, Column* column, Names* at_reset) {
  constexpr int kRuns = 50;
  MOTE_TRY(Plan plan, compile(graph, target));
  for (int s = 0; s < plan.init_steps; ++s) {
    at_reset->emplace(plan.steps[static_cast<size_t>(s)].kernel->name);
  }
  PlanRunner runner(plan);
  const Values inputs = sample_of(graph);
  std::vector<double> fastest(plan.steps.size(), std::numeric_limits<double>::infinity());
  for (int i = 0; i < kRuns; ++i) {
    MOTE_CHECK_OK(runner.reset());
    auto start = Clock::now();
    size_t step = static_cast<size_t>(plan.init_steps);
    MOTE_TRY(auto ignored, runner.run(inputs, [&](uint32_t next) {
      auto now = Clock::now();
      fastest[step] = std::min(fastest[step], std::chrono::duration<double>(now - start).count());
      step = next, start = Clock::now();
    }));
  }
  for (size_t s = static_cast<size_t>(plan.init_steps); s < plan.steps.size(); ++s) {
    const Node& node = plan.graph.nodes[static_cast<size_t>(plan.steps[s].node)];
    if (node.outputs.empty()) continue;
    Cell& cell = (*column)[plan.graph.tensor(node.outputs[0]).name];
    cell.cost += fastest[s] * 1e9;
    if (plan.steps[s].kernel) cell.kernels.emplace(plan.steps[s].kernel->name);
  }
  return {};
}

/// The largest case of a kernel: its MACs, then its bytes. None: no column calls it.
std::string largest_case(const std::string& kernel, const std::map<std::string, Case>& cases,
                         const Measured& measured) {
  std::string largest;
  auto size = [&](const std::string& name) {
    return std::pair(cases.at(name).macs, cases.at(name).bytes);
  };
  for (const auto& [target, column] : measured.columns) {
    for (const auto& [name, cell] : column) {
      if (!cell.kernels.contains(kernel) || !cases.contains(name)) continue;
      if (largest.empty() || size(name) > size(largest)) largest = name;
    }
  }
  return largest;
}

Result<Measured> measure_all(const std::vector<Graph>& graphs) {
  Measured measured;
  for (const Target& target : distinct_targets()) {
    Column column;
    for (size_t i = 0; i < graphs.size(); ++i) {
      show_progress(fmt::format("{}, {} of {}", target.name, i + 1, graphs.size()));
      const std::string core = target.name == "reference" ? "cortex-m4" : target.name;
      MOTE_CHECK_OK(target.name == "host"
                        ? time_here(target, graphs[i], &column, &measured.at_reset)
                        : profile_on(core, target, graphs[i], &column));
    }
    measured.columns.emplace_back(target.name, std::move(column));
  }
  return measured;
}

/// A kernel's largest case, and what it takes by target.
struct Row {
  std::string kernel;
  Case of;
  std::map<std::string, double> costs;
};

Row row_of(const std::string& kernel, const std::string& name, const Case& of,
           const Measured& measured) {
  Row row = {kernel, of, {}};
  for (const auto& [target, column] : measured.columns) {
    auto cell = column.find(name);
    if (cell == column.end() || !cell->second.kernels.contains(kernel)) continue;
    row.costs[target] = cell->second.cost;
  }
  return row;
}

void print_text(const std::vector<Row>& rows, const Measured& measured) {
  std::vector<std::string> headings = {"kernel", "operator", "output", ">MACs"};
  for (const auto& [target, column] : measured.columns) {
    headings.push_back(">" + target + (target == "host" ? ", ns" : ""));
  }
  Table table(headings);
  for (const Row& row : rows) {
    std::vector<std::string> cells = {row.kernel, std::string(row.of.record->name), row.of.type,
                                      row.of.macs > 0 ? grouped(row.of.macs) : "-"};
    for (const auto& [target, column] : measured.columns) {
      auto cost = row.costs.find(target);
      cells.push_back(cost == row.costs.end() ? "-" : grouped(static_cast<int64_t>(cost->second)));
    }
    table.add(cells);
  }
  fmt::print("{}", table.text());
}

void print_json(const std::vector<Row>& rows) {
  nlohmann::ordered_json json = {{"schema", "mote.bench-kernels/1"},
                                 {"rows", nlohmann::ordered_json::array()}};
  for (const Row& row : rows) {
    nlohmann::ordered_json object = {{"kernel", row.kernel},
                                     {"operator", row.of.record->name},
                                     {"output", row.of.type},
                                     {"macs", row.of.macs}};
    for (const auto& [target, cost] : row.costs) {
      object[target == "host" ? "nanoseconds" : "instructions"][target] = cost;
    }
    json["rows"].push_back(object);
  }
  fmt::print("{}\n", json.dump(2));
}

Result<int> run(const std::string& text, bool json) {
  const std::vector<Graph> graphs = sample_graphs();
  const std::map<std::string, Case> cases = cases_of(graphs);
  MOTE_TRY(const Measured measured, measure_all(graphs));
  std::vector<Row> rows;
  int missing = 0;
  for (const KernelInfo* kernel : kernel_book()) {
    const std::string name(kernel->name);
    if (name.find(text) == std::string::npos) continue;
    const std::string largest = largest_case(name, cases, measured);
    if (!largest.empty()) {
      rows.push_back(row_of(name, largest, cases.at(largest), measured));
    } else if (!measured.at_reset.contains(name)) {
      fmt::print(stderr, "{}: no sample case calls it\n", name);
      ++missing;
    }
  }
  json ? print_json(rows) : print_text(rows, measured);
  return missing == 0 ? 0 : 1;
}

}  // namespace
}  // namespace mote::bench

int main(int argc, char** argv) {
  CLI::App app("What each kernel takes for the largest of its operator's sample cases");
  std::string text;
  bool json = false;
  app.add_option("text", text, "Only kernels whose names contain this");
  app.add_flag("--json", json, "Print JSON");
  CLI11_PARSE(app, argc, argv);
  mote::Result<int> status = mote::bench::run(text, json);
  if (status.ok()) return *status;
  fmt::print(stderr, "kernels: {}\n", status.error().message);
  return 2;
}
