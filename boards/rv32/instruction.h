// SPDX-License-Identifier: Apache-2.0
// Instruction words taken apart into what executes fast: operation, register numbers, immediate and
// the addresses before and after. Compressed instructions are expanded first, so that the rest of
// the simulator knows only 32-bit ones.
#ifndef MOTE_BOARDS_RV32_INSTRUCTION_H_
#define MOTE_BOARDS_RV32_INSTRUCTION_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace mote::rv32 {

/// How an instruction spells its immediate, and what it may do besides writing rd.
enum class Format : uint8_t {
  R,       // two registers
  I,       // register and 12-bit immediate
  Shift,   // register and shift amount
  Load,    // I, may trap
  S,       // store: no rd, may trap
  B,       // branch: no rd, ends a block
  U,       // upper 20 bits
  J,       // jal: ends a block
  Jump,    // jalr: I, ends a block
  Csr,     // imm is the number of a control register; may trap, ends a block
  Fence,   // its fields are hints: no rd
  System,  // no rd, may trap, ends a block
  Custom,  // imm is the whole word; may trap
};

constexpr bool writes_rd(Format f) {
  return f != Format::S && f != Format::B && f != Format::Fence && f != Format::System;
}
constexpr bool may_trap(Format f) {
  return f == Format::Load || f == Format::S || f == Format::Csr || f == Format::System ||
         f == Format::Custom;
}
constexpr bool ends_block(Format f) {
  return f == Format::B || f == Format::J || f == Format::Jump || f == Format::Csr ||
         f == Format::System;
}

enum class Op : uint8_t {
#define RV32(mnemonic, ...) mnemonic,
#include "boards/rv32/instructions.inc"
#undef RV32
  // No instructions, but what stands at a block's end in their place.
  illegal,    // imm is the word
  no_memory,  // imm is the address that can't be fetched
  block_end,  // the next block follows
};

/// A row of instructions.inc, without its semantics.
struct InstructionRow {
  std::string_view mnemonic;
  uint32_t match, mask;
  Format format;
};

/// By Op.
std::span<const InstructionRow> instruction_rows();

/// Writing x0 goes to this register, which nobody reads.
inline constexpr uint8_t kNowhere = 32;

struct Instruction {
  Op op;
  uint8_t rd = kNowhere, rs1 = 0, rs2 = 0;
  uint32_t imm = 0;  // sign-extended where the manual says so
  uint32_t pc = 0;
  uint32_t next = 0;  // pc and the instruction's 2 or 4 bytes

  bool operator==(const Instruction&) const = default;
};

/// Bytes of the instruction that starts with this halfword.
constexpr uint32_t instruction_bytes(uint16_t first_half) {
  return (first_half & 3) == 3 ? 4 : 2;
}

/// Takes a 32-bit instruction apart, or a compressed one (its upper half is ignored); what is no
/// instruction of instructions.inc or compressed.inc becomes Op::illegal.
Instruction decode(uint32_t word, uint32_t pc);

/// The 32-bit instruction that a compressed one stands for, or 0 (which is illegal).
uint32_t expand(uint16_t compressed);

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_INSTRUCTION_H_
