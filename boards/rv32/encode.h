// SPDX-License-Identifier: Apache-2.0
// Spells 32-bit instruction words: what a compressed instruction stands for, and test programs.
// Formats and their immediates: RISC-V Unprivileged ISA, 2.3. Bits that a field has no room for are
// dropped.
#ifndef MOTE_BOARDS_RV32_ENCODE_H_
#define MOTE_BOARDS_RV32_ENCODE_H_

#include "boards/rv32/instruction.h"

namespace mote::rv32 {

/// Bits `high` to `low` of `word`, moved to start at bit `to`. REQUIRES: fewer than 32 bits.
constexpr uint32_t bits(uint32_t word, int high, int low, int to) {
  return (word >> low & ((1u << (high - low + 1)) - 1)) << to;
}

/// `value` with its bit 31 - shift as the sign.
constexpr uint32_t sign_extended(uint32_t value, int shift) {
  return static_cast<uint32_t>(static_cast<int32_t>(value << shift) >> shift);
}

inline uint32_t match_of(Op op) {
  return instruction_rows()[static_cast<size_t>(op)].match;
}

inline uint32_t r_type(Op op, uint32_t rd, uint32_t rs1, uint32_t rs2) {
  return match_of(op) | rd << 7 | rs1 << 15 | rs2 << 20;
}
inline uint32_t i_type(Op op, uint32_t rd, uint32_t rs1, uint32_t imm) {
  return match_of(op) | rd << 7 | rs1 << 15 | imm << 20;
}
inline uint32_t s_type(Op op, uint32_t rs1, uint32_t rs2, uint32_t imm) {
  return match_of(op) | rs1 << 15 | rs2 << 20 | bits(imm, 11, 5, 25) | bits(imm, 4, 0, 7);
}
inline uint32_t u_type(Op op, uint32_t rd, uint32_t imm) {
  return match_of(op) | rd << 7 | (imm & 0xfffff000);
}
inline uint32_t b_type(Op op, uint32_t rs1, uint32_t rs2, uint32_t imm) {
  return match_of(op) | rs1 << 15 | rs2 << 20 | bits(imm, 12, 12, 31) | bits(imm, 10, 5, 25) |
         bits(imm, 4, 1, 8) | bits(imm, 11, 11, 7);
}
inline uint32_t j_type(Op op, uint32_t rd, uint32_t imm) {
  return match_of(op) | rd << 7 | bits(imm, 20, 20, 31) | bits(imm, 10, 1, 21) |
         bits(imm, 11, 11, 20) | bits(imm, 19, 12, 12);
}

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_ENCODE_H_
