// SPDX-License-Identifier: Apache-2.0
// A core's timing model: an in-order pipeline as a table of costs by class, and a few rules as
// functions where a table isn't enough. One file per core fills it in and names its sources.
// What no model here knows: contention for a bus, unaligned accesses, the alignment of code inside
// a fetch word (but for branch targets), and results that are still on their way when a block ends.
#ifndef MOTE_BOARDS_TIMING_CORE_TIMING_H_
#define MOTE_BOARDS_TIMING_CORE_TIMING_H_

#include <array>
#include <initializer_list>
#include <span>

#include "boards/timing/instruction.h"
#include "boards/timing/timing.h"

namespace mote {

namespace timing {

/// A unit that instructions can occupy beyond their issue.
enum class Pipe : uint8_t { kNone, kMultiply, kFp, kVectorMemory, kVectorInteger, kVectorFloat };
inline constexpr size_t kPipes = 6;

/// In cycles, from the cycle in which the instruction issues.
struct Cost {
  uint8_t issue = 1;    // until the next instruction can issue
  uint8_t latency = 1;  // until its result can be used
  Pipe pipe = Pipe::kNone;
  uint8_t busy = 1;             // until the pipe is free again
  uint8_t words_per_cycle = 0;  // of load and store multiple: issue grows by registers / this
};

using Costs = std::array<Cost, kClasses>;

struct CostRow {
  Class kind;
  Cost cost;
};

/// One cycle each, but for these.
constexpr Costs costs(std::initializer_list<CostRow> rows) {
  Costs all;
  all.fill({});
  for (const CostRow& row : rows) all[static_cast<size_t>(row.kind)] = row.cost;
  return all;
}

}  // namespace timing

class CoreTiming {
 public:
  TimingModelInfo info;
  bool thumb = true;  // RISC-V otherwise
  timing::Costs costs;
  int address_early = 0;  // how many cycles before issue an address must be there
  int shift_early = 0;    // likewise what goes through the shifter
  int addend_late = 0;    // how many cycles after issue the addend is used
  int store_late = 0;     // likewise what is stored
  double mispredict = 0;  // 0: branches are not predicted, each taken one costs `taken`

  /// Whether the younger instruction can issue in the same cycle as the one before it; null: never.
  bool (*may_pair)(const timing::Instruction& older, const timing::Instruction& younger) = nullptr;
  /// Cycles that an instruction adds unless what follows it (null: the block ends) hides them.
  int (*tail)(const timing::Instruction& instruction, const timing::Instruction* next) = nullptr;
  /// What it costs beyond its issue that the branch at the end of `code` goes to `target` (null:
  /// not known). REQUIRES: code isn't empty.
  double (*taken)(std::span<const timing::Instruction> code,
                  const timing::Instruction* target) = nullptr;

  /// Cycles of one execution of straight code whose last branch isn't taken.
  double cycles(std::span<const timing::Instruction> code) const;
};

namespace timing {

// The models, one file each.
extern const CoreTiming kCortexM0, kCortexM0Plus, kCortexM3, kCortexM4, kCortexM7, kCortexM33,
    kCortexM55, kRv32imc;

/// Whether code can leave the straight line after this one.
bool is_branch(const Instruction& instruction);
/// Whether the target comes from a register or from memory.
bool is_indirect(const Instruction& instruction);
/// A 32-bit instruction across two fetch words: a jump there waits for both.
bool is_split(const Instruction* target);

}  // namespace timing
}  // namespace mote

#endif  // MOTE_BOARDS_TIMING_CORE_TIMING_H_
