// SPDX-License-Identifier: Apache-2.0
// Lowering: which tensors share their bytes, which steps disappear, what constants cost, and what
// the allocations say of it.
#include "compiler/lower.h"

#include <gtest/gtest.h>

#include "ops/run_text_test.h"
#include "runtime/image.h"

namespace mote {
namespace {

Graph parsed(const std::string& lines) {
  Result<Graph> graph = parse("graph \"g\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_TRUE(verify(*graph).ok()) << verify(*graph).error().message;
  return *graph;
}

Plan plan_of(const std::string& lines) {
  Result<Plan> plan = lower(parsed(lines), Target());
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return plan.ok() ? *plan : Plan();
}

const Allocation& allocation(const Plan& plan, const std::string& name) {
  for (const Allocation& a : plan.allocations) {
    if (a.name == name) return a;
  }
  ADD_FAILURE() << "no allocation of " << name;
  static const Allocation none;
  return none;
}

void expect_life(const Plan& plan, const std::string& name, int first, int last) {
  EXPECT_EQ(allocation(plan, name).first_step, first) << name;
  EXPECT_EQ(allocation(plan, name).last_step, last) << name;
}

bool share(const Plan& plan, const std::string& a, const std::string& b) {
  return allocation(plan, a).offset == allocation(plan, b).offset;
}

// ---- sharing bytes

TEST(Lower, ElementwiseOperatorsRunInPlace) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "a" float32[4] = RELU(%0)
    %2 "b" float32[4] = TANH(%1)
    %3 "y" float32[4] = LOGISTIC(%2)
    output %3)");
  EXPECT_EQ(plan.arena_bytes, 16u);
  EXPECT_EQ(plan.steps.size(), 3u);
}

TEST(Lower, AllocationsTellEachTensorsOwnLife) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "a" float32[4] = RELU(%0)
    %2 "b" float32[4] = TANH(%1)
    output %2)");
  expect_life(plan, "x", -1, 0);
  expect_life(plan, "a", 0, 1);
  expect_life(plan, "b", 1, 2);
  EXPECT_TRUE(share(plan, "x", "a") && share(plan, "a", "b"));
}

TEST(Lower, NothingElseMovesIntoAGroupBeforeItsLastMember) {
  // "b" sits in x's bytes until the end, so "side" can't.
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    input %1 "s" float32[4]
    %2 "a" float32[4] = RELU(%0)
    %3 "side" float32[4] = SOFTMAX(%1)
    %4 "b" float32[4] = TANH(%2)
    %5 "y" float32[4] = ADD(%3, %4)
    output %5)");
  EXPECT_TRUE(share(plan, "x", "b"));
  EXPECT_FALSE(share(plan, "side", "b"));
}

TEST(Lower, AnInputThatIsReadLaterIsNotOverwritten) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "a" float32[4] = RELU(%0)
    %2 "y" float32[4] = ADD(%0, %1)
    output %2)");
  EXPECT_FALSE(share(plan, "x", "a"));
  EXPECT_EQ(plan.arena_bytes, 32u);
  EXPECT_TRUE(share(plan, "x", "y") || share(plan, "a", "y")) << "ADD is the last to read both";
}

TEST(Lower, AnInputUsedTwiceByOneOperator) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "y" float32[4] = ADD(%0, %0)
    output %1)");
  EXPECT_EQ(plan.arena_bytes, 16u);
  EXPECT_EQ(plan.steps[0].operands[0], plan.steps[0].operands[1]);
}

TEST(Lower, AnInputUsedByTwoOperators) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "a" float32[4] = RELU(%0)
    %2 "b" float32[4] = TANH(%0)
    %3 "y" float32[4] = ADD(%1, %2)
    output %3)");
  EXPECT_FALSE(share(plan, "x", "a")) << "TANH reads x after RELU";
  EXPECT_TRUE(share(plan, "x", "b"));
  EXPECT_EQ(plan.arena_bytes, 32u);
}

TEST(Lower, ARepeatedOperandIsNotOverwritten) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    input %1 "row" float32[1]
    %2 "y" float32[4] = MUL(%1, %0)
    output %2)");
  EXPECT_TRUE(share(plan, "x", "y"));
  EXPECT_FALSE(share(plan, "row", "y"));
}

TEST(Lower, OperatorsThatReadOutOfOrderDontRunInPlace) {
  Plan plan = plan_of(R"(
    input %0 "x" int8[2,3] q(1:0)
    const %1 "perm" int32[2] = 0x0100000000000000
    %2 "y" int8[3,2] q(1:0) = TRANSPOSE(%0, %1)
    output %2)");
  EXPECT_FALSE(share(plan, "x", "y"));
}

TEST(Lower, OutputsStayAlive) {
  // "a" is an output: nothing overwrites it, although TANH is the last to read it.
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "a" float32[4] = RELU(%0)
    %2 "b" float32[4] = TANH(%1)
    output %1
    output %2)");
  EXPECT_FALSE(share(plan, "a", "b"));
  expect_life(plan, "a", 0, 2);
  ASSERT_EQ(plan.outputs.size(), 2u);
  EXPECT_EQ(plan.outputs[0].offset, allocation(plan, "a").offset);
  EXPECT_EQ(plan.outputs[1].offset, allocation(plan, "b").offset);
}

// ---- steps that only rename bytes

TEST(Lower, ReshapeIsDroppedAndNamesTheSameBytes) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "r" float32[2,2] = RESHAPE(%0) {new_shape=[2,2]}
    %2 "y" float32[2,2] = SOFTMAX(%1)
    output %2)");
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].node, 1);
  EXPECT_TRUE(share(plan, "x", "r"));
}

TEST(Lower, ReshapeIsDroppedEvenIfItsInputIsReadLater) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "r" float32[2,2] = RESHAPE(%0) {new_shape=[2,2]}
    %2 "s" float32[2,2] = SOFTMAX(%1)
    %3 "y" float32[4] = TANH(%0)
    output %2
    output %3)");
  EXPECT_EQ(plan.steps.size(), 2u);
  EXPECT_TRUE(share(plan, "x", "r"));
  EXPECT_FALSE(share(plan, "x", "s"));
}

TEST(Lower, AnAliasIsNotOverwrittenWhileItsOriginalIsNeeded) {
  // RELU is the last to read r, but x lies in the same bytes and TANH reads it later.
  Plan plan = plan_of(R"(
    input %0 "x" float32[4]
    %1 "r" float32[2,2] = RESHAPE(%0) {new_shape=[2,2]}
    %2 "a" float32[2,2] = RELU(%1)
    %3 "y" float32[4] = TANH(%0)
    output %2
    output %3)");
  EXPECT_TRUE(share(plan, "x", "r"));
  EXPECT_FALSE(share(plan, "x", "a"));
}

TEST(Lower, AModelThatOnlyReshapesHasNoSteps) {
  Plan plan = plan_of(R"(
    input %0 "x" int8[4]
    %1 "y" int8[2,2] = RESHAPE(%0) {new_shape=[2,2]}
    output %1)");
  EXPECT_TRUE(plan.steps.empty());
  EXPECT_EQ(plan.arena_bytes, 4u);
  EXPECT_EQ(plan.inputs[0].offset, plan.outputs[0].offset);
  expect_life(plan, "y", 0, 0);
}

TEST(Lower, ReshapingAConstantCopiesIt) {
  Plan plan = plan_of(R"(
    const %0 "w" int8[4] = 0x01020304
    %1 "y" int8[2,2] = RESHAPE(%0) {new_shape=[2,2]}
    output %1)");
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].operands[0].space, PlanOperand::kConstant);
}

// ---- constants

TEST(Lower, EqualConstantsAreLaidOutOnce) {
  Plan plan = plan_of(R"(
    input %0 "x" float32[1]
    const %1 "two" float32[1] = 0x00000040
    const %2 "also two" float32[1] = 0x00000040
    const %3 "three" float32[1] = 0x00004040
    %4 "a" float32[1] = MUL(%0, %1)
    %5 "b" float32[1] = MUL(%4, %2)
    %6 "y" float32[1] = MUL(%5, %3)
    output %6)");
  ASSERT_EQ(plan.constants.size(), 2u);
  EXPECT_EQ(plan.constants[0].name, "two");
  EXPECT_EQ(plan.constants[1].name, "three");
  EXPECT_EQ(plan.constants[1].offset, kImageAlignment);
  EXPECT_EQ(plan.constants_bytes(), kImageAlignment + 4);
  EXPECT_EQ(plan.steps[0].operands[1], plan.steps[1].operands[1]);
}

TEST(Lower, ConstantsThatNoStepReadsAreLeftOut) {
  Plan plan = plan_of(R"(
    input %0 "x" int8[2,3] q(1:0)
    const %1 "perm" int32[2] = 0x0100000000000000
    %2 "y" int8[3,2] q(1:0) = TRANSPOSE(%0, %1)
    output %2)");
  EXPECT_TRUE(plan.constants.empty()) << "the permutation went into the params";
}

TEST(Lower, PackedConstantsNameTheirOperator) {
  Plan plan = plan_of(R"(
    input %0 "x" int8[4] q(1:0)
    %1 "y" int8[4] q(0.0078125:0) = TANH(%0)
    output %1)");
  ASSERT_EQ(plan.constants.size(), 1u);
  EXPECT_EQ(plan.constants[0].name, "packed for operator 0 TANH (output 'y')");
  EXPECT_EQ(plan.constants[0].data.size(), 256u);
}

// ---- refusals

TEST(LowerErrors, ConstantsAsOutputs) {
  Result<Plan> plan = lower(parsed(R"(
    input %0 "x" int8[1]
    const %1 "w" int8[1] = 0x01
    output %1)"),
                            Target());
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().message, "output 'w' is a constant; remove it from the model's outputs");
}

TEST(LowerErrors, ArenasBeyondWhatAnImageAddresses) {
  Result<Plan> plan = lower(parsed(R"(
    input %0 "x" int8[1000,1000,1200] q(1:0)
    const %1 "perm" int32[3] = 0x010000000000000002000000
    %2 "y" int8[1000,1000,1200] q(1:0) = TRANSPOSE(%0, %1)
    output %2)"),
                            Target());
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().message,
            "the model needs an arena of 2400000000 bytes or more, an image addresses less than "
            "2147483648");
}

}  // namespace
}  // namespace mote
