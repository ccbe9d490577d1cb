// SPDX-License-Identifier: Apache-2.0
// From a board to what a run on its machine follows: the caches in front of the board's flash, laid
// over the machine's flash, where the firmware lies. Caches in front of RAM are left out: they
// matter only to boards without enough RAM that answers at once, and arenas go there first. What
// the caches of a board with unknown shapes miss isn't followed either and costs nothing.
#ifndef MOTE_BOARDS_BOARD_MEMORY_H_
#define MOTE_BOARDS_BOARD_MEMORY_H_

#include <vector>

#include "boards/board_file.h"
#include "boards/run.h"
#include "boards/timing/timing.h"

namespace mote {

/// For RunOptions::caches. The board's first memory of kind "flash" stands for its flash.
std::vector<CacheModel> followed_caches(const Board& board, const Machine& machine);

/// What a miss of these caches costs on the board.
MissCosts miss_costs(const Board& board);

}  // namespace mote

#endif  // MOTE_BOARDS_BOARD_MEMORY_H_
