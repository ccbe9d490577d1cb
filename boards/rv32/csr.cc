// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/csr.h"

namespace mote::rv32 {
namespace {

constexpr uint32_t kInterruptEnable = 1u << 3, kPreviousInterruptEnable = 1u << 7;

struct PlainRegister {
  uint32_t number;
  uint32_t ControlRegisters::*value;
  uint32_t writable;  // bits
};

constexpr PlainRegister kPlainRegisters[] = {
    {0x300, &ControlRegisters::mstatus, kInterruptEnable | kPreviousInterruptEnable},
    {0x301, &ControlRegisters::misa, 0},
    {0x304, &ControlRegisters::zero, 0},     // mie
    {0x305, &ControlRegisters::mtvec, ~3u},  // direct mode
    {0x310, &ControlRegisters::zero, 0},     // mstatush
    {0x340, &ControlRegisters::mscratch, ~0u},
    {0x341, &ControlRegisters::mepc, ~1u},
    {0x342, &ControlRegisters::mcause, ~0u},
    {0x343, &ControlRegisters::mtval, ~0u},
    {0x344, &ControlRegisters::zero, 0},  // mip
    {0xf11, &ControlRegisters::zero, 0},  // mvendorid
    {0xf12, &ControlRegisters::zero, 0},  // marchid
    {0xf13, &ControlRegisters::zero, 0},  // mimpid
    {0xf14, &ControlRegisters::zero, 0},  // mhartid
    {0xf15, &ControlRegisters::zero, 0},  // mconfigptr
};

struct Counter {
  uint32_t low, high;  // numbers of its halves
  uint64_t ControlRegisters::*start;
};

constexpr Counter kCounters[] = {
    {0xb00, 0xb80, &ControlRegisters::mcycle_start},
    {0xb02, 0xb82, &ControlRegisters::minstret_start},
    {0xc00, 0xc80, &ControlRegisters::mcycle_start},    // cycle, cycleh
    {0xc02, 0xc82, &ControlRegisters::minstret_start},  // instret, instreth
};

bool read_only(uint32_t number) {
  return number >> 10 == 3;
}

}  // namespace

std::optional<uint32_t> ControlRegisters::read(uint32_t number, uint64_t retired) const {
  for (const PlainRegister& row : kPlainRegisters) {
    if (row.number == number) return this->*row.value;
  }
  for (const Counter& row : kCounters) {
    uint64_t count = this->*row.start + retired;
    if (row.low == number) return static_cast<uint32_t>(count);
    if (row.high == number) return static_cast<uint32_t>(count >> 32);
  }
  return {};
}

bool ControlRegisters::write(uint32_t number, uint32_t value, uint64_t retired) {
  if (read_only(number)) return false;
  for (const PlainRegister& row : kPlainRegisters) {
    if (row.number != number) continue;
    uint32_t& target = this->*row.value;
    target = (target & ~row.writable) | (value & row.writable);
    return true;
  }
  for (const Counter& row : kCounters) {
    if (row.low != number && row.high != number) continue;
    // The next instruction reads what was written: this one isn't counted (3.1.10).
    uint64_t& start = this->*row.start;
    uint64_t count = start + retired;
    count = row.low == number ? (count & ~uint64_t{0xffffffff}) | value
                              : (count & 0xffffffff) | uint64_t{value} << 32;
    start = count - (retired + 1);
    return true;
  }
  return false;
}

uint32_t ControlRegisters::enter_trap(Cause cause, uint32_t pc, uint32_t value) {
  mepc = pc;
  mcause = static_cast<uint32_t>(cause);
  mtval = value;
  uint32_t previous = mstatus & kInterruptEnable ? kPreviousInterruptEnable : 0;
  mstatus = (mstatus & ~(kInterruptEnable | kPreviousInterruptEnable)) | previous;
  return mtvec;
}

uint32_t ControlRegisters::leave_trap() {
  uint32_t enable = mstatus & kPreviousInterruptEnable ? kInterruptEnable : 0;
  mstatus = (mstatus & ~kInterruptEnable) | enable | kPreviousInterruptEnable;
  return mepc;
}

}  // namespace mote::rv32
