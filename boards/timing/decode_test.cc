// SPDX-License-Identifier: Apache-2.0
#include "boards/timing/decode.h"

#include <gtest/gtest.h>

#include "boards/timing/timing_test_support.h"

namespace mote::timing {
namespace {

using enum Class;

Registers r(int number) {
  return Registers{1} << number;
}
Registers q(int number) {
  return Registers{15} << (kFirstFp + 4 * number);
}

Instruction one(std::initializer_list<uint16_t> halves) {
  Code code = thumb(halves);
  return code.size() == 1 ? code[0] : Instruction{};
}

TEST(Decode, AddressesShiftedOperandsAndAddendsAreToldApart) {
  Instruction load = one({0x5c8b});  // ldrb r3, [r1, r2]
  EXPECT_EQ(load.kind, kLoadNarrow);
  EXPECT_EQ(load.writes, r(3));
  EXPECT_EQ(load.address_reads, r(1) | r(2));
  Instruction store = one({0xf841, 0x0b04});  // str r0, [r1], #4
  EXPECT_EQ(store.reads, r(0) | r(1));
  EXPECT_EQ(store.address_reads, r(1));
  EXPECT_EQ(store.writes, r(1));
  Instruction shifted = one({0xeb01, 0x00c2});  // add.w r0, r1, r2, lsl #3
  EXPECT_EQ(shifted.kind, kAluShifted);
  EXPECT_EQ(shifted.shifted_reads, r(2));
  Instruction add = one({0xfb21, 0x3002});  // smlad r0, r1, r2, r3
  EXPECT_EQ(add.kind, kMultiplyAdd);
  EXPECT_EQ(add.addend_reads, r(3));
}

TEST(Decode, AShiftByNothingIsNone) {
  EXPECT_EQ(one({0xeb01, 0x0002}).kind, kAlu);  // add.w r0, r1, r2
  EXPECT_EQ(one({0xeb01, 0x0002}).shifted_reads, 0u);
  EXPECT_EQ(one({0xea4f, 0x0001}).kind, kAlu);    // mov.w r0, r1
  EXPECT_EQ(one({0xea4f, 0x00c1}).kind, kShift);  // mov.w r0, r1, lsl #3
}

TEST(Decode, TransfersOfSeveralRegistersAreCounted) {
  EXPECT_EQ(one({0xb5f0}).registers, 5);          // push {r4-r7, lr}
  EXPECT_EQ(one({0xe8b0, 0x001e}).registers, 4);  // ldmia.w r0!, {r1-r4}
  EXPECT_EQ(one({0xed2d, 0x8b04}).registers, 4);  // vpush {d8, d9}
  EXPECT_TRUE(writes_pc(one({0xbdf0})));          // pop {r4-r7, pc}
}

TEST(Decode, WhatAnItBlockCoversDependsOnTheFlags) {
  Code code = thumb({0xbf08, 0x3001, 0x3001});  // it eq; addeq r0, #1; adds r0, #1
  ASSERT_EQ(code.size(), 3u);
  EXPECT_EQ(code[1].reads, r(0) | kFlags);
  EXPECT_EQ(code[1].writes, r(0));
  EXPECT_EQ(code[2].writes, r(0) | kFlags);
}

TEST(Decode, VectorsAndLoopsOfArmv81AreKnown) {
  Instruction load = one({0xecb2, 0x3e10});  // vldrb.8 q1, [r2], #16
  EXPECT_EQ(load.kind, kVectorLoad);
  EXPECT_EQ(load.writes, q(1) | r(2));
  Instruction mac = one({0xeef2, 0x2f24});  // vmladava.s8 r2, q1, q2
  EXPECT_EQ(mac.kind, kVectorMultiply);
  EXPECT_EQ(mac.reads, q(1) | q(2) | r(2));
  EXPECT_EQ(one({0xf042, 0xe001}).kind, kLoopStart);        // dls lr, r2
  EXPECT_EQ(one({0xf00f, 0xc005}).kind, kLoopEnd);          // le lr, .-8
  EXPECT_EQ(one({0xf022, 0xe801}).kind, kVectorPredicate);  // vctp.32 r2
  EXPECT_EQ(one({0xea53, 0x8204}).kind, kAlu);              // csel r2, r3, r4, eq
  EXPECT_EQ(one({0xea52, 0x0fcf}).kind, kShift);            // uqshl r2, #3
}

TEST(Decode, DoublePrecisionHasClassesOfItsOwn) {
  EXPECT_EQ(one({0xee30, 0x0a81}).kind, kFpAlu);    // vadd.f32 s0, s1, s2
  EXPECT_EQ(one({0xee31, 0x0b02}).kind, kFpAlu64);  // vadd.f64 d0, d1, d2
}

TEST(Decode, WhatIsNoInstructionIsUnknownAndAHalfOneIsLeftOut) {
  EXPECT_EQ(one({0xe800, 0x0000}).kind, kUnknown);
  EXPECT_EQ(thumb({0x3001, 0xf042}).size(), 1u);
}

TEST(Decode, RiscvSaysItsClassAndRegisters) {
  Code code = rv32({0x9583, 0x0045, 0x85b3, 0x02c5});  // lh a1, 4(a1); mul a1, a1, a2
  ASSERT_EQ(code.size(), 2u);
  EXPECT_EQ(code[0].kind, kLoadNarrow);
  EXPECT_EQ(code[0].address_reads, r(11));
  EXPECT_EQ(code[1].kind, kMultiply);
  EXPECT_EQ(code[1].reads, r(11) | r(12));
  EXPECT_EQ(rv32({0x8082})[0].kind, kIndirectBranch);  // ret
}

}  // namespace
}  // namespace mote::timing
