// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/instruction.h"

#include "boards/rv32/encode.h"

namespace mote::rv32 {
namespace {

constexpr InstructionRow kRows[] = {
#define RV32(mnemonic, match, mask, format, ...) {#mnemonic, match, mask, Format::format},
#include "boards/rv32/instructions.inc"
#undef RV32
};

/// The immediate (RISC-V Unprivileged ISA, 2.3).
uint32_t immediate(uint32_t word, Format format) {
  switch (format) {
    case Format::R:
    case Format::Fence:
    case Format::System:
      return 0;
    case Format::I:
    case Format::Load:
    case Format::Jump:
      return sign_extended(word >> 20, 20);
    case Format::Shift:
      return bits(word, 24, 20, 0);
    case Format::S:
      return sign_extended(bits(word, 31, 25, 5) | bits(word, 11, 7, 0), 20);
    case Format::B:
      return sign_extended(bits(word, 31, 31, 12) | bits(word, 7, 7, 11) | bits(word, 30, 25, 5) |
                               bits(word, 11, 8, 1),
                           19);
    case Format::U:
      return word & 0xfffff000;
    case Format::J:
      return sign_extended(bits(word, 31, 31, 20) | bits(word, 19, 12, 12) |
                               bits(word, 20, 20, 11) | bits(word, 30, 21, 1),
                           11);
    case Format::Csr:
      return word >> 20;
    case Format::Custom:
      return word;
  }
  return 0;
}

uint8_t destination(uint32_t word, Format format) {
  uint32_t rd = bits(word, 11, 7, 0);
  return rd == 0 || !writes_rd(format) ? kNowhere : static_cast<uint8_t>(rd);
}

}  // namespace

std::span<const InstructionRow> instruction_rows() {
  return kRows;
}

Instruction decode(uint32_t word, uint32_t pc) {
  uint32_t bytes = instruction_bytes(static_cast<uint16_t>(word));
  uint32_t whole = bytes == 4 ? word : expand(static_cast<uint16_t>(word));
  for (const InstructionRow& row : kRows) {
    if ((whole & row.mask) != row.match) continue;
    return {.op = static_cast<Op>(&row - kRows),
            .rd = destination(whole, row.format),
            .rs1 = static_cast<uint8_t>(bits(whole, 19, 15, 0)),
            .rs2 = static_cast<uint8_t>(bits(whole, 24, 20, 0)),
            .imm = immediate(whole, row.format),
            .pc = pc,
            .next = pc + bytes};
  }
  return {.op = Op::illegal, .imm = bytes == 4 ? word : word & 0xffff, .pc = pc, .next = pc};
}

}  // namespace mote::rv32
