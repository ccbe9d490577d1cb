// SPDX-License-Identifier: Apache-2.0
// What a user may name after --board: a board of the catalogue, a board file of one's own, or a
// bare virtual machine, which has a core but no clock, limits or power.
#ifndef MOTE_BOARDS_TARGET_H_
#define MOTE_BOARDS_TARGET_H_

#include <optional>
#include <string>

#include "boards/board_file.h"
#include "boards/machine.h"

namespace mote {

struct BoardTarget {
  std::string name;
  const Machine* machine = nullptr;  // never null
  std::optional<Board> board;        // none: a bare machine

  /// Whose timing counts: a board's core may differ from its machine's (M0+ on the M0's machine).
  std::string core() const { return board ? board->core : std::string(machine->name); }
};

/// Errors: no such board or machine, with those that there are; a board that mote can't emulate,
/// with why; the file's.
Result<BoardTarget> find_target(const std::string& name);

/// "nano33ble, …, or a core: cortex-m4, …", for help texts and errors.
std::string target_names();

/// Memory that firmware may fill: the largest stretch of regions without a gap between them.
struct MemoryLimit {
  std::string name;    // "sram1 + sram2"
  uint64_t bytes = 0;  // 0: the board has none
};
MemoryLimit flash_limit(const Board& board);
/// Of SRAM and tightly coupled memory.
MemoryLimit ram_limit(const Board& board);

}  // namespace mote

#endif  // MOTE_BOARDS_TARGET_H_
