// SPDX-License-Identifier: Apache-2.0
// What one inference costs on a board, per operator: the model's firmware is built, run once on the
// virtual board and its counts are given to the operators whose steps they were. Instructions and
// bytes are exact; cycles, time and energy are estimates of the core's timing model
// (boards/timing/) and of the board file's figures.
#ifndef MOTE_ENGINES_PROFILE_H_
#define MOTE_ENGINES_PROFILE_H_

#include <optional>

#include "boards/attribution.h"
#include "engines/footprint.h"

namespace mote {

struct OperatorProfile {
  std::string name;    // "CONV_2D"
  std::string output;  // the first output's name and type
  std::string type;
  Cost cost;
  int64_t macs = 0;
  uint64_t bytes_moved = 0;     // of inputs, constants and outputs, each once
  uint64_t live_bytes = 0;      // of the arena, the most while it runs
  uint64_t constant_bytes = 0;  // that its steps read
  uint64_t code_bytes = 0;      // of its kernels' functions; shared with operators of the same kind
  std::vector<std::string> kernels;
};

struct FunctionProfile {
  std::string name, room;
  Cost cost;
};

/// An allocation in terms of operators: -1 is before the first, their number after the last.
struct ProfileAllocation {
  std::string name, kind;  // "tensor" or "scratch"
  uint64_t offset = 0, bytes = 0;
  int first_operator = 0, last_operator = 0;
};

/// What is known of a core's timing model.
struct ProfileTiming {
  std::string core, source;
  double stated_error = 0;
  double peak_macs_per_cycle = 0, peak_bytes_per_cycle = 0;
};

struct Profile {
  std::string model;  // as the user named it
  std::string board, title, core, machine;
  std::optional<double> clock_mhz, active_mw;  // none: a bare core, or not known
  std::string active_source;                   // of active_mw, or why it's not known
  std::optional<MemoryLimit> flash, ram;       // none: a bare core
  std::optional<ProfileTiming> timing;         // none: the core has no timing model
  Cost total, interpreter;                     // of one inference; its part in runtime/
  Cost setup, first_setup;                     // of reopen(); of open()
  uint64_t arena_lower_bound_bytes = 0;
  Footprint footprint;
  std::vector<OperatorProfile> operators;  // in the order in which they run
  std::vector<FunctionProfile> functions;  // of one inference, the largest first
  std::vector<ProfileAllocation> allocations;
  std::string misfit;  // why it doesn't fit the board; empty if it does

  int64_t macs() const;
  std::optional<double> cycles(const Cost& cost) const;      // none without a timing model
  std::optional<double> latency_ms(const Cost& cost) const;  // none without a clock
  std::optional<double> energy_uj(const Cost& cost) const;   // none without power
};

/// Runs `sample` once. `model` is the name for the report. Errors: the firmware's or the board's. A
/// model that doesn't fit the board is profiled nevertheless: see misfit.
Result<Profile> profile_model(const Plan& plan, const std::string& model, const BoardTarget& target,
                              const Values& sample);

}  // namespace mote

#endif  // MOTE_ENGINES_PROFILE_H_
