// SPDX-License-Identifier: Apache-2.0
// Each rule of each core's manual in a few instructions, counted by hand.
#include <gtest/gtest.h>

#include "boards/timing/timing_test_support.h"

namespace mote::timing {
namespace {

// adds r0, #1; adds r1, #1; subs r2, #1; bne back
#define COUNTING_LOOP \
  { 0x3001, 0x3101, 0x3a01, 0xd1fb }

TEST(CortexM0, LoadsStoresAndTakenBranchesTakeWhatTheManualSays) {
  EXPECT_EQ(straight(kCortexM0, {0x6808}), 2);          // ldr r0, [r1]
  EXPECT_EQ(straight(kCortexM0, {0x6008}), 2);          // str r0, [r1]
  EXPECT_EQ(straight(kCortexM0, {0xb5f0}), 6);          // push {r4-r7, lr}: 1 + N
  EXPECT_EQ(straight(kCortexM0, {0x4348, 0x1840}), 2);  // muls r0, r1; adds r0, r0, r1
  EXPECT_EQ(straight(kCortexM0, {0xd1fe}), 1);          // bne, not taken
  EXPECT_EQ(loop(kCortexM0, COUNTING_LOOP, 10), 10 * 4 + 9 * 2);
  EXPECT_EQ(loop(kCortexM0Plus, COUNTING_LOOP, 10), 10 * 4 + 9 * 1);
}

TEST(CortexM0, ReturnsByPopAndCallsTakeLonger) {
  EXPECT_EQ(loop(kCortexM0, {0xbd10}, 2), 2 * 3 + 3);              // pop {r4, pc}: 4 + N
  EXPECT_EQ(loop(kCortexM0Plus, {0xbd10}, 2), 2 * 3 + 2);          // 3 + N
  EXPECT_EQ(loop(kCortexM0, {0xf7ff, 0xfffe}, 2), 2 * 1 + 3);      // bl: 4
  EXPECT_EQ(loop(kCortexM0Plus, {0xf7ff, 0xfffe}, 2), 2 * 1 + 2);  // bl: 3
}

TEST(CortexM3, MultiplicationsTakeTheirTime) {
  EXPECT_EQ(straight(kCortexM3, {0xfb01, 0xf002}), 1);  // mul r0, r1, r2
  EXPECT_EQ(straight(kCortexM3, {0xfb01, 0x3002}), 2);  // mla r0, r1, r2, r3
  EXPECT_EQ(straight(kCortexM3, {0xfb82, 0x0103}), 4);  // smull r0, r1, r2, r3: 3 to 5
}

TEST(CortexM4, IndependentLoadsOverlap) {
  EXPECT_EQ(straight(kCortexM4, {0x6808}), 2);                  // ldr r0, [r1]
  EXPECT_EQ(straight(kCortexM4, {0x6808, 0x684a, 0x688b}), 4);  // n + 1
  EXPECT_EQ(straight(kCortexM4, {0x6808, 0x6048}), 2);          // ldr r0, [r1]; str r0, [r1, #4]
  EXPECT_EQ(straight(kCortexM4, {0x6808, 0x3001}), 3);          // ldr r0, [r1]; adds r0, #1
  EXPECT_EQ(straight(kCortexM4, {0x6809, 0x6809}), 5);  // ldr r1, [r1], twice: a cycle between
}

TEST(CortexM4, AnAddressMustBeThereACycleEarly) {
  EXPECT_EQ(straight(kCortexM4, {0x3104, 0x6808}), 4);  // adds r1, #4; ldr r0, [r1]
  EXPECT_EQ(straight(kCortexM4, {0x3204, 0x6808}), 3);  // adds r2, #4; ldr r0, [r1]
}

TEST(CortexM4, TheTableOfTheManual) {
  EXPECT_EQ(straight(kCortexM4, {0xfb01, 0x3002}), 1);  // mla r0, r1, r2, r3
  EXPECT_EQ(straight(kCortexM4, {0xfb21, 0x3002}), 1);  // smlad r0, r1, r2, r3
  EXPECT_EQ(straight(kCortexM4, {0xfb82, 0x0103}), 1);  // smull r0, r1, r2, r3
  EXPECT_EQ(straight(kCortexM4, {0xe9d1, 0x2300}), 3);  // ldrd r2, r3, [r1]
  EXPECT_EQ(straight(kCortexM4, {0xc81c}), 4);          // ldmia r0!, {r2-r4}: 1 + N
  EXPECT_EQ(straight(kCortexM4, {0x6008}), 1);          // str r0, [r1]
  EXPECT_EQ(straight(kCortexM4, {0x5088}), 2);          // str r0, [r1, r2]
  EXPECT_EQ(straight(kCortexM4, {0xfb90, 0xf0f1}), 6);  // sdiv r0, r0, r1: 2 to 12
}

TEST(CortexM4, FloatingPointResultsComeLate) {
  EXPECT_EQ(straight(kCortexM4, {0xee30, 0x0a81}), 1);                  // vadd.f32 s0, s1, s2
  EXPECT_EQ(straight(kCortexM4, {0xee30, 0x0a81, 0xee30, 0x0a01}), 3);  // and one that uses it
  EXPECT_EQ(straight(kCortexM4, {0xeea0, 0x0a81}), 3);                  // vfma.f32 s0, s1, s2
  EXPECT_EQ(straight(kCortexM4, {0xee80, 0x0a81}), 14);                 // vdiv.f32 s0, s1, s2
}

TEST(CortexM4, TakenBranchesRefillThePipeline) {
  EXPECT_EQ(loop(kCortexM4, COUNTING_LOOP, 10), 10 * 4 + 9 * 1);
  // nop; then at an odd halfword add.w r0, r1, r2; subs r2, #1; bne to the add.w
  Code target = decode_thumb(halves_to_bytes({0xeb01, 0x0002}), kCodeAddress + 2);
  Code branch = thumb({0x3a01, 0xd1fb});
  EXPECT_EQ(kCortexM4.taken(branch, &target[0]), 2);
  EXPECT_EQ(kCortexM4.taken(thumb({0x4770}), nullptr), 2);  // bx lr
}

TEST(CortexM4, AnInt8DotProductOfFourIsCounted) {
  // As CMSIS-NN does it: two loads side by side (n + 1), four SXTB16, two SMLAD.
  EXPECT_EQ(
      straight(kCortexM4, {0xf850, 0x4b04, 0xf851, 0x5b04,  // ldr r4, [r0], #4; ldr r5, [r1], #4
                           0xfa2f, 0xf684, 0xfa2f, 0xf794,  // sxtb16 r6, r4; r7, r4, ror #8
                           0xfa2f, 0xf885, 0xfa2f, 0xf995,  // sxtb16 r8, r5; r9, r5, ror #8
                           0xfb26, 0xa808, 0xfb27, 0xa909}),
      3 + 4 + 2);
}

TEST(CortexM33, LoadsAndMultiplicationsAreUsedTwoCyclesLater) {
  EXPECT_EQ(straight(kCortexM33, {0x6808, 0x3001}), 3);          // ldr r0, [r1]; adds r0, #1
  EXPECT_EQ(straight(kCortexM33, {0x6808, 0x3101, 0x3001}), 3);  // with another in between
  // smlad r0, r1, r2, r0 twice: the addend is used late
  EXPECT_EQ(straight(kCortexM33, {0xfb21, 0x0002, 0xfb21, 0x0002}), 2);
  EXPECT_EQ(straight(kCortexM33, {0xfb21, 0x0002, 0xfb20, 0x3002}), 3);  // as a factor: not
  EXPECT_EQ(straight(kCortexM33, {0xb5f0}), 5);                          // push {r4-r7, lr}: N
}

TEST(CortexM33, AShortBranchIssuesWithTheInstructionBefore) {
  // subs r7, #1; bne: 1 + 2 taken, 0 not taken
  EXPECT_EQ(loop(kCortexM33, {0x3f01, 0xd1fd}, 10), 10 * 1 + 9 * 2);
  // subs r7, #1; add r0, r1; bne: 1 + 1 + 1 taken, 0 not taken
  EXPECT_EQ(loop(kCortexM33, {0x3f01, 0x4408, 0xd1fc}, 10), 10 * 2 + 9 * 1);
}

TEST(CortexM7, TwoInstructionsIssueTogether) {
  EXPECT_EQ(straight(kCortexM7, {0x3001, 0x3101, 0x3201, 0x3301}), 2);  // four independent adds
  EXPECT_EQ(straight(kCortexM7, {0x3001, 0x3001}), 2);                  // one needs the other
  EXPECT_EQ(straight(kCortexM7, {0x680a, 0x684b}), 1);                  // two loads
  EXPECT_EQ(straight(kCortexM7, {0x600a, 0x604b}), 2);                  // two stores
  // smlad r0, r1, r2, r0; smlad r3, r1, r2, r3: one multiplier
  EXPECT_EQ(straight(kCortexM7, {0xfb21, 0x0002, 0xfb21, 0x3302}), 2);
  EXPECT_EQ(straight(kCortexM7, {0xfb21, 0x0002, 0x6863}), 1);  // and a load beside it
  EXPECT_EQ(straight(kCortexM7, {0xb2c8, 0xb2d3}), 2);          // uxtb twice: one such unit
}

TEST(CortexM7, ByteLoadsTakeACycleMore) {
  EXPECT_EQ(straight(kCortexM7, {0x6808, 0x3001}), 2);  // ldr r0, [r1]; adds r0, #1
  EXPECT_EQ(straight(kCortexM7, {0x7808, 0x3001}), 3);  // ldrb
  EXPECT_EQ(straight(kCortexM7, {0x6809, 0x6809}), 3);  // ldr r1, [r1] twice
}

TEST(CortexM7, OnlyTheLoopsEndIsMispredicted) {
  // adds; adds / subs; bne: two cycles a round, and one wrong guess
  EXPECT_EQ(loop(kCortexM7, COUNTING_LOOP, 10), 10 * 2);
  Segment segment;
  ExecutionCounts counts;
  Bytes file = halves_to_bytes({0x3a01, 0xd1fd, 0x3001, 0x4770});  // subs; bne; adds; bx lr
  Elf elf;
  elf.segments = {{kCodeAddress, 8, 0}};
  counts.blocks = {{kCodeAddress, 4, 2, 0, 10}, {kCodeAddress + 4, 4, 2, 0, 1}};
  segment.edges = {{MOTE_DUMP_NO_BLOCK, 0, 1}, {0, 0, 9}, {0, 1, 1}};
  auto cycles = CycleEstimator(kCortexM7, file, elf).cycles(counts, segment, {});
  EXPECT_EQ(cycles[0], 10 * 1 + 8);
  EXPECT_EQ(cycles[1], 1);
}

TEST(CortexM55, BeatsOfDifferentPipesOverlap) {
  // vldrb.8 q0, [r0], #16; vldrb.8 q1, [r1], #16; vmladava.s8 r2, q0, q1
  EXPECT_EQ(straight(kCortexM55, {0xecb0, 0x1e10, 0xecb1, 0x3e10, 0xeef0, 0x2f22}), 4);
  // A load and a multiply-accumulate of what is there: two beats each, side by side
  EXPECT_EQ(straight(kCortexM55, {0xecb0, 0x1e10, 0xeef4, 0x2f26, 0xecb1, 0x3e10}), 3);
  EXPECT_EQ(straight(kCortexM55, {0xecb0, 0x1e10, 0xecb1, 0x3e10, 0xecb3, 0x5e10}), 5);
}

TEST(CortexM55, AMatrixProductTakesWhatIsSaidOfCmsisNn) {
  // 64 products in 10 cycles: weights and four columns are loaded, each MAC beside the next load.
  EXPECT_EQ(loop(kCortexM55,
                 {0xecb0, 0x1e10,                  // vldrb.8 q0, [r0], #16
                  0xecb1, 0x3e10, 0xeef0, 0x2f22,  // vldrb.8 q1, [r1], #16; vmladava.s8 r2, q0, q1
                  0xecb3, 0x5e10, 0xeef0, 0x4f24,  // vldrb.8 q2, [r3], #16; vmladava.s8 r4, q0, q2
                  0xecb5, 0x7e10, 0xeef0, 0x6f26,  // vldrb.8 q3, [r5], #16; vmladava.s8 r6, q0, q3
                  0xecb7, 0x9e10, 0xeef0, 0x8f28,  // vldrb.8 q4, [r7], #16; vmladava.s8 r8, q0, q4
                  0xf00f, 0xc015},
                 100),
            100 * 10);
}

TEST(CortexM55, LowOverheadLoopsAreFree) {
  // vldrb.8 q0, [r0], #16; vmladava.s8 r2, q0, q1; le lr, back
  EXPECT_EQ(loop(kCortexM55, {0xecb0, 0x1e10, 0xeef0, 0x2f22, 0xf00f, 0xc005}, 10), 10 * 2);
  EXPECT_EQ(straight(kCortexM55, {0xf042, 0xe001}), 3);  // dls lr, r2, with the first jump back
}

TEST(Rv32imc, LoadsAreUsedTwoCyclesLaterAndTakenBranchesRefill) {
  EXPECT_EQ(straight(kRv32imc, {0x4188, 0x0505}), 3);               // lw a0, 0(a1); addi a0, a0, 1
  EXPECT_EQ(straight(kRv32imc, {0x4188, 0x0605, 0x0505}), 3);       // with another in between
  EXPECT_EQ(straight(kRv32imc, {0x8533, 0x02c5}), 1);               // mul a0, a1, a2
  EXPECT_EQ(straight(kRv32imc, {0xc533, 0x02c5}), 34);              // div a0, a1, a2
  EXPECT_EQ(loop(kRv32imc, {0x157d, 0xfd7d}, 10), 10 * 2 + 9 * 2);  // addi a0, a0, -1; bnez a0
}

}  // namespace
}  // namespace mote::timing
