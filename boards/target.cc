// SPDX-License-Identifier: Apache-2.0
#include "boards/target.h"

#include <algorithm>

namespace mote {
namespace {

bool is_ram(const BoardMemory& memory) {
  return memory.kind == "sram" || memory.kind == "tcm";
}
bool is_flash(const BoardMemory& memory) {
  return memory.kind == "flash";
}

/// A region joins the stretch before it if it starts where that ends.
MemoryLimit largest_stretch(const Board& board, bool (*wanted)(const BoardMemory&)) {
  std::vector<BoardMemory> regions;
  std::copy_if(board.memories.begin(), board.memories.end(), std::back_inserter(regions), wanted);
  std::stable_sort(regions.begin(), regions.end(), [](const BoardMemory& a, const BoardMemory& b) {
    return a.origin.value_or(UINT64_MAX) < b.origin.value_or(UINT64_MAX);
  });
  MemoryLimit largest, current;
  std::optional<uint64_t> end;
  for (const BoardMemory& region : regions) {
    bool joins = region.origin && end == region.origin;
    current = joins ? MemoryLimit{current.name + " + " + region.name, current.bytes + region.bytes}
                    : MemoryLimit{region.name, region.bytes};
    end = region.origin ? std::optional(*region.origin + region.bytes) : std::nullopt;
    if (current.bytes > largest.bytes) largest = current;
  }
  return largest;
}

Error not_emulated(const Board& board) {
  return fail("{}: mote can't run it: {}; `mote build --emit cpp` makes portable C++ for it",
              board.name, board.why);
}

}  // namespace

std::string target_names() {
  std::string names;
  auto boards = shipped_boards();
  if (boards.ok()) {
    for (const Board& board : *boards) {
      if (!board.machine.empty()) names += (names.empty() ? "" : ", ") + board.name;
    }
  }
  names += "; a .toml file; or a bare core: ";
  bool first = true;
  for (const Machine& machine : machines()) {
    names += (first ? "" : ", ") + std::string(machine.name);
    first = false;
  }
  return names;
}

Result<BoardTarget> find_target(const std::string& name) {
  if (auto machine = find_machine(name); machine.ok()) return BoardTarget{name, *machine, {}};
  Result<Board> board = find_board(name);
  if (!board.ok()) {
    if (name.ends_with(".toml")) return board.error();
    return fail("{}: no such board; there are {}", name, target_names());
  }
  if (board->machine.empty()) return not_emulated(*board);
  MOTE_TRY(const Machine* machine, find_machine(board->machine));
  return BoardTarget{board->name, machine, *std::move(board)};
}

MemoryLimit flash_limit(const Board& board) {
  return largest_stretch(board, is_flash);
}
MemoryLimit ram_limit(const Board& board) {
  return largest_stretch(board, is_ram);
}

}  // namespace mote
