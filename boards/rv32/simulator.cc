// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/simulator.h"

#include <algorithm>
#include <chrono>

#include "boards/fault.h"
#include "boards/rv32/hart.h"
#include "boards/rv32/semihosting.h"

namespace mote {
namespace {

/// Instructions between two looks at the clock.
constexpr uint64_t kSlice = 1u << 22;

/// Copies the firmware's segments to where they are loaded.
Result<void> load(const LoadedElf& firmware, const rv32::Memory& memory) {
  for (const ElfSegment& segment : firmware.elf.segments) {
    uint8_t* to = memory.ram.at(segment.address, segment.bytes);
    if (!to) to = memory.flash.at(segment.address, segment.bytes);
    if (!to) {
      return fail("{}: {} bytes at 0x{:08x} lie outside the machine's flash and RAM",
                  firmware.name(), segment.bytes, segment.address);
    }
    auto from = firmware.file.begin() + segment.offset;
    std::copy(from, from + segment.bytes, to);
  }
  return {};
}

std::string command_line(const RunOptions& options) {
  std::string line = "firmware";
  for (const std::string& argument : options.arguments) line += " " + argument;
  return line;
}

/// Runs in slices until the hart stops or time is over (nothing).
std::optional<rv32::Stop> run_in_time(rv32::Hart* hart, const RunOptions& options) {
  using Clock = std::chrono::steady_clock;
  auto start = Clock::now();
  uint64_t limit = options.max_instructions > 0 ? options.max_instructions : ~uint64_t{0} - kSlice;
  for (;;) {
    uint64_t slice_end = std::min(limit, hart->retired() + kSlice);
    rv32::Stop stop = hart->run(slice_end);
    if (stop != rv32::Stop::kLimit || slice_end == limit) return stop;
    if (options.stop && *options.stop) return rv32::Stop::kExited;
    double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (options.max_seconds > 0 && seconds > options.max_seconds) return {};
  }
}

Fault fault_of(const rv32::Hart& hart) {
  return {.pc = hart.pc(),
          .lr = hart.reg(1),
          .mcause = static_cast<uint32_t>(hart.trap().cause),
          .address = hart.trap().value};
}

}  // namespace

Result<RunReport> run_on_simulator(const Machine& machine, const LoadedElf& firmware,
                                   const RunOptions& options) {
  std::vector<uint8_t> flash(machine.flash_bytes), ram(machine.ram_bytes);
  rv32::Memory memory{{machine.flash_origin, machine.flash_bytes, flash.data()},
                      {machine.ram_origin, machine.ram_bytes, ram.data()}};
  MOTE_CHECK_OK(load(firmware, memory));
  rv32::Semihosting semihosting(memory, options.folder, command_line(options));
  rv32::Hart hart(memory, firmware.elf.entry);
  hart.set_semihosting(
      [&](uint32_t operation, uint32_t argument) { return semihosting.call(operation, argument); });
  hart.set_marks(options.marks);
  hart.set_caches(options.caches);
  hart.set_on_segment(options.on_segment);
  auto stop = run_in_time(&hart, options);
  if (!stop) {
    return fail("{}: still running after {} s on {}; stopped", firmware.name(), options.max_seconds,
                machine.name);
  }
  switch (*stop) {
    case rv32::Stop::kTrap:
      return fault_error(fault_of(hart), machine, firmware.elf, firmware.path);
    case rv32::Stop::kLockup:
      return fail("{}: the core locked up: a fault inside the fault handler", firmware.name());
    case rv32::Stop::kTooMuchCode:
      return fail("{}: it jumps to far more places than a program has; stopped", firmware.name());
    case rv32::Stop::kTooManySegments:
    case rv32::Stop::kLimit:
    case rv32::Stop::kExited:
      break;
  }
  RunReport report;
  if (options.on_segment) {
    hart.end_counts();
    report.last_address = hart.pc();
  } else {
    static_cast<ExecutionCounts&>(report) = hart.counts();
  }
  report.too_many_segments = *stop == rv32::Stop::kTooManySegments;
  report.limit_reached = *stop == rv32::Stop::kLimit;
  report.exit_code = semihosting.exit_code();
  report.console = semihosting.console();
  return report;
}

}  // namespace mote
