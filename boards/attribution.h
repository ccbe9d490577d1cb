// SPDX-License-Identifier: Apache-2.0
// Whose work a part of a run was: the blocks' instructions and cycles, summed by function.
#ifndef MOTE_BOARDS_ATTRIBUTION_H_
#define MOTE_BOARDS_ATTRIBUTION_H_

#include <map>
#include <vector>

#include "boards/counts.h"

namespace mote {

struct Cost {
  uint64_t instructions = 0;  // exact
  double cycles = 0;          // an estimate; 0 without a timing model

  Cost& operator+=(const Cost& other) {
    instructions += other.instructions;
    cycles += other.cycles;
    return *this;
  }
};

/// Cost by function; the null pointer stands for code without a symbol. A block belongs to the
/// function that holds its first instruction, so inlined code counts for its host.
using CostByFunction = std::map<const ElfFunction*, Cost>;

/// Adds a segment's cost. `cycles` holds cycles by block (CycleEstimator::cycles()) or nothing.
void add_costs(const ExecutionCounts& counts, const Segment& segment,
               const std::vector<double>& cycles, const Elf& elf, CostByFunction* costs);

}  // namespace mote

#endif  // MOTE_BOARDS_ATTRIBUTION_H_
