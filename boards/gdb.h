// SPDX-License-Identifier: Apache-2.0
// A virtual board that waits for a debugger before its first instruction.
#ifndef MOTE_BOARDS_GDB_H_
#define MOTE_BOARDS_GDB_H_

#include <filesystem>
#include <string>
#include <vector>

#include "boards/machine.h"

namespace mote {

/// Two commands, program first.
struct GdbSession {
  std::vector<std::string> board;     // the emulator, listening on the port of this host
  std::vector<std::string> debugger;  // connects to it and stops at the firmware's main program
};

/// Errors: the firmware isn't there or is no ELF file; the emulator or a debugger that knows the
/// core isn't installed; mote's own RISC-V simulator, which has no door for debuggers.
Result<GdbSession> gdb_session(const Machine& machine, const std::filesystem::path& elf, int port,
                               const std::vector<std::string>& arguments);

/// Runs both on this terminal until the debugger ends. Errors: one can't be started.
Result<void> open_gdb(const GdbSession& session);

/// A command as one types it into a shell.
std::string shell_text(const std::vector<std::string>& command);

}  // namespace mote

#endif  // MOTE_BOARDS_GDB_H_
