// SPDX-License-Identifier: Apache-2.0
// Every compressed instruction is short for a 32-bit one; compressed.inc says which. Here are its
// scattered immediates and the spelling of 32-bit words.
#include "boards/rv32/instruction.h"

namespace mote::rv32 {
namespace {

constexpr uint32_t kZero = 0, kRa = 1, kSp = 2;

uint32_t match_of(Op op) {
  return instruction_rows()[static_cast<size_t>(op)].match;
}

constexpr uint32_t bits(uint32_t word, int high, int low, int to) {
  return (word >> low & ((1u << (high - low + 1)) - 1)) << to;
}
constexpr uint32_t sign_extended(uint32_t value, int shift) {
  return static_cast<uint32_t>(static_cast<int32_t>(value << shift) >> shift);
}

uint32_t r_type(Op op, uint32_t rd, uint32_t rs1, uint32_t rs2) {
  return match_of(op) | rd << 7 | rs1 << 15 | rs2 << 20;
}
uint32_t i_type(Op op, uint32_t rd, uint32_t rs1, uint32_t imm) {
  return match_of(op) | rd << 7 | rs1 << 15 | imm << 20;
}
uint32_t s_type(Op op, uint32_t rs1, uint32_t rs2, uint32_t imm) {
  return match_of(op) | rs1 << 15 | rs2 << 20 | bits(imm, 11, 5, 25) | bits(imm, 4, 0, 7);
}
uint32_t u_type(Op op, uint32_t rd, uint32_t imm) {
  return match_of(op) | rd << 7 | (imm & 0xfffff000);
}
uint32_t b_type(Op op, uint32_t rs1, uint32_t rs2, uint32_t imm) {
  return match_of(op) | rs1 << 15 | rs2 << 20 | bits(imm, 12, 12, 31) | bits(imm, 10, 5, 25) |
         bits(imm, 4, 1, 8) | bits(imm, 11, 11, 7);
}
uint32_t j_type(Op op, uint32_t rd, uint32_t imm) {
  return match_of(op) | rd << 7 | bits(imm, 20, 20, 31) | bits(imm, 10, 1, 21) |
         bits(imm, 11, 11, 20) | bits(imm, 19, 12, 12);
}

}  // namespace

uint32_t expand(uint16_t half) {
  using enum Op;
  const uint32_t rd = bits(half, 11, 7, 0), rs2 = bits(half, 6, 2, 0);
  const uint32_t rdp = 8 + bits(half, 4, 2, 0), rs1p = 8 + bits(half, 9, 7, 0);
  const uint32_t shift = bits(half, 12, 12, 5) | bits(half, 6, 2, 0);
  const uint32_t imm6 = sign_extended(shift, 26);
  const uint32_t addi4spn_imm =
      bits(half, 12, 11, 4) | bits(half, 10, 7, 6) | bits(half, 6, 6, 2) | bits(half, 5, 5, 3);
  const uint32_t addi16sp_imm =
      sign_extended(bits(half, 12, 12, 9) | bits(half, 6, 6, 4) | bits(half, 5, 5, 6) |
                        bits(half, 4, 3, 7) | bits(half, 2, 2, 5),
                    22);
  const uint32_t word_offset = bits(half, 12, 10, 3) | bits(half, 6, 6, 2) | bits(half, 5, 5, 6);
  const uint32_t lwsp_offset = bits(half, 12, 12, 5) | bits(half, 6, 4, 2) | bits(half, 3, 2, 6);
  const uint32_t swsp_offset = bits(half, 12, 9, 2) | bits(half, 8, 7, 6);
  const uint32_t branch_offset =
      sign_extended(bits(half, 12, 12, 8) | bits(half, 11, 10, 3) | bits(half, 6, 5, 6) |
                        bits(half, 4, 3, 1) | bits(half, 2, 2, 5),
                    23);
  const uint32_t jump_offset = sign_extended(
      bits(half, 12, 12, 11) | bits(half, 11, 11, 4) | bits(half, 10, 9, 8) | bits(half, 8, 8, 10) |
          bits(half, 7, 7, 6) | bits(half, 6, 6, 7) | bits(half, 5, 3, 1) | bits(half, 2, 2, 5),
      20);
#define RVC(mnemonic, match, mask, legal, expansion) \
  if ((half & mask) == match) return (legal) ? expansion : 0;
#include "boards/rv32/compressed.inc"
#undef RVC
  return 0;
}

}  // namespace mote::rv32
