// SPDX-License-Identifier: Apache-2.0
// What mote reaches on the benchmark's models, measured here and now.
#ifndef MOTE_BENCH_REACHED_H_
#define MOTE_BENCH_REACHED_H_

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engines/profile.h"

namespace mote::bench {

/// The models of MLPerf Tiny, in the order in which every table here has them.
constexpr std::array kModels = {"kws01", "vww01", "ic01", "ad01"};
struct Reached {
  /// By core, then model: its file's stem, or "tones", which ships with mote.
  std::map<std::string, std::map<std::string, Profile>> profiles;
  std::map<std::string, uint64_t> tflite_bytes;      // by model
  std::map<std::string, double> host_us;             // by model: one inference on one thread
  std::map<std::string, int64_t> host_instructions;  // of the same
};

/// Profiles every model that is there on every core. `progress` gets "model on core". Errors: an
/// unreadable model, a missing compiler or emulator.
Result<Reached> measure(const std::filesystem::path& models, const std::filesystem::path& tones,
                        void (*progress)(const std::string&));

/// The fastest of many inferences on this host, in microseconds, for all models that are there.
Result<void> measure_host(const std::filesystem::path& models, Reached* reached);

/// One inference of a .tflite file with the kernels of this host.
Result<void> run_once(const std::filesystem::path& file);

/// Counts the instructions of run_once()'s inference under valgrind, which runs this program with
/// `--once FILE`, for all models that are there; they repeat exactly. Errors: no valgrind.
Result<void> count_on_host(const std::filesystem::path& models, Reached* reached);

}  // namespace mote::bench

#endif  // MOTE_BENCH_REACHED_H_
