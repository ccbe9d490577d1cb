// SPDX-License-Identifier: Apache-2.0
// instructions.inc becomes one function per row, in which the manual's words (rd, rs1, imm, pc,
// load, jump) are members, and one switch that calls them. A piece of code runs to its end without
// looking at limits; the link to the next piece is then where everything is counted. A trap in the
// middle takes that piece's count back to the instructions that did retire.
#include "boards/rv32/hart.h"

namespace mote::rv32 {

/// One instruction while it executes; kFollowed: there are caches that its reads go through.
template <bool kFollowed>
struct Step {
  Hart& hart;
  const Memory& memory;
  const uint32_t rs1, rs2, imm, pc;
  const uint32_t rs1_field;
  uint32_t next;
  uint32_t rd = 0;
  bool trapped = false;

  __attribute__((always_inline))
  Step(Hart& h, const Memory& m, const uint32_t* x, const Instruction& i)
      : hart(h),
        memory(m),
        rs1(x[i.rs1]),
        rs2(x[i.rs2]),
        imm(i.imm),
        pc(i.pc),
        rs1_field(i.rs1),
        next(i.next) {}

  static int32_t s(uint32_t value) { return static_cast<int32_t>(value); }
  static uint32_t high(int64_t product) { return static_cast<uint32_t>(product >> 32); }
  static uint32_t high(uint64_t product) { return static_cast<uint32_t>(product >> 32); }

  void jump(uint32_t to) { next = to; }

  void raise(Cause cause, uint32_t value) {
    trapped = true;
    hart.raise(cause, value, pc);
  }

  /// Memory at `address`; misaligned or missing memory traps.
  template <typename T>
  __attribute__((always_inline)) T load(uint32_t address) {
    T value = 0;
    if (address % sizeof(T) != 0) {
      raise(Cause::kLoadMisaligned, address);
    } else if (!memory.load(address, &value)) {
      raise(Cause::kLoadAccess, address);
    } else if constexpr (kFollowed) {
      hart.caches_.read(address, sizeof(T));
    }
    return value;
  }
  template <typename T>
  __attribute__((always_inline)) void store(uint32_t address, uint32_t value) {
    if (address % sizeof(T) != 0) {
      raise(Cause::kStoreMisaligned, address);
    } else if (!memory.store(address, static_cast<T>(value))) {
      raise(Cause::kStoreAccess, address);
    }
  }

  void illegal() {
    uint32_t word = 0;
    memory.load(pc, &word);
    raise(Cause::kIllegalInstruction, word);
  }
  uint32_t read_csr(uint32_t number) {
    auto value = hart.control_.read(number, hart.retired_before_last());
    if (!value) illegal();
    return value.value_or(0);
  }
  void write_csr(uint32_t number, uint32_t value) {
    if (!trapped && !hart.control_.write(number, value, hart.retired_before_last())) illegal();
  }
  void change_csr(uint32_t number, uint32_t value) {
    if (rs1_field != 0) write_csr(number, value);
  }
  uint32_t return_from_trap() { return hart.control_.leave_trap(); }
  void forget_code() { hart.attention_ = true; }

  uint32_t custom(uint32_t word) {
    auto value = hart.custom_ ? hart.custom_(word, rs1, rs2) : std::nullopt;
    if (!value) illegal();
    return value.value_or(0);
  }

  /// ebreak between two shifts of x0 is a semihosting request (RISC-V Semihosting 0.4).
  bool is_semihosting() const {
    uint32_t before = 0, after = 0;
    return hart.semihosting_ && next == pc + 4 && memory.load(pc - 4, &before) &&
           memory.load(pc + 4, &after) && before == 0x01f01013 && after == 0x40705013;
  }
  void breakpoint() {
    if (!is_semihosting()) return raise(Cause::kBreakpoint, pc);
    auto result = hart.semihosting_(hart.x_[10], hart.x_[11]);
    hart.exited_ = hart.attention_ = !result;
    if (result) hart.x_[10] = *result;
  }

#define RV32(mnemonic, match, mask, format, ...)   \
  __attribute__((always_inline)) void mnemonic() { \
    __VA_ARGS__;                                   \
  }
#include "boards/rv32/instructions.inc"
#undef RV32
};

Hart::Hart(const Memory& memory, uint32_t pc) : memory_(memory), code_(memory_), pc_(pc) {}

void Hart::raise(Cause cause, uint32_t value, uint32_t pc) {
  trap_ = {cause, value};
  pc_ = pc;
  attention_ = true;
}

ExecutionCounts Hart::counts() const {
  ExecutionCounts counts = code_.counts(caches_.misses());
  counts.last_address = pc_;
  return counts;
}

/// Runs a piece; pc_ is then the next one's address or, with trap_ set, the trap's. Each
/// instruction jumps to the next one's code by itself (GNU's labels as values), so that the host
/// predicts each of these jumps by what followed there before: a switch has one jump for all.
template <bool kFollowed>
void Hart::execute(const Piece& piece) {
  if constexpr (kFollowed) caches_.fetch(piece.index, piece.address, piece.bytes);
  static const void* const kCode[] = {
#define RV32(mnemonic, ...) &&mnemonic,
#include "boards/rv32/instructions.inc"
#undef RV32
      &&illegal,
      &&no_memory,
      &&block_end,
  };
  const Memory memory = memory_;
  uint32_t* const x = x_;
  const Instruction* i = piece.code.data();
  goto* kCode[static_cast<size_t>(i->op)];

#define RV32(mnemonic, match, mask, format, ...)                 \
  mnemonic : {                                                   \
    Step<kFollowed> step(*this, memory, x, *i);                  \
    step.mnemonic();                                             \
    if constexpr (may_trap(Format::format)) {                    \
      if (__builtin_expect(step.trapped, false)) return;         \
    }                                                            \
    if constexpr (writes_rd(Format::format)) x[i->rd] = step.rd; \
    if constexpr (ends_block(Format::format)) {                  \
      pc_ = step.next;                                           \
      return;                                                    \
    } else {                                                     \
      ++i;                                                       \
      goto* kCode[static_cast<size_t>(i->op)];                   \
    }                                                            \
  }
#include "boards/rv32/instructions.inc"
#undef RV32

illegal:
  return raise(Cause::kIllegalInstruction, i->imm, i->pc);
no_memory:
  return raise(Cause::kInstructionAccess, i->imm, i->pc);
block_end:
  pc_ = i->pc;
}

/// Counts the piece that just ran to its end.
void Hart::retire(uint64_t* entry) {
  ++*entry;
  retired_ += now_->instructions;
  before_ = now_;
}

/// Makes this piece the next one; at a mark, with a segment of its own.
void Hart::enter(Piece* piece) {
  now_ = piece;
  if (piece->mark == MOTE_DUMP_NO_MARK) return;
  code_.begin_segment(piece->mark, caches_.misses());
  caches_.forget();
}

/// After a trap at pc_: counts what the piece did before it, and goes to the handler.
std::optional<Stop> Hart::take_trap() {
  uint32_t done = 0;
  while (now_->code[done].pc != pc_) ++done;
  if (done > 0) {
    const Piece* part = code_.beginning(*now_, done);
    ++*code_.edge(before_, part);
    retired_ += done;
    before_ = part;
  }
  if (control_.mtvec == 0) return Stop::kTrap;
  if (retired_ == retired_at_trap_) return Stop::kLockup;
  retired_at_trap_ = retired_;
  pc_ = control_.enter_trap(trap_->cause, pc_, trap_->value);
  trap_.reset();
  enter(code_.piece_at(pc_));
  return {};
}

/// After a piece that didn't simply lead to the next one.
std::optional<Stop> Hart::attend(uint64_t* entry) {
  attention_ = false;
  if (code_.too_much()) return Stop::kTooMuchCode;
  if (trap_) return take_trap();
  retire(entry);
  if (exited_) return Stop::kExited;
  code_.forget();
  enter(code_.piece_at(pc_));
  return {};
}

/// After a piece from which no link leads on: makes one, unless there is a mark. The entry becomes
/// the next piece's.
std::optional<Stop> Hart::go_on_unlinked(uint64_t** entry) {
  if (code_.too_much()) return Stop::kTooMuchCode;
  if (code_.too_many_segments()) return Stop::kTooManySegments;
  Piece* next = code_.piece_at(pc_);
  Piece* from = now_;
  retire(*entry);
  enter(next);
  bool linked = next->mark == MOTE_DUMP_NO_MARK;
  *entry = linked ? code_.new_link(from, next) : code_.edge(from, next);
  return {};
}

template <bool kFollowed>
Stop Hart::run_pieces(uint64_t limit) {
  if (!now_) enter(code_.piece_at(pc_));
  uint64_t* entry = code_.edge(before_, now_);
  while (retired_ + now_->instructions <= limit) {
    execute<kFollowed>(*now_);
    if (attention_) {
      if (auto stop = attend(entry)) return *stop;
      entry = code_.edge(before_, now_);
      continue;
    }
    const Link* link = code_.known_link(*now_, pc_);
    if (!link) {
      if (auto stop = go_on_unlinked(&entry)) return *stop;
      continue;
    }
    retire(entry);
    now_ = link->to;
    entry = link->count;
  }
  return Stop::kLimit;
}

Stop Hart::run(uint64_t limit) {
  return caches_.any() ? run_pieces<true>(limit) : run_pieces<false>(limit);
}

}  // namespace mote::rv32
