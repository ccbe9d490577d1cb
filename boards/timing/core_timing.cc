// SPDX-License-Identifier: Apache-2.0
// The pipeline that all models share: instructions issue in order, each as soon as its operands,
// its pipe and an issue slot are there.
#include "boards/timing/core_timing.h"

#include <algorithm>
#include <bit>

namespace mote {
namespace timing {
namespace {

constexpr int kLongAgo = -1000;

bool stores(const Instruction& i) {
  return i.kind == Class::kStore || i.kind == Class::kStoreIndexed ||
         i.kind == Class::kStoreDouble || i.kind == Class::kFpStore ||
         i.kind == Class::kFpStoreDouble;
}

class Pipeline {
 public:
  explicit Pipeline(const CoreTiming& core) : core_(core) {
    ready_.fill(kLongAgo);
    free_.fill(kLongAgo);
  }

  void issue(const Instruction& instruction, const Instruction* next) {
    const Cost& cost = core_.costs[static_cast<size_t>(instruction.kind)];
    int earliest = std::max(operands_ready(instruction), free_[static_cast<size_t>(cost.pipe)]);
    bool paired = can_pair(instruction) && earliest <= next_ - 1;
    int start = paired ? next_ - 1 : std::max(next_, earliest);
    int end = start + issue_cycles(instruction, cost);
    if (core_.tail != nullptr) end += core_.tail(instruction, next);
    next_ = std::max(next_, end);
    if (cost.pipe != Pipe::kNone) free_[static_cast<size_t>(cost.pipe)] = start + cost.busy;
    write_results(instruction, start, cost.words_per_cycle != 0 ? end : start + cost.latency);
    previous_ = paired ? nullptr : &instruction;
  }

  int cycles() const { return next_; }

 private:
  bool can_pair(const Instruction& instruction) const {
    return core_.may_pair != nullptr && previous_ != nullptr && next_ > 0 &&
           core_.may_pair(*previous_, instruction);
  }

  int operands_ready(const Instruction& instruction) const {
    int ready = kLongAgo;
    for (Registers left = instruction.reads; left != 0; left &= left - 1) {
      Registers one = left & -left;
      int at = ready_[static_cast<size_t>(std::countr_zero(left))];
      if (one & instruction.address_reads) at += core_.address_early;
      if (one & instruction.shifted_reads) at += core_.shift_early;
      if (one & instruction.addend_reads) at -= core_.addend_late;
      if (stores(instruction) && !(one & instruction.address_reads)) at -= core_.store_late;
      ready = std::max(ready, at);
    }
    return ready;
  }

  static int issue_cycles(const Instruction& instruction, const Cost& cost) {
    if (cost.words_per_cycle == 0) return cost.issue;
    return cost.issue + (instruction.registers + cost.words_per_cycle - 1) / cost.words_per_cycle;
  }

  /// An updated base address is there in the next cycle, whatever the load takes.
  void write_results(const Instruction& instruction, int start, int end) {
    for (Registers left = instruction.writes; left != 0; left &= left - 1) {
      bool base = (left & -left & instruction.updates) != 0;
      ready_[static_cast<size_t>(std::countr_zero(left))] = base ? start + 1 : end;
    }
  }

  const CoreTiming& core_;
  std::array<int, 64> ready_;
  std::array<int, kPipes> free_;
  int next_ = 0;
  const Instruction* previous_ = nullptr;  // that issued alone so far
};

}  // namespace

bool is_indirect(const Instruction& instruction) {
  return writes_pc(instruction) || instruction.kind == Class::kIndirectBranch ||
         instruction.kind == Class::kIndirectCall || instruction.kind == Class::kTableBranch;
}

bool is_branch(const Instruction& instruction) {
  return is_indirect(instruction) || instruction.kind == Class::kBranch ||
         instruction.kind == Class::kConditionalBranch || instruction.kind == Class::kCall ||
         instruction.kind == Class::kLoopEnd || instruction.kind == Class::kLoopStart;
}

bool is_split(const Instruction* target) {
  return target != nullptr && target->bytes == 4 && target->address % 4 != 0;
}

}  // namespace timing

double CoreTiming::cycles(std::span<const timing::Instruction> code) const {
  timing::Pipeline pipeline(*this);
  for (size_t i = 0; i < code.size(); ++i) {
    pipeline.issue(code[i], i + 1 < code.size() ? &code[i + 1] : nullptr);
  }
  return pipeline.cycles();
}

}  // namespace mote
