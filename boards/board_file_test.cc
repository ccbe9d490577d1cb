// SPDX-License-Identifier: Apache-2.0
#include "boards/board_file.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

const char* const kGood = R"(name = "mine"
title = "Mine"
vendor = "Me"
core = "cortex-m4"
clock_mhz = 50
fpu = "single"
dsp = true
mve = false
radio = []
sensors = ["microphone"]
machine = "cortex-m4"
[[memory]]
name = "flash"
kind = "flash"
origin = 0x0
bytes = 1024
tier = 1
[[memory]]
name = "ram"
kind = "sram"
origin = 0x400
bytes = 512
wait_states = 0
tier = 0
[[cache]]
serves = "both"
memory = ["flash"]
bytes = 1024
line_bytes = 32
ways = 2
miss_cycles = 6
source = "manual"
[power.supply]
volts = 2.0
source = "a"
[power.active]
microamps_per_mhz = 100
source = "b"
[power.sleep]
unknown = "c"
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(BoardFile, FiguresAreConvertedAndUnknownOnesSayWhy) {
  Result<Board> board = read_board(kGood, "mine.toml");
  ASSERT_TRUE(board.ok()) << board.error().message;
  EXPECT_EQ(*board->active_mw.value, 10);  // 100 µA/MHz, 50 MHz, 2 V
  EXPECT_EQ(board->active_mw.why, "b");
  EXPECT_FALSE(board->sleep_uw.value);
  EXPECT_EQ(board->sleep_uw.why, "c");
  EXPECT_EQ(board->bytes("sram"), 512u);
  EXPECT_FALSE(board->memories[0].wait_states);
  ASSERT_EQ(board->caches.size(), 1u);
  EXPECT_TRUE(board->caches[0].instructions && board->caches[0].data && board->caches[0].known);
  EXPECT_TRUE(board->caches[0].serves("flash"));
  EXPECT_FALSE(board->caches[0].serves("ram"));
  EXPECT_EQ(board->caches[0].ways, 2u);
  EXPECT_EQ(board->caches[0].miss_cycles, 6);
}

TEST(BoardFile, FaultsAreLocated) {
  struct Fault {
    const char *from, *to, *error;
  };
  const Fault kFaults[] = {
      {"clock_mhz", "clok_mhz", "b.toml:5:1: clok_mhz: no such key; there are: name, "},
      {"clock_mhz = 50\n", "", "b.toml:1:1: clock_mhz: is missing; must be a number from 0.01"},
      {"clock_mhz = 50", "clock_mhz = \"50\"", "b.toml:5:13: clock_mhz: must be a number"},
      {"clock_mhz = 50", "clock_mhz = 0", "b.toml:5:13: clock_mhz: must be a number from 0.01"},
      {"clock_mhz = 50", "clock_mhz = nan", "clock_mhz: must be a number from 0.01"},
      {"clock_mhz = 50", "clock_mhz =", "b.toml:5:"},
      {"\"mine\"", "\"Mine!\"", "b.toml:1:8: name: must be lower-case letters, digits and hyphens"},
      {"\"Mine\"", "\"\"", "b.toml:2:9: title: must be text in quotes, not empty"},
      {"\"single\"", "\"half\"", "fpu: \"half\" must be one of: none, single, double"},
      {"dsp = true", "dsp = 1", "b.toml:7:7: dsp: must be true or false"},
      {"radio = []", "radio = \"BLE\"", "radio: must be a list of texts, [] for none"},
      {"[\"microphone\"]", "[1]", "sensors: holds texts only"},
      {"machine = \"cortex-m4\"", "machine = \"z80\"", "b.toml:11:11: machine: z80: no such"},
      {"machine = \"cortex-m4\"\n", "", "machine: is missing; name one or say why there is none"},
      {"machine = \"cortex-m4\"", "machine = \"cortex-m4\"\nwhy = \"x\"", "b.toml:12:7: why: "},
      {"tier = 1", "tier = 10", "memory[0].tier: must be a whole number from 0 to 9"},
      {"tier = 1", "tiers = 1", "b.toml:17:1: memory[0].tiers: no such key"},
      {"bytes = 1024", "bytes = 0", "memory[0].bytes: must be a whole number from 1"},
      {"bytes = 1024", "bytes = -1", "memory[0].bytes: must be a whole number from 1"},
      {"bytes = 1024", "bytes = 1.5", "memory[0].bytes: must be a whole number from 1"},
      {"origin = 0x400", "origin = 0x3ff", "memory[1].origin: \"ram\" overlaps \"flash\""},
      {"origin = 0x400", "origin = 0xffffffff", "leave the 32-bit address space"},
      {"name = \"ram\"", "name = \"flash\"", "memory[1].name: \"flash\" is another's"},
      {"kind = \"sram\"", "kind = \"dram\"",
       "kind: \"dram\" must be one of: flash, sram, tcm, psram"},
      {"serves = \"both\"", "serves = \"all\"", "cache[0].serves: \"all\" must be one of"},
      {"memory = [\"flash\"]", "memory = [\"rom\"]",
       "cache[0].memory: \"rom\" is no [[memory]]'s name"},
      {"memory = [\"flash\"]", "memory = []", "cache[0].memory: must name a memory or more"},
      {"memory = [\"flash\"]", "memory = [\"flash\"]\nunknown = \"x\"",
       "cache[0].bytes: excludes unknown"},
      {"line_bytes = 32", "line_bytes = 48", "cache[0].line_bytes: must be a power of two"},
      {"ways = 2", "ways = 3", "cache[0].bytes: 1024 must be line_bytes * ways = 96 times a power"},
      {"miss_cycles = 6\n", "", "cache[0].miss_cycles: is missing"},
      {"source = \"manual\"\n", "", "cache[0].source: is missing"},
      {"source = \"manual\"\n",
       "source = \"m\"\n[[cache]]\nserves = \"data\"\nmemory = [\"flash\"]\nunknown = \"x\"\n",
       "cache[1].memory: \"flash\" has another cache for the same accesses"},
      {"wait_states = 0", "wait_states = 101", "memory[1].wait_states: must be a whole number"},
      {"[power.sleep]\nunknown = \"c\"\n", "", "power.sleep: is missing; must be a table"},
      {"source = \"b\"\n", "", "power.active.source: is missing"},
      {"volts = 2.0\nsource = \"a\"", "unknown = \"x\"",
       "microamps_per_mhz: needs power.supply.volts"},
      {"unknown = \"c\"", "unknown = \"c\"\nsource = \"d\"",
       "power.sleep.source: excludes unknown"},
      {"unknown = \"c\"", "source = \"d\"",
       "must be exactly one of: microwatts, microamps, unknown"},
      {"source = \"b\"", "source = \"b\"\nmilliwatts = 1", "must be exactly one of: milliwatts"},
  };
  for (const Fault& fault : kFaults) {
    Result<Board> board = read_board(replaced(kGood, fault.from, fault.to), "b.toml");
    ASSERT_FALSE(board.ok()) << fault.to;
    EXPECT_NE(board.error().message.find(fault.error), std::string::npos) << board.error().message;
    EXPECT_EQ(board.error().message.rfind("b.toml:", 0), 0u) << board.error().message;
  }
}

TEST(BoardFile, ShippedBoardsAreCompleteAndSourced) {
  Result<std::vector<Board>> boards = shipped_boards();
  ASSERT_TRUE(boards.ok()) << boards.error().message;
  EXPECT_GE(boards->size(), 12u);
  for (const Board& board : *boards) {
    SCOPED_TRACE(board.name);
    EXPECT_TRUE(board_catalog().count("boards/catalog/" + board.name + ".toml"));
    EXPECT_GT(board.bytes("flash"), 0u);
    EXPECT_GT(board.bytes("sram"), 0u);
    for (const BoardFigure* figure : {&board.supply_v, &board.active_mw, &board.sleep_uw}) {
      EXPECT_FALSE(figure->why.empty());
    }
  }
}

TEST(BoardFile, UnknownBoardsAreRefusedWithThoseThatThereAre) {
  EXPECT_TRUE(find_board("pico").ok());
  Result<Board> board = find_board("z80");
  ASSERT_FALSE(board.ok());
  EXPECT_NE(board.error().message.find("z80: no such board; there are: corstone-300, "),
            std::string::npos);
  EXPECT_FALSE(find_board("nowhere/z80.toml").ok());
}

}  // namespace
}  // namespace mote
