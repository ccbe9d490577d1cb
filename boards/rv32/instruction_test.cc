// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/instruction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "boards/rv32/encode.h"

namespace mote::rv32 {
namespace {

TEST(Instructions, NoTwoRowsOverlap) {
  for (const InstructionRow& a : instruction_rows()) {
    EXPECT_EQ(a.match & ~a.mask, 0u) << a.mnemonic;
    for (const InstructionRow& b : instruction_rows()) {
      bool overlap = &a != &b && ((a.match ^ b.match) & a.mask & b.mask) == 0;
      EXPECT_FALSE(overlap) << a.mnemonic << " and " << b.mnemonic;
    }
  }
}

TEST(Instructions, EveryRowDecodesToItself) {
  for (size_t i = 0; i < instruction_rows().size(); ++i) {
    const InstructionRow& row = instruction_rows()[i];
    EXPECT_EQ(decode(row.match, 0).op, static_cast<Op>(i)) << row.mnemonic;
    EXPECT_EQ(decode(row.match | ~row.mask, 0).op, static_cast<Op>(i)) << row.mnemonic;
  }
}

// Words and operands as riscv64-unknown-elf-objdump shows them.
TEST(Instructions, ImmediatesComeOutAsTheAssemblerPutThemIn) {
  EXPECT_EQ(decode(0x80000513, 0).imm, 0xfffff800u);  // li a0, -2048
  EXPECT_EQ(decode(0x41f55513, 0).imm, 31u);          // srai a0, a0, 31
  EXPECT_EQ(decode(0xfeb52fa3, 0).imm, 0xffffffffu);  // sw a1, -1(a0)
  EXPECT_EQ(decode(0x7eb52fa3, 0).imm, 2047u);        // sw a1, 2047(a0)
  EXPECT_EQ(decode(0xf00780e3, 0).imm, 0xffffff00u);  // beqz a5, .-256
  EXPECT_EQ(decode(0x0e040f63, 0).imm, 254u);         // beqz s0, .+254
  EXPECT_EQ(decode(0xfffe0fb7, 0).imm, 0xfffe0000u);  // lui t6, 0xfffe0
  EXPECT_EQ(decode(0x801ff0ef, 0).imm, 0xfffff800u);  // jal .-2048
  EXPECT_EQ(decode(0x5540006f, 0).imm, 1364u);        // j .+1364
  EXPECT_EQ(decode(0xb0202573, 0).imm, 0xb02u);       // csrr a0, minstret
}

TEST(Instructions, WritingX0GoesNowhere) {
  EXPECT_EQ(decode(0x00100013, 0).rd, kNowhere);  // li zero, 1
  EXPECT_EQ(decode(0x00100093, 0).rd, 1);         // li ra, 1
}

TEST(Instructions, WhatIsNoInstructionIsIllegal) {
  for (uint32_t word : {0x00000000u, 0xffffffffu, 0x0000707fu, 0x00003003u, 0x02001013u,
                        0x00200073u, 0x00002063u, 0x04000033u}) {
    EXPECT_EQ(decode(word, 8).op, Op::illegal) << std::hex << word;
  }
  EXPECT_EQ(decode(0xffffffff, 8).imm, 0xffffffffu);
  EXPECT_EQ(decode(0x12340000, 8).imm, 0u) << "a compressed one's upper half is the next";
}

struct Compressed {
  uint16_t half;
  uint32_t word;  // what the assembler gives for the long form
  const char* text;
};

constexpr Compressed kCompressed[] = {
    {0x0048, 0x00410513, "c.addi4spn a0, sp, 4"},
    {0x1fe0, 0x3fc10413, "c.addi4spn s0, sp, 1020"},
    {0x153c, 0x2a810793, "c.addi4spn a5, sp, 680"},
    {0x4290, 0x0006a603, "c.lw a2, 0(a3)"},
    {0x5ce0, 0x07c4a403, "c.lw s0, 124(s1)"},
    {0x4b7c, 0x05472783, "c.lw a5, 84(a4)"},
    {0xc2b0, 0x04c6a023, "c.sw a2, 64(a3)"},
    {0xdfe4, 0x0697ae23, "c.sw s1, 124(a5)"},
    {0x0001, 0x00000013, "c.nop"},
    {0x1f81, 0xfe0f8f93, "c.addi t6, -32"},
    {0x057d, 0x01f50513, "c.addi a0, 31"},
    {0x2ffd, 0x7fe000ef, "c.jal .+2046"},
    {0x3001, 0x801ff0ef, "c.jal .-2048"},
    {0x246d, 0x2aa000ef, "c.jal .+682"},
    {0x52fd, 0xfff00293, "c.li t0, -1"},
    {0x4dd5, 0x01500d93, "c.li s11, 21"},
    {0x7101, 0xe0010113, "c.addi16sp sp, -512"},
    {0x617d, 0x1f010113, "c.addi16sp sp, 496"},
    {0x6171, 0x15010113, "c.addi16sp sp, 336"},
    {0x6505, 0x00001537, "c.lui a0, 1"},
    {0x7f81, 0xfffe0fb7, "c.lui t6, 0xfffe0"},
    {0x807d, 0x01f45413, "c.srli s0, 31"},
    {0x8785, 0x4017d793, "c.srai a5, 1"},
    {0x9981, 0xfe05f593, "c.andi a1, -32"},
    {0x89a9, 0x00a5f593, "c.andi a1, 10"},
    {0x8c1d, 0x40f40433, "c.sub s0, a5"},
    {0x8fa1, 0x0087c7b3, "c.xor a5, s0"},
    {0x8e55, 0x00d66633, "c.or a2, a3"},
    {0x8f65, 0x00977733, "c.and a4, s1"},
    {0xbffd, 0xfffff06f, "c.j .-2"},
    {0xab91, 0x5540006f, "c.j .+1364"},
    {0xcc7d, 0x0e040f63, "c.beqz s0, .+254"},
    {0xd381, 0xf00780e3, "c.beqz a5, .-256"},
    {0xe54d, 0x0a051563, "c.bnez a0, .+170"},
    {0xf54d, 0xfa0515e3, "c.bnez a0, .-86"},
    {0x0ffe, 0x01ff9f93, "c.slli t6, 31"},
    {0x0506, 0x00151513, "c.slli a0, 1"},
    {0x50fe, 0x0fc12083, "c.lwsp ra, 252(sp)"},
    {0x4fd6, 0x05412f83, "c.lwsp t6, 84(sp)"},
    {0x8082, 0x00008067, "c.jr ra"},
    {0x8f82, 0x000f8067, "c.jr t6"},
    {0x857e, 0x01f00533, "c.mv a0, t6"},
    {0x8f86, 0x00100fb3, "c.mv t6, ra"},
    {0x9002, 0x00100073, "c.ebreak"},
    {0x9782, 0x000780e7, "c.jalr a5"},
    {0x957e, 0x01f50533, "c.add a0, t6"},
    {0xdf86, 0x0e112e23, "c.swsp ra, 252(sp)"},
    {0xd57e, 0x0bf12423, "c.swsp t6, 168(sp)"},
};

TEST(Compressed, ExpandsToWhatTheAssemblerGivesForTheLongForm) {
  for (const Compressed& c : kCompressed) EXPECT_EQ(expand(c.half), c.word) << c.text;
}

TEST(Compressed, EveryRowHasACase) {
  size_t rows = 0;
#define RVC(mnemonic, match, mask, legal, expansion)                                         \
  ++rows;                                                                                    \
  EXPECT_TRUE(std::any_of(std::begin(kCompressed), std::end(kCompressed), [](Compressed c) { \
    return (c.half & mask) == match && std::string(c.text).starts_with("c." #mnemonic);      \
  })) << #mnemonic;
#include "boards/rv32/compressed.inc"
#undef RVC
  EXPECT_EQ(rows, 26u);
}

TEST(Compressed, ReservedAndFloatingPointEncodingsAreIllegal) {
  for (uint16_t half : {
           0x0000,  // all zeros
           0x2000,  // c.fld
           0x6000,  // c.flw
           0x8000,  // reserved
           0xe000,  // c.fsw
           0x6101,  // c.addi16sp sp, 0
           0x6081,  // c.lui ra, 0
           0x9001,  // c.srli s0, 32
           0x9401,  // c.srai s0, 32
           0x9c01,  // c.subw
           0x1002,  // c.slli zero, 32
           0x4002,  // c.lwsp zero
           0x8002,  // c.jr zero
           0x6002,  // c.flwsp
           0xe002,  // c.fswsp
       }) {
    EXPECT_EQ(expand(half), 0u) << std::hex << half;
    EXPECT_EQ(decode(half, 0).op, Op::illegal) << std::hex << half;
  }
}

TEST(Compressed, LengthsAreTwoAndFour) {
  EXPECT_EQ(decode(0x0001, 0x100).next, 0x102u);
  EXPECT_EQ(decode(0x00000013, 0x100).next, 0x104u);
}

}  // namespace
}  // namespace mote::rv32
