// SPDX-License-Identifier: Apache-2.0
// The time on a virtual board: cycles of the timing model, summed as the segments of the run come.
#ifndef MOTE_BENCH_DUT_VIRTUAL_CLOCK_H_
#define MOTE_BENCH_DUT_VIRTUAL_CLOCK_H_

#include <map>
#include <vector>

#include "boards/target.h"
#include "boards/timing/timing.h"
#include "engines/board_firmware.h"

namespace mote::dut {

class VirtualClock {
 public:
  /// REQUIRES: the target has a board; `firmware` outlives this. Errors: no timing model.
  static Result<VirtualClock> make(const BoardTarget& target, const ModelFirmware& firmware,
                                   bool full);

  /// The address at which segments part: mote_ask(). Errors: the firmware has none.
  Result<uint32_t> mark() const;
  /// Adds what a segment took, without what is there for the emulation's sake.
  void add(const ExecutionCounts& counts, const Segment& segment);
  double microseconds() const { return cycles_ / clock_mhz_; }

  /// After an inference, whose segment was added last: how many of the count - done others needn't
  /// run, whose time is then added. 0 unless this one and the one before it took the same way:
  /// every branch as often, every cache miss.
  uint32_t skip(uint32_t done, uint32_t count);
  /// What was added last was no inference alone.
  void forget_way() { way_before_ = {}, way_ = {}; }

 private:
  /// Which way through the code a segment took.
  struct Way {
    std::vector<BlockEdge> edges;
    std::vector<BlockMisses> misses;
    bool operator==(const Way& other) const;
  };
  VirtualClock(const CoreTiming& timing, const BoardTarget& target, const ModelFirmware& firmware,
               bool full);
  bool counts(const Block& block);

  const ModelFirmware* firmware_;
  CycleEstimator estimator_;
  MissCosts costs_;
  double clock_mhz_;
  bool full_;
  double cycles_ = 0, last_cycles_ = 0;
  Way way_before_, way_;
  std::map<uint32_t, bool> counted_;  // by a block's address
};

}  // namespace mote::dut

#endif  // MOTE_BENCH_DUT_VIRTUAL_CLOCK_H_
