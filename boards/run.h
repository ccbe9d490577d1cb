// SPDX-License-Identifier: Apache-2.0
// Runs firmware on a virtual machine, by QEMU (qemu.h) or by the RV32IMC simulator (rv32/), as the
// machine's row says. Instruction counts are exact and repeat exactly.
#ifndef MOTE_BOARDS_RUN_H_
#define MOTE_BOARDS_RUN_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "boards/counts.h"
#include "boards/machine.h"

namespace mote {

struct RunOptions {
  std::vector<std::string> arguments;  // of the firmware; up to 31, none empty, no spaces
  std::filesystem::path folder = ".";  // where the firmware's file names start
  uint64_t max_instructions = 0;       // 0: none
  double max_seconds = 600;            // of our time
};

struct RunReport : ExecutionCounts {
  int exit_code = 0;                     // 0 to 255
  std::string console;                   // what the firmware printed
  std::vector<FunctionCount> functions;  // most instructions first
  uint32_t stack_peak_bytes = 0;         // 0 if the firmware didn't report it
};

/// An ELF file and what is known of it.
struct LoadedElf {
  std::filesystem::path path;
  Bytes file;
  Elf elf;

  /// For messages.
  std::string name() const { return path.filename().string(); }
};

/// Runs the firmware to its exit. Errors: the emulator isn't there or can't count; the folder or
/// the firmware isn't there, or the firmware doesn't fit the machine; a fault (with the function it
/// happened in); the stack overflowed; a limit was passed. A firmware that ends with an exit code
/// of its own choosing is not an Error.
Result<RunReport> run_firmware(const Machine& machine, const std::filesystem::path& elf,
                               const RunOptions& options);

}  // namespace mote

#endif  // MOTE_BOARDS_RUN_H_
