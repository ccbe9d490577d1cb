// SPDX-License-Identifier: Apache-2.0
// Counters, traps, limits and doors of the hart.
#include "boards/rv32/hart.h"

#include <random>

#include "boards/rv32/rv32_test_support.h"

namespace mote::rv32 {
namespace {

constexpr uint32_t kMstatus = 0x300, kMisa = 0x301, kMtvec = 0x305, kMscratch = 0x340,
                   kMepc = 0x341, kMcause = 0x342, kMtval = 0x343, kMcycle = 0xb00,
                   kMinstret = 0xb02, kMcycleh = 0xb80, kMinstreth = 0xb82, kCycle = 0xc00,
                   kInstret = 0xc02, kInstreth = 0xc82, kMhartid = 0xf14;
constexpr uint32_t kMinus1 = 0xffffffff;

uint32_t read(uint32_t rd, uint32_t csr) {
  return i_type(Op::csrrs, rd, kZero, csr);
}
uint32_t write(uint32_t csr, uint32_t rs1) {
  return i_type(Op::csrrw, kZero, rs1, csr);
}

/// A loop of 2 n instructions: 1: addi a1, a1, -1; bnez a1, 1b.
std::vector<uint32_t> loop() {
  return {i_type(Op::addi, kA1, kA1, kMinus1), b_type(Op::bne, kA1, kZero, 0u - 4)};
}

TEST(Hart, CountersAreExactOnAHandCountedLoop) {
  for (uint32_t counter : {kMinstret, kMcycle, kInstret, kCycle}) {
    std::vector<uint32_t> program = {read(kA2, counter)};
    for (uint32_t word : loop()) program.push_back(word);
    program.push_back(read(kA0, counter));
    TestMachine machine(program);
    // Of the instructions between two readings, the first reading is one.
    EXPECT_EQ(machine.result(1000), 1u + 2000u) << std::hex << counter;
    EXPECT_EQ(machine.hart.reg(kA2), 0u);
    EXPECT_EQ(machine.hart.retired(), 2002u);
  }
}

TEST(Hart, CountersTakeWhatIsWrittenForTheNextInstruction) {
  TestMachine machine({kNop, write(kMinstret, kA1), read(kA0, kInstret)});
  EXPECT_EQ(machine.result(100), 100u);
  TestMachine upper({write(kMinstreth, kA1), write(kMinstret, kA2), kNop, read(kA0, kInstreth)});
  EXPECT_EQ(upper.result(5, kMinus1), 6u) << "the carry reaches the upper half";
  TestMachine cycles({write(kMcycleh, kA1), read(kA0, kMcycleh)});
  EXPECT_EQ(cycles.result(7), 7u);
}

TEST(Hart, CountsOfBlocksAndEdgesAgreeWithTheCounter) {
  TestMachine machine(loop());
  machine.result(1000);
  ExecutionCounts counts = machine.hart.counts();
  EXPECT_EQ(counts.instructions, machine.hart.retired());
  uint64_t by_blocks = 0;
  for (const Block& block : counts.blocks) by_blocks += block.instructions * block.executions;
  EXPECT_EQ(by_blocks, 2000u);
  ASSERT_EQ(counts.edges.size(), 2u);  // the start and the taken branch
  EXPECT_EQ(counts.edges[0].from, counts.edges[0].to);
  EXPECT_EQ(counts.edges[0].count, 999u);
  EXPECT_EQ(counts.edges[1].from, MOTE_DUMP_NO_BLOCK);
  EXPECT_EQ(counts.edges[1].count, 1u);
}

TEST(Hart, ATrapInTheMiddleOfABlockCountsWhatRetired) {
  TestMachine machine({kNop, kNop, i_type(Op::lw, kA0, kZero, 0), kNop});
  EXPECT_EQ(machine.run(), Stop::kTrap);
  EXPECT_EQ(machine.hart.retired(), 2u);
  EXPECT_EQ(machine.hart.counts().instructions, 2u);
}

TEST(Hart, ControlRegistersAreSwappedSetAndCleared) {
  TestMachine swap(
      {write(kMscratch, kA1), i_type(Op::csrrw, kA0, kA2, kMscratch), read(kA1, kMscratch)});
  EXPECT_EQ(swap.result(0xf0f0, 0x1234), 0xf0f0u);
  EXPECT_EQ(swap.hart.reg(kA1), 0x1234u);
  TestMachine set({write(kMscratch, kA1), i_type(Op::csrrs, kZero, kA2, kMscratch),
                   i_type(Op::csrrsi, kZero, 3, kMscratch), read(kA0, kMscratch)});
  EXPECT_EQ(set.result(0xf000, 0x0f00), 0xff03u);
  TestMachine clear({write(kMscratch, kA1), i_type(Op::csrrc, kZero, kA2, kMscratch),
                     i_type(Op::csrrci, kZero, 3, kMscratch), read(kA0, kMscratch)});
  EXPECT_EQ(clear.result(0xffff, 0x0ff0), 0xf00cu);
  TestMachine immediate({i_type(Op::csrrwi, kZero, 31, kMscratch), read(kA0, kMscratch)});
  EXPECT_EQ(immediate.result(), 31u);
}

TEST(Hart, WritingTheRegisterThatIsReadSwapsIt) {
  TestMachine machine(
      {write(kMscratch, kA1), i_type(Op::csrrw, kA2, kA2, kMscratch), read(kA0, kMscratch)});
  EXPECT_EQ(machine.result(5, 6), 6u);
  EXPECT_EQ(machine.hart.reg(kA2), 5u);
}

TEST(Hart, ItIsAnRv32imcHartWithNumberZero) {
  EXPECT_EQ(TestMachine({read(kA0, kMisa)}).result(), 0x40001104u);
  EXPECT_EQ(TestMachine({read(kA0, kMhartid)}).result(), 0u);
  EXPECT_EQ(TestMachine({read(kA0, kMstatus)}).result(), 0x1800u);
}

TEST(Hart, BitsThatArentThereStayAway) {
  TestMachine trap_vector({write(kMtvec, kA1), read(kA0, kMtvec), write(kMtvec, kZero)});
  EXPECT_EQ(trap_vector.result(kMinus1), 0xfffffffcu);
  EXPECT_EQ(TestMachine({write(kMepc, kA1), read(kA0, kMepc)}).result(kMinus1), 0xfffffffeu);
  EXPECT_EQ(TestMachine({write(kMstatus, kA1), read(kA0, kMstatus)}).result(kMinus1), 0x1888u);
  EXPECT_EQ(TestMachine({write(kMisa, kA1), read(kA0, kMisa)}).result(0), 0x40001104u);
}

struct TrapCase {
  const char* what;
  uint32_t word;
  uint32_t a1;
  Cause cause;
  uint32_t value;
};

const TrapCase kTraps[] = {
    {"no such instruction", 0xffffffff, 0, Cause::kIllegalInstruction, 0xffffffff},
    {"no such control register", read(kA0, 0x7c0), 0, Cause::kIllegalInstruction, read(kA0, 0x7c0)},
    {"a read-only control register", write(kCycle, kA1), 0, Cause::kIllegalInstruction,
     write(kCycle, kA1)},
    {"custom-0 without a unit", match_of(Op::custom0), 0, Cause::kIllegalInstruction, 0xb},
    {"custom-1 without a unit", match_of(Op::custom1), 0, Cause::kIllegalInstruction, 0x2b},
    {"ecall", match_of(Op::ecall), 0, Cause::kEnvironmentCall, 0},
    {"ebreak", kEbreak, 0, Cause::kBreakpoint, kRam + 4},
    {"misaligned halfword", i_type(Op::lh, kA0, kA1, 0), kData + 1, Cause::kLoadMisaligned,
     kData + 1},
    {"misaligned word", i_type(Op::lw, kA0, kA1, 0), kData + 2, Cause::kLoadMisaligned, kData + 2},
    {"misaligned store", s_type(Op::sw, kA1, kA0, 0), kData + 1, Cause::kStoreMisaligned,
     kData + 1},
    {"read of address 0", i_type(Op::lb, kA0, kA1, 0), 0, Cause::kLoadAccess, 0},
    {"read behind RAM", i_type(Op::lw, kA0, kA1, 0), kRam + kMemoryBytes, Cause::kLoadAccess,
     kRam + kMemoryBytes},
    {"read before RAM", i_type(Op::lb, kA0, kA1, kMinus1), kRam, Cause::kLoadAccess, kRam - 1},
    {"write to flash", s_type(Op::sb, kA1, kA0, 0), kFlash, Cause::kStoreAccess, kFlash},
    {"write to nowhere", s_type(Op::sw, kA1, kA0, 0), 0x10000000, Cause::kStoreAccess, 0x10000000},
};

TEST(Hart, TrapsWithoutAHandlerStopWithTheirCause) {
  for (const TrapCase& c : kTraps) {
    TestMachine machine({kNop, c.word});
    machine.hart.set_reg(kA1, c.a1);
    ASSERT_EQ(machine.run(), Stop::kTrap) << c.what;
    EXPECT_EQ(machine.hart.trap().cause, c.cause) << c.what;
    EXPECT_EQ(machine.hart.trap().value, c.value) << c.what;
    EXPECT_EQ(machine.hart.pc(), kRam + 4) << c.what;
    EXPECT_EQ(machine.hart.reg(kA0), 0u) << c.what << " wrote rd";
  }
}

TEST(Hart, JumpsToNoMemoryTrapThere) {
  TestMachine machine({i_type(Op::jalr, kZero, kA1, 0)});
  machine.hart.set_reg(kA1, 0x70000000);
  ASSERT_EQ(machine.run(), Stop::kTrap);
  EXPECT_EQ(machine.hart.trap().cause, Cause::kInstructionAccess);
  EXPECT_EQ(machine.hart.trap().value, 0x70000000u);
  EXPECT_EQ(machine.hart.pc(), 0x70000000u);
}

TEST(Hart, CodeThatRunsOffTheEndOfMemoryTrapsThere) {
  TestMachine machine({i_type(Op::jalr, kZero, kA1, 0)});
  uint32_t end = kRam + kMemoryBytes;
  machine.memory().store(end - 4, 0x00010001u);  // two c.nop
  machine.hart.set_reg(kA1, end - 4);
  ASSERT_EQ(machine.run(), Stop::kTrap);
  EXPECT_EQ(machine.hart.trap().cause, Cause::kInstructionAccess);
  EXPECT_EQ(machine.hart.pc(), end);
  EXPECT_EQ(machine.hart.retired(), 3u);
  TestMachine half({i_type(Op::jalr, kZero, kA1, 0)});
  half.memory().store(end - 2, uint16_t{0x0013});  // the first half of a nop
  half.hart.set_reg(kA1, end - 2);
  ASSERT_EQ(half.run(), Stop::kTrap);
  EXPECT_EQ(half.hart.pc(), end - 2);
  EXPECT_EQ(half.hart.trap().value, end);
}

/// A program whose handler at kRam + 0x100 is `handler`.
std::vector<uint32_t> with_handler(std::vector<uint32_t> program,
                                   const std::vector<uint32_t>& handler) {
  program.insert(program.begin(),
                 {u_type(Op::lui, 5, kRam), i_type(Op::addi, 5, 5, 0x100), write(kMtvec, 5)});
  program.resize(64, kEbreak);
  program.insert(program.end(), handler.begin(), handler.end());
  return program;
}

TEST(Hart, AHandlerSeesTheTrapAndReturns) {
  TestMachine machine(
      with_handler({kNop, i_type(Op::lw, kA0, kZero, 0x44), i_type(Op::addi, kA0, kZero, 9),
                    write(kMtvec, kZero)},
                   {read(20, kMepc), read(21, kMcause), read(22, kMtval), read(23, kMstatus),
                    i_type(Op::addi, 24, 20, 4), write(kMepc, 24), match_of(Op::mret)}));
  EXPECT_EQ(machine.result(), 9u);
  EXPECT_EQ(machine.hart.reg(20), kRam + 16);
  EXPECT_EQ(machine.hart.reg(21), 5u);
  EXPECT_EQ(machine.hart.reg(22), 0x44u);
  EXPECT_EQ(machine.hart.reg(23), 0x1800u);
  EXPECT_EQ(machine.hart.retired(), 4u + 7u + 2u) << "what trapped isn't retired";
  EXPECT_EQ(machine.hart.counts().instructions, machine.hart.retired());
}

TEST(Hart, InterruptEnableGoesThroughTheTrapAndBack) {
  TestMachine machine(
      with_handler({i_type(Op::csrrwi, kZero, 8, kMstatus), match_of(Op::ecall),
                    read(kA0, kMstatus), write(kMtvec, kZero)},
                   {read(23, kMstatus), read(20, kMepc), i_type(Op::addi, 20, 20, 4),
                    write(kMepc, 20), match_of(Op::mret)}));
  EXPECT_EQ(machine.result(), 0x1888u);
  EXPECT_EQ(machine.hart.reg(23), 0x1880u);
}

TEST(Hart, AHandlerThatTrapsAtOnceIsALockup) {
  TestMachine machine(with_handler({0xffffffff}, {0xffffffff}));
  EXPECT_EQ(machine.run(), Stop::kLockup);
  EXPECT_EQ(machine.hart.pc(), kRam + 0x100);
  TestMachine nowhere({u_type(Op::lui, 5, 0x70000000), write(kMtvec, 5), match_of(Op::ecall)});
  EXPECT_EQ(nowhere.run(), Stop::kLockup);
}

TEST(Hart, AHandlerThatTrapsLaterRunsIntoTheLimit) {
  TestMachine machine(with_handler({0xffffffff}, {kNop, 0xffffffff}));
  EXPECT_EQ(machine.run(1000), Stop::kLimit);
  EXPECT_EQ(machine.hart.retired(), 1000u);
}

TEST(Hart, TheLimitIsNeverPassedAndARunGoesOn) {
  TestMachine machine(loop());
  machine.hart.set_reg(kA1, 1000);
  EXPECT_EQ(machine.run(101), Stop::kLimit);
  EXPECT_EQ(machine.hart.retired(), 100u);
  EXPECT_EQ(machine.hart.counts().instructions, 100u);
  EXPECT_EQ(machine.run(), Stop::kTrap);
  EXPECT_EQ(machine.hart.retired(), 2000u);
  EXPECT_EQ(machine.hart.counts().instructions, 2000u);
}

TEST(Hart, TwoRunsCountTheSame) {
  auto edges = [] {
    TestMachine machine(loop());
    machine.result(77);
    std::vector<uint64_t> all;
    for (const BlockEdge& edge : machine.hart.counts().edges) {
      all.insert(all.end(), {edge.from, edge.to, edge.count});
    }
    return all;
  };
  EXPECT_EQ(edges(), edges());
}

TEST(Hart, LongStraightCodeIsCountedAcrossItsPieces) {
  TestMachine machine(std::vector<uint32_t>(1000, i_type(Op::addi, kA0, kA0, 1)));
  EXPECT_EQ(machine.result(), 1000u);
  EXPECT_EQ(machine.hart.counts().instructions, 1000u);
}

TEST(Hart, ChangedCodeRunsAfterFenceI) {
  // Runs `li a0, 1`, replaces it, and runs it again: the old one without fence.i, then the new one.
  auto program = [](uint32_t fence) {
    return std::vector<uint32_t>{
        j_type(Op::jal, 1, 5 * 4),
        s_type(Op::sw, kA1, kA2, 0),
        fence,
        j_type(Op::jal, 1, 2 * 4),
        kEbreak,
        i_type(Op::addi, kA0, kZero, 1),
        i_type(Op::jalr, kZero, 1, 0),
    };
  };
  uint32_t place = kRam + 5 * 4, changed = i_type(Op::addi, kA0, kZero, 2);
  EXPECT_EQ(TestMachine(program(match_of(Op::fence_i))).result(place, changed), 2u);
  EXPECT_EQ(TestMachine(program(kNop)).result(place, changed), 1u);
}

TEST(Hart, ACustomUnitComputesFromTheWordAndTwoRegisters) {
  uint32_t word = match_of(Op::custom0) | kA0 << 7 | kA1 << 15 | kA2 << 20 | 5u << 12;
  TestMachine machine({word, kNop});
  machine.hart.set_custom([&](uint32_t seen, uint32_t rs1, uint32_t rs2) {
    EXPECT_EQ(seen, word);
    return std::optional<uint32_t>(rs1 * 100 + rs2);
  });
  EXPECT_EQ(machine.result(3, 4), 304u);
  EXPECT_EQ(machine.hart.retired(), 2u);
  TestMachine refused({match_of(Op::custom1)});
  refused.hart.set_custom([](uint32_t, uint32_t, uint32_t) { return std::nullopt; });
  EXPECT_EQ(refused.run(), Stop::kTrap);
  EXPECT_EQ(refused.hart.trap().cause, Cause::kIllegalInstruction);
}

TEST(Hart, EbreakBetweenTheTwoShiftsIsASemihostingRequest) {
  constexpr uint32_t kEnter = 0x01f01013, kLeave = 0x40705013;
  auto program = [](uint32_t before) {
    return std::vector<uint32_t>{i_type(Op::addi, kA0, kZero, 7), before, kEbreak, kLeave};
  };
  auto answer = [](uint32_t operation, uint32_t argument) {
    return std::optional<uint32_t>(operation * 1000 + argument);
  };
  TestMachine machine(program(kEnter));
  machine.hart.set_semihosting(answer);
  EXPECT_EQ(machine.result(5), 7005u);
  EXPECT_EQ(machine.hart.retired(), 4u);
  TestMachine other(program(kNop));
  other.hart.set_semihosting(answer);
  EXPECT_EQ(other.result(5), 7u);
  EXPECT_EQ(other.hart.pc(), kRam + 8);
  TestMachine last(program(kEnter));
  last.hart.set_semihosting([](uint32_t, uint32_t) { return std::nullopt; });
  EXPECT_EQ(last.run(), Stop::kExited);
  EXPECT_EQ(last.hart.retired(), 3u);
  EXPECT_EQ(last.hart.counts().instructions, 3u);
}

TEST(Hart, RandomBytesNeverCrashAndAlwaysAddUp) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<uint32_t> program(200);
    for (uint32_t& word : program) {
      // Half of them instructions of the table, with random fields.
      const InstructionRow& row = instruction_rows()[random() % instruction_rows().size()];
      word = static_cast<uint32_t>(random());
      if (round % 2 == 0) word = (word & ~row.mask) | row.match;
    }
    // Where there is a handler, the run goes on behind each trap.
    if (round % 4 < 2) {
      program.resize(60);
      program =
          with_handler(program, {write(kMscratch, 5), read(5, kMepc), i_type(Op::addi, 5, 5, 4),
                                 write(kMepc, 5), read(5, kMscratch), match_of(Op::mret)});
    }
    TestMachine machine(program);
    for (int r = 1; r < 32; ++r) {
      machine.hart.set_reg(r, kRam + static_cast<uint32_t>(random()) % kMemoryBytes);
    }
    machine.hart.set_semihosting([](uint32_t, uint32_t) { return std::optional<uint32_t>(0); });
    machine.run(20000);
    EXPECT_EQ(machine.hart.counts().instructions, machine.hart.retired()) << round;
    EXPECT_LE(machine.hart.retired(), 20000u);
  }
}

}  // namespace
}  // namespace mote::rv32
