// SPDX-License-Identifier: Apache-2.0
// Which kernels a plan gets for what --board or --target names.
#ifndef MOTE_CLI_BOARD_TARGET_H_
#define MOTE_CLI_BOARD_TARGET_H_

#include "boards/target.h"
#include "ir/target.h"

namespace mote {

/// The target of a board or core; of the reference kernels where none is named. Errors: no such
/// board, or one that mote can't emulate.
inline Result<Target> target_of_board(const std::string& board) {
  if (board.empty()) return Target();
  MOTE_TRY(BoardTarget found, find_target(board));
  return target_of_core(found.core());
}

}  // namespace mote

#endif  // MOTE_CLI_BOARD_TARGET_H_
