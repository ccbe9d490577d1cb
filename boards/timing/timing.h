// SPDX-License-Identifier: Apache-2.0
// From counts to cycles: an estimate. A core's model (one file per core) says what straight pieces
// of code and the ways between them cost; the board says what a cache miss costs. Instructions are
// exact, cycles never are: each model states its own error.
#ifndef MOTE_BOARDS_TIMING_TIMING_H_
#define MOTE_BOARDS_TIMING_TIMING_H_

#include <memory>
#include <string_view>
#include <vector>

#include "boards/counts.h"

namespace mote {

class CoreTiming;  // boards/timing/core_timing.h: a core's model

/// What a miss of the followed caches costs, in cycles.
struct MissCosts {
  double fetch = 0;
  double read = 0;
};

/// What a core's model says of itself.
struct TimingModelInfo {
  std::string_view core;    // "cortex-m4"
  std::string_view source;  // manual or measurement that the figures come from
  double stated_error = 0;  // 0.15: within 15 %, from memory without wait states; docs/timing.md
  double peak_macs_per_cycle = 0;   // int8, that the instruction set allows
  double peak_bytes_per_cycle = 0;  // that loads can bring
};

/// The model of this core, or null. Core names are those of board files.
const CoreTiming* find_core_timing(std::string_view core);
const TimingModelInfo& info(const CoreTiming& timing);

/// Cycles by block (the indices of counts.blocks) of one segment of a run of this firmware.
/// The ELF's code is decoded once; file and ELF stay the caller's and must outlive this.
class CycleEstimator {
 public:
  CycleEstimator(const CoreTiming& timing, const Bytes& elf_file, const Elf& elf);
  ~CycleEstimator();
  CycleEstimator(CycleEstimator&&) noexcept;
  std::vector<double> cycles(const ExecutionCounts& counts, const Segment& segment,
                             const MissCosts& costs);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace mote

#endif  // MOTE_BOARDS_TIMING_TIMING_H_
