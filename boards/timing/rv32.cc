// SPDX-License-Identifier: Apache-2.0
// RISC-V code through the simulator's decoder: its formats say nearly everything that timing needs.
#include "boards/rv32/instruction.h"

#include "boards/timing/decode.h"

namespace mote::timing {
namespace {

using rv32::Format;
using rv32::Op;
using enum Class;

constexpr uint8_t kReturnAddress = 1;  // ra

Class arithmetic_class(Op op) {
  switch (op) {
    case Op::mul:
      return kMultiply;
    case Op::mulh:
    case Op::mulhsu:
    case Op::mulhu:
      return kMultiplyLong;
    case Op::div:
    case Op::divu:
    case Op::rem:
    case Op::remu:
      return kDivide;
    case Op::sll:
    case Op::srl:
    case Op::sra:
      return kShift;
    default:
      return kAlu;
  }
}

Class class_of(const rv32::Instruction& instruction, Format format) {
  bool links = instruction.rd == kReturnAddress;
  switch (format) {
    case Format::R:
      return arithmetic_class(instruction.op);
    case Format::I:
    case Format::U:
      return kAlu;
    case Format::Shift:
      return kShift;
    case Format::Load:
      return instruction.op == Op::lw ? kLoad : kLoadNarrow;
    case Format::S:
      return kStore;
    case Format::B:
      return kConditionalBranch;
    case Format::J:
      return links ? kCall : kBranch;
    case Format::Jump:
      return links ? kIndirectCall : kIndirectBranch;
    case Format::Fence:
      return kBarrier;
    case Format::Csr:
    case Format::System:
      return kSystem;
    case Format::Custom:
      return kAlu;
  }
  return kUnknown;
}

Registers set_of(uint8_t number) {
  return number == 0 || number == rv32::kNowhere ? 0 : Registers{1} << number;
}

bool reads_second(Format format) {
  return format == Format::R || format == Format::S || format == Format::B ||
         format == Format::Custom;
}

Instruction decode_one(uint32_t word, uint32_t address) {
  rv32::Instruction plain = rv32::decode(word, address);
  Instruction out{.address = address};
  out.bytes = static_cast<uint8_t>(rv32::instruction_bytes(static_cast<uint16_t>(word)));
  auto rows = rv32::instruction_rows();
  if (static_cast<size_t>(plain.op) >= rows.size()) return out;
  const rv32::InstructionRow& row = rows[static_cast<size_t>(plain.op)];
  out.kind = class_of(plain, row.format);
  out.mnemonic = row.mnemonic;
  if (rv32::writes_rd(row.format)) out.writes = set_of(plain.rd);
  bool memory = row.format == Format::Load || row.format == Format::S;
  bool first = row.format != Format::U && row.format != Format::J;
  if (first) out.reads = set_of(plain.rs1);
  if (memory) out.address_reads = set_of(plain.rs1);
  if (reads_second(row.format)) out.reads |= set_of(plain.rs2);
  return out;
}

}  // namespace

Code decode_rv32(std::span<const uint8_t> bytes, uint32_t address) {
  Code code;
  for (size_t at = 0; at + 2 <= bytes.size();) {
    uint32_t word = bytes[at] | uint32_t{bytes[at + 1]} << 8;
    bool wide = rv32::instruction_bytes(static_cast<uint16_t>(word)) == 4;
    if (wide && at + 4 > bytes.size()) break;
    if (wide) word |= uint32_t{bytes[at + 2]} << 16 | uint32_t{bytes[at + 3]} << 24;
    code.push_back(decode_one(word, address + static_cast<uint32_t>(at)));
    at += wide ? 4 : 2;
  }
  return code;
}

}  // namespace mote::timing
