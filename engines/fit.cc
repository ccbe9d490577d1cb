// SPDX-License-Identifier: Apache-2.0
#include "engines/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/pipeline.h"

namespace mote {
namespace {

/// "max: 12.3 ms, not 10" if value is above it.
void check_limit(const char* what, const char* unit, const std::optional<double>& value,
                 const std::optional<double>& limit, FitRow* row) {
  if (!limit) return;
  if (!value) {
    row->unknown += fmt::format("{}{} isn't known", row->unknown.empty() ? "" : "; ", what);
  } else if (*value > *limit && row->problem.empty()) {
    row->problem = fmt::format("{} is {:.4g} {}, the limit {:.4g}", what, *value, unit, *limit);
  }
}

void check_limits(const FitLimits& limits, FitRow* row) {
  const Profile& p = *row->profile;
  check_limit("latency", "ms", p.latency_ms(p.total), limits.max_latency_ms, row);
  check_limit("energy", "µJ", p.energy_uj(p.total), limits.max_energy_uj, row);
  uint64_t ram = p.footprint.ram_bytes();
  if (limits.max_ram_bytes && ram > *limits.max_ram_bytes && row->problem.empty()) {
    row->problem =
        fmt::format("RAM is {} bytes, the limit {}: {}", ram, *limits.max_ram_bytes, peak_hint(p));
  }
  auto latency = p.latency_ms(p.total);
  if (limits.period_s && latency && *latency > *limits.period_s * 1e3 && row->problem.empty()) {
    row->problem = fmt::format("an inference takes {:.4g} ms, longer than the period of {:.4g} ms",
                               *latency, *limits.period_s * 1e3);
  }
}

void add_battery(const FitLimits& limits, FitRow* row) {
  if (!limits.period_s) return;
  const Profile& p = *row->profile;
  auto energy = p.energy_uj(p.total), latency = p.latency_ms(p.total);
  if (!energy || !latency || !row->board.sleep_uw.value) {
    row->unknown +=
        fmt::format("{}no average power: {} isn't known", row->unknown.empty() ? "" : "; ",
                    energy ? "power asleep" : "power or time of an inference");
    return;
  }
  row->average_mw = average_mw(*energy, *latency, *row->board.sleep_uw.value, *limits.period_s);
  if (limits.battery_mah) {
    row->battery_days = *limits.battery_mah * limits.battery_volts / *row->average_mw / 24;
  }
}

/// A board that mote can't emulate has no kernels of its own.
Result<Plan> plan_for(const Graph& graph, const Board& board) {
  Result<Target> target = target_of_core(board.core);
  return compile(graph, target.ok() ? *target : Target());
}

Result<FitRow> fit_board(const Graph& graph, const std::string& model, const Values& sample,
                         const FitLimits& limits, Board board) {
  FitRow row;
  MOTE_TRY(Plan plan, plan_for(graph, board));
  row.board = board;
  if (board.machine.empty()) {
    row.unknown = board.why;
    uint64_t ram = ram_limit(board).bytes;
    if (plan.arena_bytes > ram) {
      row.problem = fmt::format("RAM: the arena alone needs {} bytes, {} has {}", plan.arena_bytes,
                                board.name, ram);
    }
    return row;
  }
  MOTE_TRY(const Machine* machine, find_machine(board.machine));
  MOTE_TRY(row.profile,
           profile_model(plan, model, BoardTarget{board.name, machine, board}, sample));
  row.problem = row.profile->misfit;
  if (!row.problem.empty()) row.problem += "; " + peak_hint(*row.profile);
  check_limits(limits, &row);
  add_battery(limits, &row);
  return row;
}

/// Smaller is better; unknown is worst.
std::tuple<bool, bool, double, double, std::string> rank(const FitRow& row) {
  auto or_infinite = [](const std::optional<double>& value) {
    return value.value_or(std::numeric_limits<double>::infinity());
  };
  std::optional<double> energy, latency;
  if (row.profile) {
    energy = row.average_mw ? row.average_mw : row.profile->energy_uj(row.profile->total);
    latency = row.profile->latency_ms(row.profile->total);
  }
  return {!row.problem.empty(), !row.profile, or_infinite(energy), or_infinite(latency),
          row.board.name};
}

}  // namespace

double average_mw(double energy_uj, double latency_ms, double sleep_uw, double period_s) {
  double asleep_s = std::max(0.0, period_s - latency_ms / 1e3);
  return (energy_uj + sleep_uw * asleep_s) / period_s / 1e3;
}

std::string peak_hint(const Profile& profile) {
  auto peak = std::max_element(profile.operators.begin(), profile.operators.end(),
                               [](const OperatorProfile& a, const OperatorProfile& b) {
                                 return a.live_bytes < b.live_bytes;
                               });
  if (peak == profile.operators.end()) return "the model has no operators";
  return fmt::format("operator {} {} ('{}') sets the arena's peak, {} bytes live",
                     peak - profile.operators.begin(), peak->name, peak->output, peak->live_bytes);
}

Result<std::vector<FitRow>> fit_boards(const Graph& graph, const std::string& model,
                                       const Values& sample, const FitLimits& limits,
                                       const std::function<void(const Board&)>& progress) {
  MOTE_TRY(std::vector<Board> boards, shipped_boards());
  std::vector<FitRow> rows;
  for (const Board& board : boards) {
    progress(board);
    MOTE_TRY(FitRow row, fit_board(graph, model, sample, limits, board));
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const FitRow& a, const FitRow& b) { return rank(a) < rank(b); });
  return rows;
}

}  // namespace mote
