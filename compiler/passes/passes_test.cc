// SPDX-License-Identifier: Apache-2.0
// Each pass on graphs as text: graph in, pass, graph out.
#include "compiler/passes/passes.h"

#include <gtest/gtest.h>

#include "ops/run_text_test.h"

namespace mote {
namespace {

std::string wrap(const std::string& lines) {
  return "graph \"g\" {" + lines + "\n}\n";
}

/// The graph after the pass, printed; the pass must say rightly whether it changed anything, and
/// leave a graph that verifies.
std::string after(PassResult (*pass)(Graph&), const std::string& lines) {
  Result<Graph> graph = parse(wrap(lines), operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  if (!graph.ok()) return {};
  EXPECT_TRUE(verify(*graph).ok()) << verify(*graph).error().message;
  std::string before = print(*graph);
  size_t tensors = graph->tensors.size();
  PassResult changed = pass(*graph);
  EXPECT_TRUE(changed.ok()) << changed.error().message;
  EXPECT_TRUE(verify(*graph).ok()) << verify(*graph).error().message;
  bool differs = print(*graph) != before || graph->tensors.size() != tensors;
  EXPECT_EQ(changed.ok() && *changed, differs);
  return print(*graph);
}

void expect_unchanged(PassResult (*pass)(Graph&), const std::string& lines) {
  EXPECT_EQ(after(pass, lines), wrap(lines));
}

// ---- fold_constants

TEST(FoldConstants, AShapeDoesntDependOnTheTensorItIsOf) {
  std::string folded = after(fold_constants, R"(
  input %0 "x" float32[2,3]
  %1 "s" int32[2] = SHAPE(%0)
  %2 "y" int32[2] = ADD(%1, %1)
  %3 "z" float32[2,3] = ABS(%0)
  output %2
  output %3)");
  EXPECT_EQ(folded.find("SHAPE"), std::string::npos) << folded;
  EXPECT_NE(folded.find("ADD"), std::string::npos) << "a result of the model stays computed";
}

TEST(FoldConstants, ComputesWhatDoesntDependOnTheInput) {
  EXPECT_EQ(after(fold_constants, R"(
  input %0 "x" int32[2]
  const %1 "a" int32[2] = 0x0100000002000000
  const %2 "b" int32[2] = 0x0a00000014000000
  %3 "sum" int32[2] = ADD(%1, %2)
  %4 "y" int32[2] = MUL(%0, %3)
  output %4)"),
            wrap(R"(
  input %0 "x" int32[2]
  const %1 "a" int32[2] = 0x0100000002000000
  const %2 "b" int32[2] = 0x0a00000014000000
  const %3 "sum" int32[2] = 0x0b00000016000000
  %4 "y" int32[2] = MUL(%0, %3)
  output %4)"));
}

TEST(FoldConstants, FollowsChains) {
  EXPECT_EQ(after(fold_constants, R"(
  input %0 "x" int32[1]
  const %1 "a" int32[1] = 0x03000000
  %2 "b" int32[1] = ADD(%1, %1)
  %3 "c" int32[1] = MUL(%2, %2)
  %4 "y" int32[1] = SUB(%0, %3)
  output %4)"),
            wrap(R"(
  input %0 "x" int32[1]
  const %1 "a" int32[1] = 0x03000000
  const %2 "b" int32[1] = 0x06000000
  const %3 "c" int32[1] = 0x24000000
  %4 "y" int32[1] = SUB(%0, %3)
  output %4)"));
}

TEST(FoldConstants, LeavesWhatDependsOnTheInput) {
  expect_unchanged(fold_constants, R"(
  input %0 "x" int32[1]
  const %1 "a" int32[1] = 0x03000000
  %2 "y" int32[1] = ADD(%0, %1)
  output %2)");
}

TEST(FoldConstants, LeavesTheModelsOutputs) {
  expect_unchanged(fold_constants, R"(
  const %0 "a" int32[1] = 0x03000000
  %1 "y" int32[1] = ADD(%0, %0)
  output %1)");
}

// ---- remove_identities

TEST(RemoveIdentities, DropsAReshapeToTheSameShape) {
  EXPECT_EQ(after(remove_identities, R"(
  input %0 "x" int8[2,2] q(1:0)
  %1 "same" int8[2,2] q(1:0) = RESHAPE(%0) {new_shape=[2, 2]}
  %2 "y" int8[2,2] q(1:0) = ADD(%1, %1)
  output %2)"),
            wrap(R"(
  input %0 "x" int8[2,2] q(1:0)
  %2 "y" int8[2,2] q(1:0) = ADD(%0, %0)
  output %2)"));
}

TEST(RemoveIdentities, DropsAllOfAChain) {
  EXPECT_EQ(after(remove_identities, R"(
  input %0 "x" int8[4] q(1:0)
  %1 "a" int8[4] q(1:0) = RESHAPE(%0) {new_shape=[4]}
  %2 "b" int8[4] q(1:0) = RESHAPE(%1) {new_shape=[-1]}
  %3 "y" int8[4] q(1:0) = RELU(%2)
  output %3)"),
            wrap(R"(
  input %0 "x" int8[4] q(1:0)
  %3 "y" int8[4] q(1:0) = RELU(%0)
  output %3)"));
}

TEST(RemoveIdentities, LeavesReshapesToAnotherShape) {
  expect_unchanged(remove_identities, R"(
  input %0 "x" int8[2,2]
  %1 "flat" int8[4] = RESHAPE(%0) {new_shape=[4]}
  %2 "y" int8[2,2] = RESHAPE(%1) {new_shape=[2, 2]}
  output %2)");
}

TEST(RemoveIdentities, LeavesRequantisations) {
  expect_unchanged(remove_identities, R"(
  input %0 "x" int8[4] q(1:0)
  %1 "q" int8[4] q(2:0) = QUANTIZE(%0)
  %2 "y" int8[4] q(1:0) = RELU(%1)
  output %2)");
}

TEST(RemoveIdentities, LeavesOperatorsThatKeepOnlyTheShape) {
  expect_unchanged(remove_identities, R"(
  input %0 "x" int8[2,2] q(1:0)
  const %1 "perm" int32[2] = 0x0100000000000000
  %2 "t" int8[2,2] q(1:0) = TRANSPOSE(%0, %1)
  %3 "y" int8[2,2] q(1:0) = RELU(%2)
  output %3)");
}

TEST(RemoveIdentities, LeavesTheModelsOutputs) {
  expect_unchanged(remove_identities, R"(
  input %0 "x" int8[2,2]
  %1 "y" int8[2,2] = RESHAPE(%0) {new_shape=[2, 2]}
  output %1)");
}

// ---- remove_dead_nodes

TEST(RemoveDeadNodes, DropsWhatNobodyUses) {
  EXPECT_EQ(after(remove_dead_nodes, R"(
  input %0 "x" float32[1]
  %1 "y" float32[1] = RELU(%0)
  %2 "dead" float32[1] = TANH(%1)
  %3 "deader" float32[1] = TANH(%2)
  output %1)"),
            wrap(R"(
  input %0 "x" float32[1]
  %1 "y" float32[1] = RELU(%0)
  output %1)"));
}

TEST(RemoveDeadNodes, KeepsTheModelsInputs) {
  EXPECT_EQ(after(remove_dead_nodes, R"(
  input %0 "x" float32[1]
  input %1 "unused" float32[1]
  %2 "dead" float32[1] = RELU(%1)
  output %0)"),
            wrap(R"(
  input %0 "x" float32[1]
  input %1 "unused" float32[1]
  output %0)"));
}

TEST(RemoveDeadNodes, KeepsWhatAnyOutputNeeds) {
  expect_unchanged(remove_dead_nodes, R"(
  input %0 "x" float32[1]
  %1 "a" float32[1] = RELU(%0)
  %2 "b" float32[1] = TANH(%1)
  output %1
  output %2)");
}

// ---- compact_tensors

TEST(CompactTensors, DropsTheUnusedAndRenumbersInOrderOfAppearance) {
  EXPECT_EQ(after(compact_tensors, R"(
  input %7 "x" int32[1]
  const %0 "unused" int32[1] = 0x01000000
  const %2 "a" int32[1] = 0x03000000
  %5 "y" int32[1] = ADD(%7, %2)
  output %5)"),
            wrap(R"(
  input %0 "x" int32[1]
  const %1 "a" int32[1] = 0x03000000
  %2 "y" int32[1] = ADD(%0, %1)
  output %2)"));
}

TEST(CompactTensors, RenumbersEvenIfAllAreUsed) {
  EXPECT_EQ(after(compact_tensors, R"(
  input %1 "x" int32[1]
  %0 "y" int32[1] = ADD(%1, %1)
  output %0)"),
            wrap(R"(
  input %0 "x" int32[1]
  %1 "y" int32[1] = ADD(%0, %0)
  output %1)"));
}

TEST(CompactTensors, LeavesAbsentInputsAbsent) {
  expect_unchanged(compact_tensors, R"(
  input %0 "x" float32[1,2]
  const %1 "w" float32[1,2] = 0x0000803f0000803f
  %2 "y" float32[1,1] = FULLY_CONNECTED(%0, %1, _)
  output %2)");
}

}  // namespace
}  // namespace mote
