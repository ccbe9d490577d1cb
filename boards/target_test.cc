// SPDX-License-Identifier: Apache-2.0
#include "boards/target.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Target, IsABoardOrABareCore) {
  auto board = find_target("nano33ble");
  ASSERT_TRUE(board.ok()) << board.error().message;
  EXPECT_EQ(board->machine->name, "cortex-m4");
  EXPECT_EQ(board->core(), "cortex-m4");
  auto core = find_target("cortex-m4");
  ASSERT_TRUE(core.ok());
  EXPECT_FALSE(core->board);
}

TEST(Target, OfThePicoIsTimedAsM0Plus) {
  auto pico = find_target("pico");
  ASSERT_TRUE(pico.ok());
  EXPECT_EQ(pico->machine->name, "cortex-m0");
  EXPECT_EQ(pico->core(), "cortex-m0plus");
}

TEST(Target, UnknownNamesGetAListOfWhatThereIs) {
  auto unknown = find_target("nano34");
  ASSERT_FALSE(unknown.ok());
  for (const char* part : {"nano34", "no such board", "nano33ble", "rv32imc"}) {
    EXPECT_NE(unknown.error().message.find(part), std::string::npos) << part;
  }
}

TEST(Target, ABoardWithoutAModelSaysWhyAndWhatIsLeft) {
  auto eye = find_target("esp-eye");
  ASSERT_FALSE(eye.ok());
  EXPECT_NE(eye.error().message.find("--emit cpp"), std::string::npos);
}

TEST(Target, RegionsWithoutAGapCountAsOne) {
  Board board;
  board.memories = {{"b", "sram", 0x2000, 0x1000, 0, 0},
                    {"a", "tcm", 0x1000, 0x1000, 0, 0},
                    {"far", "sram", 0x9000, 0x1800, 0, 0},
                    {"f", "flash", 0x3000, 0x9000, 0, 0}};
  EXPECT_EQ(ram_limit(board).bytes, 0x2000u);
  EXPECT_EQ(ram_limit(board).name, "a + b");
  EXPECT_EQ(flash_limit(board).bytes, 0x9000u);
}

}  // namespace
}  // namespace mote
