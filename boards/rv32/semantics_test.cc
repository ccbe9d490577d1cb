// SPDX-License-Identifier: Apache-2.0
// What each instruction does, by hand, with the edge values that the manual names.
#include <algorithm>

#include "boards/rv32/rv32_test_support.h"

namespace mote::rv32 {
namespace {

constexpr uint32_t kMin = 0x80000000, kMax = 0x7fffffff, kMinus1 = 0xffffffff;

struct RegisterCase {
  Op op;
  uint32_t rs1, rs2, rd;
};

constexpr RegisterCase kRegisterCases[] = {
    {Op::add, 2, 3, 5},
    {Op::add, kMinus1, 1, 0},
    {Op::add, kMax, 1, kMin},
    {Op::sub, 2, 3, kMinus1},
    {Op::sub, kMin, 1, kMax},
    {Op::sll, 1, 31, kMin},
    {Op::sll, 3, 32, 3},
    {Op::sll, 3, 0xffffffe1, 6},
    {Op::slt, kMin, kMax, 1},
    {Op::slt, kMax, kMin, 0},
    {Op::slt, 5, 5, 0},
    {Op::slt, kMinus1, 0, 1},
    {Op::sltu, kMinus1, 0, 0},
    {Op::sltu, 0, kMinus1, 1},
    {Op::sltu, 7, 7, 0},
    {Op::xor_, 0xff00ff00, 0x0ff00ff0, 0xf0f0f0f0},
    {Op::srl, kMin, 31, 1},
    {Op::srl, kMin, 32, kMin},
    {Op::sra, kMin, 31, kMinus1},
    {Op::sra, kMax, 30, 1},
    {Op::sra, kMin, 33, 0xc0000000},
    {Op::or_, 0xff00ff00, 0x0ff00ff0, 0xfff0fff0},
    {Op::and_, 0xff00ff00, 0x0ff00ff0, 0x0f000f00},
    {Op::mul, 7, 0xfffffffd, 0xffffffeb},
    {Op::mul, 0x10000, 0x10000, 0},
    {Op::mulh, kMin, kMin, 0x40000000},
    {Op::mulh, kMinus1, kMinus1, 0},
    {Op::mulh, kMinus1, 1, kMinus1},
    {Op::mulhsu, kMinus1, kMinus1, kMinus1},
    {Op::mulhsu, kMin, kMinus1, 0x80000000},
    {Op::mulhsu, 1, kMinus1, 0},
    {Op::mulhu, kMinus1, kMinus1, 0xfffffffe},
    {Op::mulhu, kMin, 2, 1},
    {Op::div, 7, 0xfffffffe, 0xfffffffd},
    {Op::div, 0xfffffff9, 2, 0xfffffffd},
    {Op::div, 7, 0, kMinus1},
    {Op::div, kMin, 0, kMinus1},
    {Op::div, kMin, kMinus1, kMin},
    {Op::div, 5, kMinus1, 0xfffffffb},
    {Op::divu, kMinus1, 2, kMax},
    {Op::divu, 7, 0, kMinus1},
    {Op::divu, kMin, kMinus1, 0},
    {Op::rem, 7, 0xfffffffe, 1},
    {Op::rem, 0xfffffff9, 2, kMinus1},
    {Op::rem, 7, 0, 7},
    {Op::rem, kMin, 0, kMin},
    {Op::rem, kMin, kMinus1, 0},
    {Op::remu, kMinus1, 16, 15},
    {Op::remu, 7, 0, 7},
};

struct ImmediateCase {
  Op op;
  uint32_t rs1, imm, rd;
};

constexpr ImmediateCase kImmediateCases[] = {
    {Op::addi, 5, 0xfffff800, 0xfffff805},
    {Op::addi, kMax, 1, kMin},
    {Op::slti, kMinus1, 0, 1},
    {Op::slti, kMin, kMinus1, 1},
    {Op::slti, 5, 0xfffffffb, 0},
    {Op::sltiu, 5, kMinus1, 1},
    {Op::sltiu, kMinus1, kMinus1, 0},
    {Op::sltiu, 0, 1, 1},
    {Op::xori, 0x0f0f0f0f, kMinus1, 0xf0f0f0f0},
    {Op::ori, 0x10, 0xfffff800, 0xfffff810},
    {Op::andi, 0x12345678, 0x0ff, 0x78},
    {Op::andi, 0x12345678, 0xffffff00, 0x12345600},
    {Op::slli, 1, 31, kMin},
    {Op::slli, 3, 0, 3},
    {Op::srli, kMin, 31, 1},
    {Op::srai, kMin, 31, kMinus1},
    {Op::srai, kMin, 1, 0xc0000000},
};

struct BranchCase {
  Op op;
  uint32_t rs1, rs2;
  bool taken;
};

constexpr BranchCase kBranchCases[] = {
    {Op::beq, 1, 1, true},   {Op::beq, 1, 2, false},    {Op::bne, 1, 1, false},
    {Op::bne, 1, 2, true},   {Op::blt, kMin, 0, true},  {Op::blt, 0, kMin, false},
    {Op::blt, 3, 3, false},  {Op::bge, 0, kMin, true},  {Op::bge, kMin, 0, false},
    {Op::bge, 3, 3, true},   {Op::bltu, 0, kMin, true}, {Op::bltu, kMin, 0, false},
    {Op::bltu, 3, 3, false}, {Op::bgeu, kMin, 0, true}, {Op::bgeu, 0, kMin, false},
    {Op::bgeu, 3, 3, true},
};

struct LoadCase {
  Op op;
  uint32_t offset, rd;
};

// From the bytes 81 f2 03 74 85 at kData.
constexpr LoadCase kLoadCases[] = {
    {Op::lb, 0, 0xffffff81}, {Op::lb, 2, 3},      {Op::lbu, 0, 0x81},   {Op::lbu, 4, 0x85},
    {Op::lh, 0, 0xfffff281}, {Op::lh, 2, 0x7403}, {Op::lhu, 0, 0xf281}, {Op::lhu, 2, 0x7403},
    {Op::lw, 0, 0x7403f281}, {Op::lw, 0u - 4, 0},
};

struct StoreCase {
  Op op;
  uint32_t offset, word;  // what is at kData afterwards, from 0xeeeeeeee
};

constexpr StoreCase kStoreCases[] = {
    {Op::sb, 0, 0xeeeeee78}, {Op::sb, 3, 0x78eeeeee}, {Op::sh, 0, 0xeeee5678},
    {Op::sh, 2, 0x5678eeee}, {Op::sw, 0, 0x12345678},
};

// Instructions with tests of their own, here or in hart_test.cc.
constexpr Op kOthers[] = {
    Op::lui,   Op::auipc,  Op::jal,   Op::jalr,   Op::fence,   Op::fence_i,
    Op::csrrw, Op::csrrs,  Op::csrrc, Op::csrrwi, Op::csrrsi,  Op::csrrci,
    Op::ecall, Op::ebreak, Op::mret,  Op::wfi,    Op::custom0, Op::custom1,
};

std::string_view name(Op op) {
  return instruction_rows()[static_cast<size_t>(op)].mnemonic;
}

TEST(Semantics, EveryInstructionHasACase) {
  std::vector<bool> seen(instruction_rows().size());
  auto note = [&](Op op) { seen[static_cast<size_t>(op)] = true; };
  for (const auto& c : kRegisterCases) note(c.op);
  for (const auto& c : kImmediateCases) note(c.op);
  for (const auto& c : kBranchCases) note(c.op);
  for (const auto& c : kLoadCases) note(c.op);
  for (const auto& c : kStoreCases) note(c.op);
  for (Op op : kOthers) note(op);
  for (size_t i = 0; i < seen.size(); ++i) {
    EXPECT_TRUE(seen[i]) << instruction_rows()[i].mnemonic;
  }
}

TEST(Semantics, RegistersWithRegisters) {
  for (const RegisterCase& c : kRegisterCases) {
    TestMachine machine({r_type(c.op, kA0, kA1, kA2)});
    EXPECT_EQ(machine.result(c.rs1, c.rs2), c.rd)
        << name(c.op) << std::hex << " " << c.rs1 << " " << c.rs2;
  }
}

TEST(Semantics, RegistersWithImmediates) {
  for (const ImmediateCase& c : kImmediateCases) {
    TestMachine machine({i_type(c.op, kA0, kA1, c.imm)});
    EXPECT_EQ(machine.result(c.rs1), c.rd)
        << name(c.op) << std::hex << " " << c.rs1 << " " << c.imm;
  }
}

TEST(Semantics, TheDestinationMayBeASource) {
  for (Op op : {Op::add, Op::sub, Op::mul}) {
    TestMachine machine({r_type(op, kA1, kA1, kA2), i_type(Op::addi, kA0, kA1, 0)});
    EXPECT_EQ(machine.result(7, 7), op == Op::add ? 14u : op == Op::sub ? 0u : 49u);
  }
  TestMachine both({r_type(Op::add, kA1, kA1, kA1), i_type(Op::addi, kA0, kA1, 0)});
  EXPECT_EQ(both.result(21), 42u);
}

TEST(Semantics, X0StaysZero) {
  TestMachine machine({i_type(Op::addi, kZero, kA1, 5), i_type(Op::lw, kZero, kA2, 0),
                       i_type(Op::addi, kA0, kZero, 0)});
  EXPECT_EQ(machine.result(1, kRam), 0u);
}

TEST(Semantics, Branches) {
  for (const BranchCase& c : kBranchCases) {
    TestMachine machine({b_type(c.op, kA1, kA2, 12), i_type(Op::addi, kA0, kZero, 1), kEbreak,
                         i_type(Op::addi, kA0, kZero, 2)});
    EXPECT_EQ(machine.result(c.rs1, c.rs2), c.taken ? 2u : 1u)
        << name(c.op) << std::hex << " " << c.rs1 << " " << c.rs2;
  }
}

TEST(Semantics, BranchesGoBack) {
  // 1: addi a0, a0, 1; addi a1, a1, -1; bnez a1, 1b
  TestMachine machine({i_type(Op::addi, kA0, kA0, 1), i_type(Op::addi, kA1, kA1, kMinus1),
                       b_type(Op::bne, kA1, kZero, 0u - 8)});
  EXPECT_EQ(machine.result(10), 10u);
}

TEST(Semantics, Loads) {
  for (const LoadCase& c : kLoadCases) {
    TestMachine machine({i_type(c.op, kA0, kA1, c.offset)});
    machine.memory().store(kData, 0x7403f281u);
    machine.memory().store(kData + 4, uint8_t{0x85});
    EXPECT_EQ(machine.result(kData), c.rd) << name(c.op) << " " << c.offset;
  }
}

TEST(Semantics, LoadsFromFlash) {
  TestMachine machine({i_type(Op::lw, kA0, kA1, 0)});
  uint32_t word = 0x600df00d;
  std::memcpy(machine.memory().flash.data + 8, &word, 4);
  EXPECT_EQ(machine.result(kFlash + 8), word);
}

TEST(Semantics, Stores) {
  for (const StoreCase& c : kStoreCases) {
    TestMachine machine({s_type(c.op, kA1, kA2, c.offset)});
    machine.memory().store(kData, 0xeeeeeeeeu);
    machine.result(kData, 0x12345678);
    EXPECT_EQ(machine.word(kData), c.word) << name(c.op) << " " << c.offset;
  }
}

TEST(Semantics, UpperImmediates) {
  EXPECT_EQ(TestMachine({u_type(Op::lui, kA0, 0xfffff000)}).result(), 0xfffff000u);
  EXPECT_EQ(TestMachine({kNop, u_type(Op::auipc, kA0, 0xfffff000)}).result(), kRam + 4 - 0x1000);
}

TEST(Semantics, JalLinksAndJumps) {
  TestMachine machine({j_type(Op::jal, kA0, 12), kEbreak, kEbreak, kNop});
  EXPECT_EQ(machine.result(), kRam + 4);
  EXPECT_EQ(machine.hart.pc(), kRam + 16);
}

TEST(Semantics, JalrClearsBitZeroAndMayLinkIntoItsBase) {
  TestMachine machine(
      {i_type(Op::jalr, kA1, kA1, 0xffffffff), kEbreak, kEbreak, i_type(Op::addi, kA0, kA1, 0)});
  EXPECT_EQ(machine.result(kRam + 14), kRam + 4);
  EXPECT_EQ(machine.hart.pc(), kRam + 16);
}

TEST(Semantics, CompressedJumpsLinkBehindTheirTwoBytes) {
  TestMachine machine({0x00012011, kEbreak});  // c.jal .+4, c.nop
  machine.result();
  EXPECT_EQ(machine.hart.reg(1), kRam + 2);
  EXPECT_EQ(machine.hart.pc(), kRam + 4);
}

TEST(Semantics, AnInstructionMayStartAtAnyHalfword) {
  // c.nop, li a0, 0x123 over two words, c.nop
  TestMachine machine({0x05130001, 0x00011230});
  EXPECT_EQ(machine.result(), 0x123u);
}

TEST(Semantics, FencesIgnoreTheirRegisterFields) {
  TestMachine machine({i_type(Op::addi, kA0, kZero, 5), match_of(Op::fence) | kA0 << 7,
                       match_of(Op::fence_i) | kA0 << 7});
  EXPECT_EQ(machine.result(), 5u);
}

TEST(Semantics, FencesAndWfiDoNothing) {
  TestMachine machine({match_of(Op::fence), match_of(Op::fence_i), match_of(Op::wfi)});
  machine.result();
  EXPECT_EQ(machine.hart.retired(), 3u);
}

}  // namespace
}  // namespace mote::rv32
