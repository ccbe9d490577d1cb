// SPDX-License-Identifier: Apache-2.0
#include "boards/link_map.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

constexpr const char* kMap =
    "Archive member included\n"
    " .text          0x00000001       0x10 no.o\n"
    "Linker script and memory map\n"
    "\n"
    ".text           0x00000000      0x190\n"
    " *(.vectors)\n"
    " .vectors       0x00000000      0x100 /c/a.o\n"
    " .text.a_name_that_is_longer_than_its_column\n"
    "                0x00000100       0x8c /c/b.o\n"
    "                0x00000100                a_symbol\n"
    " *fill*         0x0000018c        0x4 \n"
    " .text          0x00000190        0x0 /c/a.o\n"
    "\n"
    ".bss            0x20000000       0x20\n"
    " COMMON         0x20000000       0x20 /c/a.o\n"
    "\n"
    ".debug_info     0x00000000     0x1111\n"
    " .debug_info    0x00000000     0x1111 /c/a.o\n";

TEST(LinkMap, GivesPiecesWithTheirObjects) {
  auto pieces = read_link_map(kMap);
  ASSERT_TRUE(pieces.ok());
  ASSERT_EQ(pieces->size(), 4u);
  EXPECT_EQ((*pieces)[0].section, ".text");
  EXPECT_EQ((*pieces)[0].input, ".vectors");
  EXPECT_EQ((*pieces)[0].bytes, 0x100u);
  EXPECT_EQ((*pieces)[0].source, "/c/a.o");
  EXPECT_EQ((*pieces)[1].address, 0x100u);
  EXPECT_EQ((*pieces)[1].bytes, 0x8cu);
  EXPECT_EQ((*pieces)[1].source, "/c/b.o");
  EXPECT_EQ((*pieces)[2].input, "*fill*");
  EXPECT_EQ((*pieces)[2].source, "");
  EXPECT_EQ((*pieces)[3].section, ".bss");
}

TEST(LinkMap, RefusesWhatIsNoMap) {
  auto pieces = read_link_map("nothing\n");
  ASSERT_FALSE(pieces.ok());
  EXPECT_NE(pieces.error().message.find("map"), std::string::npos);
}

}  // namespace
}  // namespace mote
