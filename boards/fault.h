// SPDX-License-Identifier: Apache-2.0
// Turns the "mote-fault:" line, which the firmware's start-up code prints when the core faults,
// into a sentence: what went wrong, in which function and, if addr2line is there, on which line.
#ifndef MOTE_BOARDS_FAULT_H_
#define MOTE_BOARDS_FAULT_H_

#include <filesystem>
#include <optional>
#include <string>

#include "boards/elf.h"
#include "boards/machine.h"

namespace mote {

/// The exit code with which the start-up code ends after a fault.
inline constexpr int kFaultExitCode = 125;

/// The core's state at a fault. pc and lr are 0 if the stack pointer was broken too.
struct Fault {
  uint32_t pc = 0;
  uint32_t lr = 0;
  uint32_t cfsr = 0;  // Cortex-M: Configurable Fault Status (Armv7-M ARM, B3.2.15)
  std::optional<uint32_t> mcause = {};  // RISC-V: the trap's cause (Privileged ISA, 3.1.15)
  uint32_t address = 0;                 // that was accessed, if cfsr or mcause says so
};

/// The fault that the console tells of, if any.
std::optional<Fault> find_fault(const std::string& console);

/// What the status bits mean: "division by zero", "access to invalid address 0x…".
std::string fault_cause(const Fault& fault);

/// "FILE: fault in FUNCTION at SOURCE:LINE: CAUSE (…)".
Error fault_error(const Fault& fault, const Machine& machine, const Elf& elf,
                  const std::filesystem::path& elf_path);

}  // namespace mote

#endif  // MOTE_BOARDS_FAULT_H_
