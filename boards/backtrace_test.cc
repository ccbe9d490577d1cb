// SPDX-License-Identifier: Apache-2.0
// Chains of calls on code laid out by hand; real firmware is in run_test.cc.
#include "boards/backtrace.h"

#include <gtest/gtest.h>

#include <map>

namespace mote {
namespace {

/// Functions of 0x20 bytes: inner at 0x100, middle at 0x120, outer at 0x140, other at 0x160, and
/// these halfwords by address.
LoadedElf firmware_with(const std::map<uint32_t, uint16_t>& halfwords) {
  LoadedElf firmware;
  firmware.path = "test.elf";
  firmware.file = Bytes(0x200, 0);
  for (const auto& [address, value] : halfwords) {
    firmware.file[address] = static_cast<uint8_t>(value);
    firmware.file[address + 1] = static_cast<uint8_t>(value >> 8);
  }
  firmware.elf.segments = {{.address = 0, .bytes = 0x200, .offset = 0}};
  firmware.elf.functions = {{0x100, 0x20, "inner"},
                            {0x120, 0x20, "middle"},
                            {0x140, 0x20, "outer"},
                            {0x160, 0x20, "other"}};
  return firmware;
}

using Chain = std::vector<uint32_t>;

TEST(Backtrace, DirectAndIndirectThumbCallsAreFollowed) {
  // middle: bl inner (-0x28 from the pc 0x128); outer: blx r3.
  auto firmware = firmware_with({{0x124, 0xf7ff}, {0x126, 0xffec}, {0x148, 0x4798}});
  EXPECT_EQ(call_chain({.pc = 0x104, .lr = 0x129, .stack = {0x14b}}, firmware),
            (Chain{0x124, 0x148}));
}

TEST(Backtrace, WordsThatFollowNoCallAreNoReturnAddresses) {
  auto firmware = firmware_with({{0x124, 0xf7ff}, {0x126, 0xffec}});
  EXPECT_EQ(call_chain({.pc = 0x104, .lr = 0x129, .stack = {0x141, 0x128, 3, 0x1fff}}, firmware),
            (Chain{0x124}));
}

TEST(Backtrace, AnOldReturnAddressIsPassedOver) {
  // other called something once by blx; middle called inner.
  auto firmware = firmware_with({{0x124, 0xf7ff}, {0x126, 0xffec}, {0x164, 0x4798}});
  EXPECT_EQ(call_chain({.pc = 0x104, .lr = 0x105, .stack = {0x167, 0x129}}, firmware),
            (Chain{0x124}));
}

TEST(Backtrace, RiscVCallsAreFollowed) {
  // middle: jal ra, inner (-0x24); outer: c.jalr a5.
  auto firmware = firmware_with({{0x124, 0xf0ef}, {0x126, 0xfddf}, {0x148, 0x9782}});
  EXPECT_EQ(call_chain({.pc = 0x104, .lr = 0x128, .mcause = 5, .stack = {0x14a}}, firmware),
            (Chain{0x124, 0x148}));
}

TEST(Backtrace, WithoutWordsThereIsNoChain) {
  EXPECT_TRUE(call_chain({}, firmware_with({})).empty());
}

}  // namespace
}  // namespace mote
