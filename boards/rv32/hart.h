// SPDX-License-Identifier: Apache-2.0
// One RV32IMC hart in machine mode: runs code from memory, instruction by instruction as
// instructions.inc says, and counts exactly. Traps go to the handler in mtvec; without one (mtvec
// is 0) they stop the run, and so does a trap of the handler's first instruction.
#ifndef MOTE_BOARDS_RV32_HART_H_
#define MOTE_BOARDS_RV32_HART_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "boards/rv32/code.h"
#include "boards/rv32/csr.h"
#include "boards/rv32/followed_caches.h"
#include "boards/rv32/memory.h"

namespace mote::rv32 {

struct Trap {
  Cause cause = Cause::kIllegalInstruction;
  uint32_t value = 0;  // for mtval: the address or the instruction word
};

/// Why run() returned.
enum class Stop {
  kLimit,            // another block would pass the limit; run() may go on from here
  kExited,           // the semihosting call said so
  kTrap,             // trap() without a handler
  kLockup,           // trap() before a single instruction of the handler retired
  kTooMuchCode,      // jumps to hundreds of thousands of places
  kTooManySegments,  // their counts would fill the host's memory
};

/// A semihosting request: operation (a0) and argument (a1); the result goes into a0. Nothing ends
/// the run.
using SemihostCall = std::function<std::optional<uint32_t>(uint32_t operation, uint32_t argument)>;

/// An instruction of opcode custom-0 or custom-1: its word and the values of rs1 and rs2; the
/// result goes into rd. Nothing makes it an illegal instruction.
using CustomInstruction =
    std::function<std::optional<uint32_t>(uint32_t word, uint32_t rs1, uint32_t rs2)>;

class Hart {
 public:
  /// Starts at `pc` with all registers 0. `memory` is a view whose bytes must outlive the hart.
  Hart(const Memory& memory, uint32_t pc);
  Hart(const Hart&) = delete;
  Hart& operator=(const Hart&) = delete;

  void set_semihosting(SemihostCall call) { semihosting_ = std::move(call); }
  /// REQUIRES: nothing ran yet; check_caches() allows them.
  void set_caches(const std::vector<CacheModel>& caches) { caches_ = FollowedCaches(caches); }
  /// Code::set_marks(). REQUIRES: nothing ran yet.
  void set_marks(const std::vector<uint32_t>& marks) { code_.set_marks(marks); }
  /// RunOptions::on_segment. REQUIRES: nothing ran yet.
  void set_on_segment(SegmentListener listener) { code_.set_on_segment(std::move(listener)); }
  void set_custom(CustomInstruction custom) { custom_ = std::move(custom); }

  /// Runs until the next piece of code would bring the instructions retired in all above `limit`.
  Stop run(uint64_t limit);

  uint32_t reg(int number) const { return x_[number]; }
  void set_reg(int number, uint32_t value) {
    if (number != 0) x_[number] = value;
  }
  /// Of the instruction to run next or, after a trap stopped the run, that trapped.
  uint32_t pc() const { return pc_; }
  uint64_t retired() const { return retired_; }
  const ControlRegisters& control() const { return control_; }
  /// REQUIRES: run() gave kTrap or kLockup.
  const Trap& trap() const { return *trap_; }
  ExecutionCounts counts() const;
  /// Tells the listener of the last segment, which ends here.
  void end_counts() { code_.end_segment(caches_.misses()); }

 private:
  template <bool kFollowed>
  friend struct Step;

  /// Those with caches to follow are separate code, so that others don't pay.
  template <bool kFollowed>
  Stop run_pieces(uint64_t limit);
  template <bool kFollowed>
  void execute(const Piece& piece);
  void raise(Cause cause, uint32_t value, uint32_t pc);
  void retire(uint64_t* entry);
  std::optional<Stop> take_trap();
  std::optional<Stop> attend(uint64_t* entry);
  std::optional<Stop> go_on_unlinked(uint64_t** entry);
  void enter(Piece* piece);
  /// Instructions retired before the last of the piece that runs.
  uint64_t retired_before_last() const { return retired_ + now_->instructions - 1; }

  Memory memory_;
  Code code_;
  FollowedCaches caches_;
  ControlRegisters control_;
  SemihostCall semihosting_;
  CustomInstruction custom_;
  uint32_t x_[33] = {};  // the last one takes what is written to x0
  uint32_t pc_;
  uint64_t retired_ = 0;
  uint64_t retired_at_trap_ = ~uint64_t{0};
  const Piece* before_ = nullptr;  // ran last
  Piece* now_ = nullptr;           // runs, or is next; null before the start
  std::optional<Trap> trap_;
  bool exited_ = false;
  bool attention_ = false;  // trap_, exited_ or a changed program wait for run()
};

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_HART_H_
