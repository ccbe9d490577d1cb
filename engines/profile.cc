// SPDX-License-Identifier: Apache-2.0
#include "engines/profile.h"

#include <algorithm>
#include <map>
#include <set>

#include "boards/board_memory.h"
#include "boards/timing/timing.h"
#include "engines/exchange.h"
#include "engines/host_engine.h"
#include "ir/record.h"
#include "ir/text.h"

namespace mote {
namespace {

int64_t macs_of(const Graph& graph, const Node& node) {
  return node.record->macs ? node.record->macs(NodeView(graph, node)) : 0;
}

/// The plan's steps by operator: an operator's steps follow one another.
struct StepRange {
  int node = 0;
  int first = 0, last = 0;
};

std::vector<StepRange> operators_of(const Plan& plan) {
  std::vector<StepRange> ranges;
  for (int i = plan.init_steps; i < static_cast<int>(plan.steps.size()); ++i) {
    int node = plan.steps[static_cast<size_t>(i)].node;
    if (ranges.empty() || ranges.back().node != node) ranges.push_back({node, i, i});
    ranges.back().last = i;
  }
  return ranges;
}

/// What of an operator is known from the plan alone.
OperatorProfile describe_operator(const Plan& plan, const StepRange& range) {
  const Node& node = plan.graph.nodes[static_cast<size_t>(range.node)];
  OperatorProfile row;
  row.name = std::string(node.record->name);
  if (!node.outputs.empty()) {
    const Tensor& output = plan.graph.tensor(node.outputs[0]);
    row.output = output.name;
    row.type = type_text(output);
  }
  row.macs = macs_of(plan.graph, node);
  std::set<TensorId> moved(node.inputs.begin(), node.inputs.end());
  moved.insert(node.outputs.begin(), node.outputs.end());
  for (TensorId id : moved) {
    if (id == kAbsent) continue;
    row.bytes_moved += plan.graph.tensor(id).bytes();
  }
  std::set<uint32_t> constants;
  for (int i = range.first; i <= range.last; ++i) {
    const PlanStep& step = plan.steps[static_cast<size_t>(i)];
    if (step.kernel) row.kernels.emplace_back(step.kernel->name);
    for (const PlanOperand& operand : step.operands) {
      if (operand.space == PlanOperand::kConstant) constants.insert(operand.offset);
    }
    uint64_t live = 0;
    for (const Allocation& a : plan.allocations) {
      if (a.first_step <= i && i <= a.last_step) live += a.bytes;
    }
    row.live_bytes = std::max(row.live_bytes, live);
  }
  for (const PlanConstant& constant : plan.constants) {
    if (constants.contains(constant.offset)) row.constant_bytes += constant.data.size();
  }
  return row;
}

std::vector<ProfileAllocation> allocations_of(const Plan& plan,
                                              const std::vector<StepRange>& operators) {
  auto operator_of = [&](int step) {
    if (step < 0) return -1;
    auto at = std::find_if(operators.begin(), operators.end(),
                           [&](const StepRange& range) { return step <= range.last; });
    return static_cast<int>(at - operators.begin());
  };
  std::vector<ProfileAllocation> result;
  for (const Allocation& a : plan.allocations) {
    const char* kind = a.state ? "state" : a.tensor == kAbsent ? "scratch" : "tensor";
    result.push_back(
        {a.name, kind, a.offset, a.bytes, operator_of(a.first_step), operator_of(a.last_step)});
  }
  return result;
}

/// Turns a run's counts into costs.
class Meter {
 public:
  Meter(const ModelFirmware& firmware, const RunReport& report, const BoardTarget& target)
      : firmware_(firmware), report_(report) {
    const CoreTiming* timing = find_core_timing(target.core());
    if (timing) estimator_.emplace(*timing, firmware.elf.file, firmware.elf.elf);
    if (target.board) costs_ = miss_costs(*target.board);
  }

  /// Of one segment, by function, without the harness.
  CostByFunction by_function(size_t segment) {
    const Segment& part = report_.segments[segment];
    std::vector<double> cycles;
    if (estimator_) cycles = estimator_->cycles(report_, part, costs_);
    CostByFunction costs;
    add_costs(report_, part, cycles, firmware_.elf.elf, &costs);
    std::erase_if(costs, [&](const auto& entry) { return entry.first && harness(*entry.first); });
    return costs;
  }

 private:
  bool harness(const ElfFunction& function) const { return firmware_.is_harness(function.address); }

  const ModelFirmware& firmware_;
  const RunReport& report_;
  std::optional<CycleEstimator> estimator_;
  MissCosts costs_;
};

Cost sum(const CostByFunction& costs) {
  Cost total;
  for (const auto& [function, cost] : costs) total += cost;
  return total;
}

/// "ops" of "ops/conv_2d/reference.cc".
std::string room_of(const std::string& source) {
  if (source == "libgcc") return "compiler library";
  if (source.starts_with("model/")) return "runtime";
  return source.substr(0, source.find('/'));
}

class Profiler {
 public:
  Profiler(const Plan& plan, const BoardTarget& target)
      : plan_(plan), target_(target), model_(image_model(plan)), operators_(operators_of(plan)) {}

  Result<Profile> run(const Values& sample) {
    MOTE_TRY(TempFolder folder, TempFolder::make());
    MOTE_TRY(firmware_, build_model_firmware(model_, *target_.machine, folder.path()));
    MOTE_TRY(RunReport report, run_firmware_once(folder.path(), sample));
    MOTE_TRY(ModelRun parts, find_inferences(report));
    MOTE_TRY(order_, step_order(model_.image, sample));
    if (parts.inferences.size() != 1 || parts.inferences[0].size() != order_.size() + 1) {
      return fail(
          "its steps don't run once each, one after the other, on {}: models with IF or "
          "WHILE can't be profiled by operator yet; `mote run --board {}` counts them whole",
          target_.name, target_.name);
    }
    describe_board();
    profile_.footprint = footprint(firmware_, model_, report.stack_peak_bytes);
    profile_.misfit = misfit(profile_.footprint, target_);
    profile_.arena_lower_bound_bytes = plan_.arena_lower_bound_bytes;
    profile_.allocations = allocations_of(plan_, operators_);
    attribute(report, parts);
    return std::move(profile_);
  }

 private:
  Result<RunReport> run_firmware_once(const std::filesystem::path& folder, const Values& sample) {
    RunOptions options;
    options.folder = folder;
    MOTE_TRY(options.marks, model_marks(firmware_));
    if (target_.board) options.caches = followed_caches(*target_.board, *target_.machine);
    RunReport report;
    auto start = [&](const std::vector<std::string>& arguments) -> Result<void> {
      options.arguments = arguments;
      MOTE_TRY(report, run_firmware(*target_.machine, firmware_.elf.path, options));
      if (report.exit_code == 0) return {};
      return fail("the firmware on {} ended with exit code {}: {}", target_.name, report.exit_code,
                  report.console);
    };
    MOTE_CHECK_OK(exchange_run(model_.output_bytes, folder, {sample}, start));
    return report;
  }

  void describe_board() {
    profile_.board = target_.name;
    profile_.core = target_.core();
    profile_.machine = std::string(target_.machine->name);
    profile_.title = std::string(target_.machine->what);
    profile_.active_source = "a bare core has no power";
    if (const CoreTiming* timing = find_core_timing(target_.core())) {
      const TimingModelInfo& about = info(*timing);
      profile_.timing =
          ProfileTiming{std::string(about.core), std::string(about.source), about.stated_error,
                        about.peak_macs_per_cycle, about.peak_bytes_per_cycle};
    }
    if (!target_.board) return;
    profile_.title = target_.board->title;
    profile_.clock_mhz = target_.board->clock_mhz;
    profile_.active_mw = target_.board->active_mw.value;
    profile_.active_source = target_.board->active_mw.why;
    profile_.flash = flash_limit(*target_.board);
    profile_.ram = ram_limit(*target_.board);
  }

  void attribute(const RunReport& report, const ModelRun& parts) {
    Meter meter(firmware_, report, target_);
    for (size_t segment : parts.setup) profile_.setup += sum(meter.by_function(segment));
    for (size_t s : parts.first_setup) profile_.first_setup += sum(meter.by_function(s));
    const std::vector<size_t>& segments = parts.inferences[0];
    CostByFunction all = meter.by_function(segments[0]);  // run() before its first step
    std::map<int, CostByFunction> by_node;
    for (size_t i = 0; i < order_.size(); ++i) {
      CostByFunction& own = by_node[plan_.steps[order_[i]].node];
      for (const auto& [function, cost] : meter.by_function(segments[i + 1])) own[function] += cost;
    }
    for (const StepRange& range : operators_) {
      OperatorProfile row = describe_operator(plan_, range);
      const CostByFunction& own = by_node[range.node];
      for (const auto& [function, cost] : own) {
        all[function] += cost;
        if (function && room(function) != "runtime") row.code_bytes += function->bytes;
      }
      row.cost = sum(own);
      profile_.operators.push_back(std::move(row));
    }
    profile_.total = sum(all);
    list_functions(all);
  }

  std::string room(const ElfFunction* function) const {
    return function ? room_of(firmware_.source_at(function->address)) : "unknown";
  }

  void list_functions(const CostByFunction& all) {
    for (const auto& [function, cost] : all) {
      profile_.functions.push_back(
          {function ? function->name : "(no symbol)", room(function), cost});
      if (profile_.functions.back().room == "runtime") profile_.interpreter += cost;
    }
    std::stable_sort(profile_.functions.begin(), profile_.functions.end(),
                     [](const FunctionProfile& a, const FunctionProfile& b) {
                       return a.cost.instructions > b.cost.instructions;
                     });
  }

  const Plan& plan_;
  const BoardTarget& target_;
  ImageModel model_;
  std::vector<StepRange> operators_;
  std::vector<uint32_t> order_;  // of the steps in this run: control flow depends on the data
  ModelFirmware firmware_;
  Profile profile_;
};

}  // namespace

int64_t Profile::macs() const {
  int64_t macs = 0;
  for (const OperatorProfile& row : operators) macs += row.macs;
  return macs;
}

std::optional<double> Profile::cycles(const Cost& cost) const {
  return timing ? std::optional(cost.cycles) : std::nullopt;
}

std::optional<double> Profile::latency_ms(const Cost& cost) const {
  if (!timing || !clock_mhz) return {};
  return cost.cycles / (*clock_mhz * 1e3);
}

std::optional<double> Profile::energy_uj(const Cost& cost) const {
  auto latency = latency_ms(cost);
  if (!latency || !active_mw) return {};
  return *latency * *active_mw;
}

Result<Profile> profile_model(const Plan& plan, const std::string& model, const BoardTarget& target,
                              const Values& sample) {
  MOTE_TRY(Profile profile, Profiler(plan, target).run(sample));
  profile.model = model;
  return profile;
}

}  // namespace mote
