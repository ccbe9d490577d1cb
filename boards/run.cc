// SPDX-License-Identifier: Apache-2.0
// What is the same for every emulator: checking the request before, and turning what the firmware's
// start-up code printed about faults and the stack into errors and numbers after the run.
#include "boards/run.h"

#include <cstdio>

#include "boards/fault.h"
#include "boards/qemu.h"
#include "boards/rv32/simulator.h"

namespace mote {
namespace {

constexpr size_t kMaxArguments = 31;
constexpr size_t kMaxArgumentBytes = 1000;
constexpr size_t kMaxMarks = 4096;

/// Errors: too many, or an address that no instruction has.
Result<void> check_marks(const std::vector<uint32_t>& marks) {
  if (marks.size() > kMaxMarks) {
    return fail("{} marks to count between, there is room for {}", marks.size(), kMaxMarks);
  }
  for (uint32_t mark : marks) {
    if (mark % 2 != 0) {
      return fail("mark 0x{:08x}: no instruction has an odd address; leave the Thumb bit out",
                  mark);
    }
  }
  return {};
}

/// Errors: arguments that the start-up code can't take apart or has no room for
/// (boards/firmware/startup.cc), or no folder.
Result<void> check(const RunOptions& options) {
  size_t bytes = 0;
  for (const std::string& argument : options.arguments) {
    if (argument.empty() || argument.find_first_of(" \t\n") != std::string::npos) {
      return fail("firmware argument '{}': it can't be empty or hold spaces", argument);
    }
    bytes += argument.size() + 1;
  }
  if (options.arguments.size() > kMaxArguments || bytes > kMaxArgumentBytes) {
    return fail("too many firmware arguments: {} in {} bytes, there is room for {} in {}",
                options.arguments.size(), bytes, kMaxArguments, kMaxArgumentBytes);
  }
  MOTE_CHECK_OK(check_marks(options.marks));
  MOTE_CHECK_OK(check_caches(options.caches));
  std::error_code ignored;
  if (std::filesystem::is_directory(options.folder, ignored)) return {};
  return fail("{}: no such folder to run firmware in", options.folder.string());
}

Error limit_error(const RunReport& report, const LoadedElf& firmware, const RunOptions& options) {
  const ElfFunction* function = firmware.elf.function_at(report.last_address);
  return fail("{}: still running after {} instructions, in {}; stopped", firmware.name(),
              options.max_instructions,
              function ? function->name : fmt::format("0x{:08x}", report.last_address));
}

Error segments_error(const RunReport& report, const LoadedElf& firmware) {
  return fail(
      "{}: stopped after {} calls of marked functions, whose counts take too much room; run fewer "
      "inferences or mark "
      "functions that are called less often",
      firmware.name(), report.segments.size() - 1);
}

/// Takes the start-up code's line about the stack out of what the firmware printed. Errors: the
/// stack was used to its last byte, so probably beyond.
Result<void> take_stack_line(const std::string& name, RunReport* report) {
  size_t at = report->console.rfind("mote-stack: ");
  unsigned peak = 0, size = 0;
  if (at == std::string::npos ||
      sscanf(report->console.c_str() + at, "mote-stack: %u of %u", &peak, &size) != 2) {
    return {};
  }
  size_t end = report->console.find('\n', at);
  report->console.erase(at, end == std::string::npos ? end : end + 1 - at);
  report->stack_peak_bytes = peak;
  if (peak < size) return {};
  return fail("{}: the firmware overflowed its stack of {} bytes; give it more", name, size);
}

}  // namespace

Result<RunReport> run_firmware(const Machine& machine, const std::filesystem::path& elf_path,
                               const RunOptions& options) {
  LoadedElf firmware{.path = elf_path, .file = {}, .elf = {}};
  MOTE_TRY(firmware.file, read_file(elf_path));
  MOTE_TRY(firmware.elf, read_elf(firmware.file, elf_path.string()));
  MOTE_CHECK_OK(check(options));
  MOTE_TRY(RunReport report, machine.emulator == Emulator::kQemu
                                 ? run_on_qemu(machine, elf_path, options)
                                 : run_on_simulator(machine, firmware, options));
  if (report.limit_reached) return limit_error(report, firmware, options);
  if (report.too_many_segments) return segments_error(report, firmware);
  if (report.exit_code == kFaultExitCode) {
    if (auto fault = find_fault(report.console)) {
      return fault_error(*fault, machine, firmware.elf, elf_path);
    }
  }
  MOTE_CHECK_OK(take_stack_line(firmware.name(), &report));
  report.functions = count_functions(report, firmware.elf);
  return report;
}

}  // namespace mote
