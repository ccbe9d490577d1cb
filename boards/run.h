// SPDX-License-Identifier: Apache-2.0
// Runs firmware on a virtual machine, by QEMU (qemu.h) or by the RV32IMC simulator (rv32/), as the
// machine's row says. Instruction counts are exact and repeat exactly.
#ifndef MOTE_BOARDS_RUN_H_
#define MOTE_BOARDS_RUN_H_

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "boards/counts.h"
#include "boards/machine.h"

namespace mote {

/// A cache, or a line buffer (one line), between the core and a range of addresses, which the run
/// follows to count misses (boards/plugin/cache.h). Least recently used line out; writes go past
/// it. Prefetching isn't followed: what it hides is for the miss's cost to say.
struct CacheModel {
  bool fetches = false, reads = false;  // what goes through it
  uint32_t origin = 0, bytes = 0;       // the addresses behind it
  uint32_t line_bytes = 32;             // a power of two, at least 4
  uint32_t sets = 1, ways = 1;          // lines = sets * ways; sets is a power of two
};

/// Errors: up to 8 caches can be followed, of 64 Ki lines at most, and of two for the same accesses
/// and addresses only one.
Result<void> check_caches(const std::vector<CacheModel>& caches);

struct RunOptions {
  std::vector<std::string> arguments;  // of the firmware; up to 31, none empty, no spaces
  std::filesystem::path folder = ".";  // where the firmware's file names start
  uint64_t max_instructions = 0;       // 0: none
  double max_seconds = 600;            // of our time; 0: no limit
  /// Addresses of functions (without the Thumb bit), up to 4096: each call begins a Segment of the
  /// counts. So does each jump of a function back to its own first instruction.
  std::vector<uint32_t> marks;
  /// At most one for fetches and one for reads of any address (check_caches()). Following reads
  /// makes a run several times slower.
  std::vector<CacheModel> caches;
  /// Called at the end of each segment, with the blocks so far; the firmware waits meanwhile.
  /// They are not kept: the report is without sums then.
  SegmentListener on_segment = {};
  /// Ends the run when it becomes true, as if the firmware had exited; the report is empty then.
  const std::atomic<bool>* stop = nullptr;
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
