// SPDX-License-Identifier: Apache-2.0
// The control and status registers of a hart with machine mode only, no interrupts, one cycle per
// instruction and direct traps (RISC-V Privileged ISA 20211203, chapter 3). Counters are exact:
// they hold the instructions retired before the one that reads them.
#ifndef MOTE_BOARDS_RV32_CSR_H_
#define MOTE_BOARDS_RV32_CSR_H_

#include <cstdint>
#include <optional>

namespace mote::rv32 {

/// Exception codes of mcause.
enum class Cause : uint32_t {
  kInstructionAccess = 1,
  kIllegalInstruction = 2,
  kBreakpoint = 3,
  kLoadMisaligned = 4,
  kLoadAccess = 5,
  kStoreMisaligned = 6,
  kStoreAccess = 7,
  kEnvironmentCall = 11,
};

struct ControlRegisters {
  uint32_t mstatus = 0x1800;   // MPP is always machine mode
  uint32_t misa = 0x40001104;  // RV32, C, I and M
  uint32_t mtvec = 0;
  uint32_t mscratch = 0;
  uint32_t mepc = 0;
  uint32_t mcause = 0;
  uint32_t mtval = 0;
  uint32_t zero = 0;          // registers that are there and always 0
  uint64_t mcycle_start = 0;  // mcycle and minstret at the reset, so to say
  uint64_t minstret_start = 0;

  /// The register's value for an instruction before which `retired` others were; nothing if there
  /// is no such register.
  std::optional<uint32_t> read(uint32_t number, uint64_t retired) const;
  /// False if there is no such register or it is read-only. Bits that aren't there are dropped.
  bool write(uint32_t number, uint32_t value, uint64_t retired);

  /// Records a trap; returns the handler's address.
  uint32_t enter_trap(Cause cause, uint32_t pc, uint32_t value);
  /// What mret does; returns where to go on.
  uint32_t leave_trap();
};

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_CSR_H_
