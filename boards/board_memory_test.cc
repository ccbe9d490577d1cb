// SPDX-License-Identifier: Apache-2.0
#include "boards/board_memory.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

const Machine& machine() {
  return **find_machine("cortex-m4");
}

Board board_with(std::vector<BoardCache> caches) {
  Board board;
  BoardMemory flash, ram;
  flash.name = "flash";
  flash.kind = "flash";
  ram.name = "ram";
  ram.kind = "sram";
  board.memories = {ram, flash};
  board.caches = std::move(caches);
  return board;
}

TEST(BoardMemory, TheFlashsCacheLiesOverTheMachinesFlash) {
  Board board = board_with({{.instructions = true,
                             .data = true,
                             .memories = {"flash"},
                             .known = true,
                             .bytes = 8192,
                             .line_bytes = 16,
                             .ways = 2,
                             .miss_cycles = 5,
                             .why = {}}});
  auto models = followed_caches(board, machine());
  ASSERT_EQ(models.size(), 1u);
  EXPECT_TRUE(models[0].fetches && models[0].reads);
  EXPECT_EQ(models[0].origin, machine().flash_origin);
  EXPECT_EQ(models[0].bytes, machine().flash_bytes);
  EXPECT_EQ(models[0].line_bytes, 16u);
  EXPECT_EQ(models[0].sets, 256u);
  EXPECT_EQ(models[0].ways, 2u);
  EXPECT_EQ(miss_costs(board).fetch, 5);
  EXPECT_EQ(miss_costs(board).read, 5);
}

TEST(BoardMemory, InstructionsAndDataMayHaveCachesOfTheirOwn) {
  BoardCache instructions{.instructions = true,
                          .data = false,
                          .memories = {"flash"},
                          .known = true,
                          .bytes = 1024,
                          .line_bytes = 32,
                          .ways = 32,
                          .miss_cycles = 7,
                          .why = {}};
  BoardCache data = instructions;
  data.instructions = false;
  data.data = true;
  data.miss_cycles = 9;
  Board board = board_with({instructions, data});
  EXPECT_EQ(followed_caches(board, machine()).size(), 2u);
  EXPECT_TRUE(check_caches(followed_caches(board, machine())).ok());
  EXPECT_EQ(miss_costs(board).fetch, 7);
  EXPECT_EQ(miss_costs(board).read, 9);
}

TEST(BoardMemory, CachesOfRamOrUnknownShapeAreLeftOut) {
  BoardCache of_ram{.instructions = true,
                    .data = true,
                    .memories = {"ram"},
                    .known = true,
                    .bytes = 1024,
                    .line_bytes = 32,
                    .ways = 1,
                    .miss_cycles = 7,
                    .why = {}};
  BoardCache unknown{.instructions = true, .data = true, .memories = {"flash"}, .why = "?"};
  Board board = board_with({of_ram, unknown});
  EXPECT_TRUE(followed_caches(board, machine()).empty());
  EXPECT_EQ(miss_costs(board).fetch, 0);
}

TEST(BoardMemory, EveryShippedBoardWithAMachineCanBeFollowed) {
  auto boards = shipped_boards();
  ASSERT_TRUE(boards.ok()) << boards.error().message;
  for (const Board& board : *boards) {
    if (board.machine.empty()) continue;
    auto models = followed_caches(board, **find_machine(board.machine));
    EXPECT_TRUE(check_caches(models).ok()) << board.name;
  }
}

}  // namespace
}  // namespace mote
