// SPDX-License-Identifier: Apache-2.0
#include "boards/fault.h"

#include <cstdio>

#include "base/host/process.h"

namespace mote {
namespace {

constexpr uint32_t kAddressValid = 1u << 7 | 1u << 15;

struct Cause {
  uint32_t bits;
  const char* text;
};

// The first row that matches tells the cause; stacking comes first, since it hides what's below.
constexpr Cause kCauses[] = {
    {1u << 4 | 1u << 12, "no room to stack registers: stack overflow?"},
    {1u << 3 | 1u << 11, "broken stack at the end of an interrupt"},
    {1u << 25, "division by zero"},
    {1u << 24, "unaligned access"},
    {1u << 19, "no such coprocessor, or the FPU is off"},
    {1u << 18, "invalid return from an interrupt"},
    {1u << 17, "jump to an address without the Thumb bit"},
    {1u << 16, "undefined instruction"},
    {1u << 0 | 1u << 8, "jump to an invalid address"},
    {1u << 1 | 1u << 9 | 1u << 10, "access to an invalid address"},
    {1u << 5 | 1u << 13, "no room to stack FPU registers: stack overflow?"},
};

struct Trap {
  uint32_t mcause;
  const char* text;  // with what mtval holds
};

constexpr Trap kTraps[] = {
    {1, "jump to an invalid address 0x{:08x}"},
    {2, "illegal instruction 0x{:08x}"},
    {3, "breakpoint at 0x{:08x}"},
    {4, "unaligned read from 0x{:08x}"},
    {5, "read from an invalid address 0x{:08x}"},
    {6, "unaligned write to 0x{:08x}"},
    {7, "write to an invalid address 0x{:08x}"},
    {11, "environment call"},
};

std::string trap_cause(uint32_t mcause, uint32_t value) {
  for (const Trap& trap : kTraps) {
    if (trap.mcause == mcause) return fmt::format(fmt::runtime(trap.text), value);
  }
  return "an unexpected exception";
}

std::string function_name(const Elf& elf, uint32_t address) {
  const ElfFunction* function = elf.function_at(address & ~1u);
  return function ? function->name : fmt::format("unknown code at 0x{:08x}", address);
}

/// " at FILE:LINE", or nothing without addr2line or debug information.
std::string source_line(const Machine& machine, const std::filesystem::path& elf_path,
                        uint32_t address) {
  auto program = find_program(std::string(machine.addr2line), std::string(machine.debian_package));
  if (!program.ok()) return {};
  auto outcome =
      run_process({program->string(), "-e", elf_path.string(), fmt::format("0x{:x}", address)}, 10);
  if (!outcome.ok() || outcome->exit_code != 0 || outcome->output.starts_with('?')) return {};
  std::string line = outcome->output.substr(0, outcome->output.find_first_of("\n ("));
  if (line.starts_with("./")) line.erase(0, 2);
  return " at " + line;
}

}  // namespace

std::optional<Fault> find_fault(const std::string& console) {
  size_t at = console.rfind("mote-fault: ");
  if (at == std::string::npos) return {};
  Fault fault;
  int found = sscanf(console.c_str() + at, "mote-fault: pc=0x%x lr=0x%x cfsr=0x%x address=0x%x",
                     &fault.pc, &fault.lr, &fault.cfsr, &fault.address);
  if (found == 4) return fault;
  uint32_t mcause = 0;
  found = sscanf(console.c_str() + at, "mote-fault: pc=0x%x lr=0x%x mcause=0x%x address=0x%x",
                 &fault.pc, &fault.lr, &mcause, &fault.address);
  if (found != 4) return {};
  fault.mcause = mcause;
  return fault;
}

std::string fault_cause(const Fault& fault) {
  if (fault.mcause) return trap_cause(*fault.mcause, fault.address);
  for (const Cause& cause : kCauses) {
    if (!(fault.cfsr & cause.bits)) continue;
    if (!(fault.cfsr & kAddressValid)) return cause.text;
    return fmt::format("{} 0x{:08x}", cause.text, fault.address);
  }
  return "an unexpected exception";
}

Error fault_error(const Fault& fault, const Machine& machine, const Elf& elf,
                  const std::filesystem::path& elf_path) {
  std::string where = fault.pc == 0
                          ? std::string("an unknown place")
                          : function_name(elf, fault.pc) + source_line(machine, elf_path, fault.pc);
  std::string status = fault.mcause ? fmt::format("mcause {}", *fault.mcause)
                                    : fmt::format("cfsr 0x{:08x}", fault.cfsr);
  return fail("{}: the firmware faulted in {}: {} (pc 0x{:08x}, lr 0x{:08x}, {})",
              elf_path.filename().string(), where, fault_cause(fault), fault.pc, fault.lr, status);
}

}  // namespace mote
