// SPDX-License-Identifier: Apache-2.0
#include "boards/fault.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/host/process.h"
#include "boards/backtrace.h"

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

/// The words of the "mote-calls:" line.
std::vector<uint32_t> stack_words(const std::string& console) {
  constexpr const char* kStart = "mote-calls:";
  std::vector<uint32_t> words;
  size_t at = console.find(kStart);
  if (at == std::string::npos) return words;
  const char* text = console.c_str() + at + strlen(kStart);
  unsigned word = 0;
  for (int used = 0; sscanf(text, " 0x%8x%n", &word, &used) == 1; text += used) {
    words.push_back(word);
  }
  return words;
}

/// What is wrong if the core has no unit for the instruction at a Cortex-M's fault: its encoding
/// is a coprocessor's (Armv7-M ARM, A5.3.18), of which 10 and 11 are the FPU and, since Armv8.1-M,
/// 8, 9, 14 and 15 MVE. Empty otherwise.
std::string coprocessor_cause(const Fault& fault, const Machine& machine,
                              const LoadedElf& firmware) {
  constexpr uint32_t kNoCoprocessor = 1u << 19, kUndefined = 1u << 16;
  bool refused = fault.cfsr == 0 || (fault.cfsr & (kNoCoprocessor | kUndefined)) != 0;
  auto first = halfword_at(firmware, fault.pc), second = halfword_at(firmware, fault.pc + 2);
  if (fault.mcause || !refused || !first || !second || (*first & 0xec00) != 0xec00) return {};
  uint32_t number = *second >> 8 & 15;
  bool is_fpu = number == 10 || number == 11;
  bool has_fpu = std::count(machine.flags.begin(), machine.flags.end(), "-mfloat-abi=hard") > 0;
  if (is_fpu && has_fpu) {
    return fmt::format(
        "an instruction that the core's FPU lacks, or the FPU is off; build all of it with {}'s "
        "flags: {}",
        machine.name, fmt::join(machine.flags, " "));
  }
  bool is_mve = number == 8 || number == 9 || number == 14 || number == 15;
  std::string unit = is_fpu   ? "an FPU instruction"
                     : is_mve ? "an MVE (Helium) instruction"
                              : fmt::format("a coprocessor {} instruction", number);
  return fmt::format("{} on a core without that unit; build all of it with {}'s flags: {}", unit,
                     machine.name, fmt::join(machine.flags, " "));
}

}  // namespace

std::optional<Fault> find_fault(const std::string& console) {
  size_t at = console.rfind("mote-fault: ");
  if (at == std::string::npos) return {};
  Fault fault;
  uint32_t mcause = 0;
  const char* line = console.c_str() + at;
  if (sscanf(line, "mote-fault: pc=0x%x lr=0x%x cfsr=0x%x address=0x%x", &fault.pc, &fault.lr,
             &fault.cfsr, &fault.address) != 4) {
    if (sscanf(line, "mote-fault: pc=0x%x lr=0x%x mcause=0x%x address=0x%x", &fault.pc, &fault.lr,
               &mcause, &fault.address) != 4) {
      return {};
    }
    fault.mcause = mcause;
  }
  fault.stack = stack_words(console.substr(at));
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

Error fault_error(const Fault& fault, const Machine& machine, const LoadedElf& firmware) {
  auto place = [&](uint32_t address) {
    return function_name(firmware.elf, address) + source_line(machine, firmware.path, address);
  };
  std::string where = fault.pc == 0 ? std::string("an unknown place") : place(fault.pc);
  std::string status = fault.mcause ? fmt::format("mcause {}", *fault.mcause)
                                    : fmt::format("cfsr 0x{:08x}", fault.cfsr);
  std::string cause = coprocessor_cause(fault, machine, firmware);
  std::string message = fmt::format(
      "{}: the firmware faulted in {}: {} (pc 0x{:08x}, lr 0x{:08x}, {})", firmware.name(), where,
      cause.empty() ? fault_cause(fault) : cause, fault.pc, fault.lr, status);
  for (uint32_t address : call_chain(fault, firmware)) {
    message += "\n  called from " + place(address);
  }
  return Error{message};
}

}  // namespace mote
