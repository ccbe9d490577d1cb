// SPDX-License-Identifier: Apache-2.0
#include "boards/backtrace.h"

#include "boards/rv32/instruction.h"

namespace mote {
namespace {

constexpr size_t kMaxCalls = 16;

/// Odd, as no function's address is: a register holds the target.
constexpr uint32_t kInRegister = 1;

/// A call instruction and where it leads.
struct Call {
  uint32_t address = 0;
  uint32_t target = kInRegister;
};

std::optional<uint32_t> word_at(const LoadedElf& firmware, uint32_t address) {
  auto low = halfword_at(firmware, address), high = halfword_at(firmware, address + 2);
  if (!low || !high) return {};
  return uint32_t{*high} << 16 | *low;
}

/// Where a Thumb BL leads (Armv7-M ARM, A7.7.18, encoding T1).
uint32_t thumb_target(uint32_t address, uint32_t first, uint32_t second) {
  uint32_t sign = first >> 10 & 1, j1 = second >> 13 & 1, j2 = second >> 11 & 1;
  uint32_t i1 = (j1 ^ sign) ^ 1, i2 = (j2 ^ sign) ^ 1;
  uint32_t offset =
      i1 << 23 | i2 << 22 | (first & 0x3ff) << 12 | (second & 0x7ff) << 1 | (sign ? 0xff000000 : 0);
  return address + 4 + offset;
}

std::optional<Call> thumb_call_before(const LoadedElf& firmware, uint32_t address) {
  auto near = halfword_at(firmware, address - 2), far = halfword_at(firmware, address - 4);
  if (near && far && (*far & 0xf800) == 0xf000 && (*near & 0xd000) == 0xd000) {
    return Call{address - 4, thumb_target(address - 4, *far, *near)};
  }
  if (near && (*near & 0xff87) == 0x4780) return Call{address - 2, kInRegister};  // BLX register
  return {};
}

/// The call that this instruction is, if it is one: a jump that leaves its return address in ra.
std::optional<Call> riscv_call(const std::optional<uint32_t>& word, uint32_t address) {
  if (!word) return {};
  rv32::Instruction i = rv32::decode(*word, address);
  if (i.rd != 1 || (i.op != rv32::Op::jal && i.op != rv32::Op::jalr)) return {};
  if (i.op == rv32::Op::jalr) return Call{address, kInRegister};
  return Call{address, address + i.imm};
}

std::optional<Call> riscv_call_before(const LoadedElf& firmware, uint32_t address) {
  auto wide = word_at(firmware, address - 4);
  if (wide && (*wide & 3) == 3) {
    if (auto call = riscv_call(wide, address - 4)) return call;
  }
  auto compressed = halfword_at(firmware, address - 2);
  if (!compressed || (*compressed & 3) == 3) return {};
  return riscv_call(*compressed, address - 2);
}

/// The calls behind the words that may be return addresses, the innermost first.
std::vector<Call> possible_calls(const Fault& fault, const LoadedElf& firmware) {
  std::vector<uint32_t> words = fault.stack;
  // A function that has called others doesn't hold its return address in lr any more.
  const ElfFunction* now = firmware.elf.function_at(fault.pc);
  if (firmware.elf.function_at(fault.lr & ~1u) != now) words.insert(words.begin(), fault.lr);
  std::vector<Call> calls;
  uint32_t before = 0;
  for (uint32_t word : words) {
    bool thumb = !fault.mcause;
    if (word == before || (thumb && word % 2 == 0)) continue;
    before = word;
    auto call = thumb ? thumb_call_before(firmware, word - 1) : riscv_call_before(firmware, word);
    if (call && firmware.elf.function_at(call->address)) calls.push_back(*call);
  }
  return calls;
}

/// The next call from `from` on that leads into the function, or the next one of all.
size_t find_call_of(const ElfFunction* function, const std::vector<Call>& calls, size_t from) {
  for (size_t i = from; function && i < calls.size(); ++i) {
    if (calls[i].target == function->address) return i;
  }
  return from;
}

}  // namespace

std::optional<uint16_t> halfword_at(const LoadedElf& firmware, uint32_t address) {
  for (const ElfSegment& segment : firmware.elf.segments) {
    uint32_t offset = address - segment.address;
    if (segment.bytes < 2 || offset > segment.bytes - 2) continue;
    const uint8_t* bytes = firmware.file.data() + segment.offset + offset;
    return static_cast<uint16_t>(bytes[0] | bytes[1] << 8);
  }
  return {};
}

std::vector<uint32_t> call_chain(const Fault& fault, const LoadedElf& firmware) {
  std::vector<Call> calls = possible_calls(fault, firmware);
  std::vector<uint32_t> chain;
  const ElfFunction* function = firmware.elf.function_at(fault.pc & ~1u);
  for (size_t next = 0; next < calls.size() && chain.size() < kMaxCalls; ++next) {
    next = find_call_of(function, calls, next);
    chain.push_back(calls[next].address);
    function = firmware.elf.function_at(calls[next].address);
    if (function->name == "mote_start") break;
  }
  return chain;
}

}  // namespace mote
