// SPDX-License-Identifier: Apache-2.0
// Which boards a model fits, at what latency and energy, and how long a battery lasts there.
#ifndef MOTE_ENGINES_FIT_H_
#define MOTE_ENGINES_FIT_H_

#include <functional>

#include "engines/profile.h"

namespace mote {

/// What the user allows. Latency and energy are estimates.
struct FitLimits {
  std::optional<double> max_latency_ms, max_energy_uj;  // of one inference
  std::optional<uint64_t> max_ram_bytes;
  std::optional<double> period_s;     // one inference each so many seconds, asleep in between
  std::optional<double> battery_mah;  // needs period_s
  double battery_volts = 3.7;
};

struct FitRow {
  Board board;
  std::optional<Profile> profile;    // none: mote can't emulate the board
  std::string problem;               // why it doesn't fit or meet the limits; empty if it does
  std::string unknown;               // what of the limits can't be told, and why; empty if nothing
  std::optional<double> average_mw;  // with period_s, if active and sleep power are known
  std::optional<double> battery_days;
};

/// Power averaged over a period of one inference, µJ + µW · s over s, in mW.
double average_mw(double energy_uj, double latency_ms, double sleep_uw, double period_s);

/// Compiles and profiles the model for every shipped board that can be emulated, those that fit and
/// meet the limits first, by energy, then latency, then name; unknown figures last. `progress` is
/// called before each board. Errors: a broken toolchain or emulator.
Result<std::vector<FitRow>> fit_boards(const Graph& graph, const std::string& model,
                                       const Values& sample, const FitLimits& limits,
                                       const std::function<void(const Board&)>& progress);

/// What sets the arena's size, in words, with what would help.
std::string peak_hint(const Profile& profile);

}  // namespace mote

#endif  // MOTE_ENGINES_FIT_H_
