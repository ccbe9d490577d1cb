// SPDX-License-Identifier: Apache-2.0
#include "boards/qemu.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>

#include "base/host/process.h"

namespace mote {
namespace {

constexpr int kFaultExitCode = 125;  // boards/firmware/cortex_m.cc

/// "name_of(pc) (0x1234)" for messages.
std::string place(const Elf& elf, uint32_t address) {
  const ElfFunction* function = elf.function_at(address);
  return fmt::format("{} (0x{:08x})", function ? function->name : "unknown code", address);
}

/// The fault line that the start-up code printed, in words.
Error explain_fault(const Elf& elf, const std::string& name, const std::string& console) {
  size_t at = console.find("mote-fault:");
  std::string line = at == std::string::npos ? "" : console.substr(at, console.find('\n', at) - at);
  unsigned pc = 0, lr = 0, cfsr = 0;
  if (sscanf(line.c_str(), "mote-fault: pc=0x%x lr=0x%x cfsr=0x%x", &pc, &lr, &cfsr) == 3) {
    return fail("{}: hard fault in {}, called from {}, fault status 0x{:08x}", name, place(elf, pc),
                place(elf, lr & ~1u), cfsr);
  }
  return fail("{}: the firmware ended with a fault: {}", name, line.empty() ? console : line);
}

/// Splits what the firmware printed from what the start-up code reports.
void take_stack_report(RunReport* report) {
  const std::string marker = "mote-stack: ";
  size_t at = report->console.rfind(marker);
  if (at == std::string::npos) return;
  report->stack_peak_bytes =
      static_cast<uint32_t>(strtoul(report->console.c_str() + at + marker.size(), nullptr, 10));
  size_t end = report->console.find('\n', at);
  report->console.erase(at, end == std::string::npos ? end : end + 1 - at);
}

void attribute_to_functions(const Elf& elf, RunReport* report) {
  std::map<std::string, uint64_t> counts;
  for (const Block& block : report->blocks) {
    const ElfFunction* function = elf.function_at(block.address);
    counts[function ? function->name : "(no symbol)"] += block.instructions * block.executions;
  }
  for (auto& [name, instructions] : counts) report->functions.push_back({name, instructions});
  std::stable_sort(report->functions.begin(), report->functions.end(),
                   [](const FunctionCount& a, const FunctionCount& b) {
                     return a.instructions > b.instructions;
                   });
}

template <typename T>
bool take(const Bytes& bytes, size_t* at, T* out) {
  if (sizeof(T) > bytes.size() - *at) return false;
  std::memcpy(out, bytes.data() + *at, sizeof(T));
  *at += sizeof(T);
  return true;
}

Result<std::vector<std::string>> command_line(const Machine& machine,
                                              const std::filesystem::path& elf,
                                              const RunOptions& options,
                                              const std::filesystem::path& dump) {
  MOTE_TRY(auto qemu, find_program(std::string(machine.qemu_program), "qemu-system-arm"));
  MOTE_TRY(auto plugin, find_plugin());
  std::string semihosting = "enable=on,target=native,arg=firmware";
  for (const std::string& argument : options.arguments) {
    if (argument.find_first_of(", ") != std::string::npos) {
      return fail("firmware argument '{}': commas and spaces aren't possible", argument);
    }
    semihosting += ",arg=" + argument;
  }
  return std::vector<std::string>{
      "env",
      "-C",
      options.folder.string(),
      qemu.string(),
      "-M",
      std::string(machine.qemu_machine),
      "-display",
      "none",
      "-monitor",
      "none",
      "-serial",
      "none",
      "-semihosting-config",
      semihosting,
      "-kernel",
      std::filesystem::absolute(elf).string(),
      "-plugin",
      fmt::format("{},out={},limit={}", plugin.string(), dump.string(), options.max_instructions)};
}

}  // namespace

Result<std::filesystem::path> find_plugin() {
  constexpr const char* kName = "mote_qemu_plugin.so";
  std::vector<std::filesystem::path> places;
  const char* configured = getenv("MOTE_QEMU_PLUGIN");
  if (configured && *configured) {
    places = {configured};
  } else {
    std::error_code ignored;
    auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    places = {program / "lib" / kName, program / ".." / "lib" / kName,
              program / ".." / "lib" / "mote" / kName};
  }
  for (const auto& place : places) {
    if (access(place.c_str(), R_OK) == 0) return std::filesystem::absolute(place);
  }
  return fail(
      "{}: mote's QEMU plugin isn't there; build it with `make build` or set "
      "MOTE_QEMU_PLUGIN",
      places[0].string());
}

Result<bool> read_counts(const Bytes& dump, RunReport* report) {
  mote_dump_header header;
  size_t at = 0;
  if (!take(dump, &at, &header) || header.magic != MOTE_DUMP_MAGIC ||
      dump.size() - at !=
          uint64_t{header.blocks} * sizeof(Block) + uint64_t{header.edges} * sizeof(BlockEdge)) {
    return fail("the plugin's counts are damaged");
  }
  report->instructions = header.instructions;
  report->blocks.resize(header.blocks);
  for (Block& block : report->blocks) take(dump, &at, &block);
  report->edges.resize(header.edges);
  for (BlockEdge& edge : report->edges) {
    take(dump, &at, &edge);
    bool from_start = edge.from == MOTE_DUMP_NO_BLOCK;
    if ((!from_start && edge.from >= header.blocks) || edge.to >= header.blocks) {
      return fail("the plugin's counts are damaged");
    }
  }
  return header.end == MOTE_DUMP_INSTRUCTION_LIMIT;
}

Result<RunReport> run_firmware(const Machine& machine, const std::filesystem::path& elf_path,
                               const RunOptions& options) {
  MOTE_TRY(Bytes elf_file, read_file(elf_path));
  MOTE_TRY(Elf elf, read_elf(elf_file, elf_path.string()));
  MOTE_TRY(TempFolder scratch, TempFolder::make());
  auto dump = scratch.path() / "counts";
  MOTE_TRY(auto command, command_line(machine, elf_path, options, dump));
  MOTE_TRY(ProcessOutcome outcome, run_process(command, options.max_seconds));

  std::string name = elf_path.filename().string();
  if (outcome.timed_out) {
    return fail("{}: still running after {} s on {}; stopped", name, options.max_seconds,
                machine.name);
  }
  if (outcome.exit_code == kFaultExitCode) return explain_fault(elf, name, outcome.output);
  std::error_code ignored;
  if (!std::filesystem::exists(dump, ignored)) {
    if (outcome.output.find("API version") != std::string::npos) {
      return fail(
          "this QEMU wants another plugin interface than version 1, which mote's plugin "
          "has (QEMU 4.2 to 8.x): {}",
          outcome.output);
    }
    return fail("{} couldn't run {}: {}", command[3], name, outcome.output);
  }
  RunReport report;
  report.exit_code = outcome.exit_code;
  report.console = outcome.output;
  take_stack_report(&report);
  MOTE_TRY(Bytes counts, read_file(dump));
  MOTE_TRY(bool limited, read_counts(counts, &report));
  if (limited) {
    return fail("{}: still running after {} instructions; stopped", name, options.max_instructions);
  }
  attribute_to_functions(elf, &report);
  return report;
}

}  // namespace mote
