// SPDX-License-Identifier: Apache-2.0
// Runs firmware on a virtual machine: QEMU as a subprocess, with mote's plugin counting.
// Instruction counts are exact and repeat exactly.
#ifndef MOTE_BOARDS_QEMU_H_
#define MOTE_BOARDS_QEMU_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "boards/elf.h"
#include "boards/machine.h"
#include "boards/plugin/dump_format.h"

namespace mote {

struct RunOptions {
  std::vector<std::string> arguments;  // of the firmware; no commas and no spaces
  std::filesystem::path folder = ".";  // where the firmware's file names start
  uint64_t max_instructions = 0;       // 0: none
  double max_seconds = 600;            // of our time
};

/// A straight piece of code (address, bytes, instructions, executions), and how often one block ran
/// right after another (from, to: indices into RunReport::blocks; count).
using Block = mote_dump_block;
using BlockEdge = mote_dump_edge;

struct FunctionCount {
  std::string name;
  uint64_t instructions = 0;
};

struct RunReport {
  int exit_code = 0;
  std::string console;  // what the firmware printed
  uint64_t instructions = 0;
  std::vector<Block> blocks;
  std::vector<BlockEdge> edges;
  std::vector<FunctionCount>
      functions;                  // most instructions first; inlined code counts for its host
  uint32_t stack_peak_bytes = 0;  // 0 if the firmware didn't report it
};

/// Runs the firmware to its exit. Errors: QEMU or the plugin is missing or QEMU wants another
/// plugin interface; a fault (with the function it happened in); a limit was passed. A firmware
/// that ends with an exit code of its own choosing is not an Error.
Result<RunReport> run_firmware(const Machine& machine, const std::filesystem::path& elf,
                               const RunOptions& options);

/// Where the plugin is: $MOTE_QEMU_PLUGIN, or lib/ or ../lib/mote/ beside the running program.
Result<std::filesystem::path> find_plugin();

/// Reads the plugin's dump (boards/plugin/dump_format.h) into the report's instructions, blocks and
/// edges; returns whether the instruction limit ended the run. Errors: damaged.
Result<bool> read_counts(const Bytes& dump, RunReport* report);

}  // namespace mote

#endif  // MOTE_BOARDS_QEMU_H_
