// SPDX-License-Identifier: Apache-2.0
// The passes that bring graphs to one layout, on graphs as text: graph in, pass, graph out.
#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "compiler/passes/permutation.h"
#include "ir/builder.h"
#include "ops/run_text_test.h"

namespace mote {
namespace {

/// The order of dimensions that a graph text's TRANSPOSE takes.
std::string nhwc() {
  return hex<int32_t>({0, 2, 3, 1});
}
std::string nchw() {
  return hex<int32_t>({0, 3, 1, 2});
}

Graph read(const std::string& lines) {
  Result<Graph> graph = parse("graph \"g\" {" + lines + "\n}\n", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_TRUE(verify(*graph).ok()) << verify(*graph).error().message;
  return *graph;
}

/// The graph after the pass, which must leave the results as they were.
Graph after(PassResult (*pass)(Graph&), const std::string& lines, bool changes = true) {
  Graph graph = read(lines), before = graph;
  PassResult changed = pass(graph);
  EXPECT_TRUE(changed.ok() && *changed == changes);
  EXPECT_TRUE(verify(graph).ok()) << verify(graph).error().message;
  std::mt19937 random(1);
  std::vector<Bytes> inputs = random_inputs(random, before);
  EXPECT_EQ(*interpret(before, inputs), *interpret(graph, inputs));
  return *compact_tensors(graph) ? graph : graph;
}

/// The operators in order, "PAD TRANSPOSE".
std::string operators(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes) {
    text += (text.empty() ? "" : " ") + std::string(node.record->name);
  }
  return text;
}

TEST(MoveTransposes, ATransposeAndItsInverseCancelAcrossAnOperator) {
  Graph graph = after(move_transposes, R"(
  input %0 "x" float32[1,2,2,3]
  const %1 "to_nchw" int32[4] = )" + nchw() +
                                           R"(
  const %2 "to_nhwc" int32[4] = )" + nhwc() +
                                           R"(
  %3 "a" float32[1,3,2,2] = TRANSPOSE(%0, %1)
  %4 "b" float32[1,3,2,2] = RELU(%3)
  %5 "c" float32[1,2,2,3] = TRANSPOSE(%4, %2)
  %6 "y" float32[1,2,2,3] = TANH(%5)
  output %6)");
  EXPECT_EQ(print(graph), R"(graph "g" {
  input %0 "x" float32[1,2,2,3]
  %1 "b" float32[1,2,2,3] = RELU(%0)
  %2 "y" float32[1,2,2,3] = TANH(%1)
  output %2
}
)");
}

TEST(MoveTransposes, ConstantsAreTransposedInstead) {
  Graph graph = after(move_transposes, R"(
  input %0 "x" float32[1,2,1,2]
  const %1 "to_nchw" int32[4] = )" + nchw() +
                                           R"(
  const %2 "to_nhwc" int32[4] = )" + nhwc() +
                                           R"(
  const %3 "channels" float32[2,1,1] = )" + hex<float>({3, 5}) +
                                           R"(
  %4 "a" float32[1,2,2,1] = TRANSPOSE(%0, %1)
  %5 "b" float32[1,2,2,1] = MUL(%4, %3)
  %6 "y" float32[1,2,1,2] = TRANSPOSE(%5, %2)
  %7 "z" float32[1,2,1,2] = TANH(%6)
  output %7)");
  EXPECT_EQ(print(graph), R"(graph "g" {
  input %0 "x" float32[1,2,1,2]
  const %1 "channels" float32[1,1,1,2] = )" +
                              hex<float>({3, 5}) + R"(
  %2 "b" float32[1,2,1,2] = MUL(%0, %1)
  %3 "z" float32[1,2,1,2] = TANH(%2)
  output %3
}
)");
}

TEST(MoveTransposes, AxesAndPaddingsAreSaidAnew) {
  Graph graph = after(move_transposes, R"(
  input %0 "x" float32[1,2,4,3]
  const %1 "to_nchw" int32[4] = )" + nchw() +
                                           R"(
  const %2 "to_nhwc" int32[4] = )" + nhwc() +
                                           R"(
  const %3 "around" int32[4,2] = )" + hex<int32_t>({0, 0, 1, 0, 0, 2, 3, 4}) +
                                           R"(
  const %4 "begin" int32[4] = )" + hex<int32_t>({0, 1, 0, 2}) +
                                           R"(
  const %5 "size" int32[4] = )" + hex<int32_t>({1, 2, 3, 4}) +
                                           R"(
  %6 "a" float32[1,3,2,4] = TRANSPOSE(%0, %1)
  %7 "b" float32[1,4,4,11] = PAD(%6, %3)
  %8 "c" float32[1,2,3,4] = SLICE(%7, %4, %5)
  %9 "d" float32[1,4,3,4] = CONCATENATION(%8, %8) {axis=1}
  %10 "y" float32[1,3,4,4] = TRANSPOSE(%9, %2)
  %11 "z" float32[1,3,4,4] = RELU(%10)
  output %11)");
  EXPECT_EQ(operators(graph), "PAD SLICE CONCATENATION RELU");
}

TEST(MoveTransposes, ReductionsTakeTheirAxesAlong) {
  Graph graph = after(move_transposes, R"(
  input %0 "x" float32[1,2,4,3]
  const %1 "to_nchw" int32[4] = )" + nchw() +
                                           R"(
  const %2 "axes" int32[2] = )" + hex<int32_t>({2, 3}) +
                                           R"(
  %3 "a" float32[1,3,2,4] = TRANSPOSE(%0, %1)
  %4 "y" float32[1,3] = MEAN(%3, %2) {keep_dims=false}
  output %4)");
  EXPECT_EQ(operators(graph), "MEAN");
}

TEST(MoveTransposes, BothSidesOfASumMeet) {
  Graph graph = after(move_transposes, R"(
  input %0 "x" float32[1,2,4,3]
  input %1 "w" float32[1,2,4,3]
  const %2 "to_nchw" int32[4] = )" + nchw() +
                                           R"(
  %3 "a" float32[1,3,2,4] = TRANSPOSE(%0, %2)
  %4 "b" float32[1,3,2,4] = TRANSPOSE(%1, %2)
  %5 "c" float32[1,3,2,4] = RELU(%3)
  %6 "y" float32[1,3,2,4] = ADD(%5, %4)
  output %6)");
  EXPECT_EQ(operators(graph), "RELU ADD TRANSPOSE");
}

TEST(MoveTransposes, AMoveOfDimensionsOfOneIsAReshape) {
  Graph graph = after(move_transposes, R"(
  input %0 "x" float32[1,1,1,3]
  const %1 "to_nchw" int32[4] = )" + nchw() +
                                           R"(
  %2 "y" float32[1,3,1,1] = TRANSPOSE(%0, %1)
  output %2)");
  EXPECT_EQ(operators(graph), "RESHAPE");
}

TEST(MoveTransposes, TheSameTransposeTwiceIsOne) {
  Graph graph = after(move_transposes, R"(
  input %0 "x" float32[1,2,4,3]
  const %1 "to_nchw" int32[4] = )" + nchw() +
                                           R"(
  const %2 "flat" int32[4] = )" + nchw() + R"(
  %3 "a" float32[1,3,2,4] = TRANSPOSE(%0, %1)
  %4 "b" float32[1,3,2,4] = TRANSPOSE(%0, %2)
  %5 "c" float32[24] = RESHAPE(%3) {new_shape=[24]}
  %6 "y" float32[24] = RESHAPE(%4) {new_shape=[24]}
  output %5
  output %6)");
  EXPECT_EQ(operators(graph), "TRANSPOSE RESHAPE RESHAPE");
}

TEST(MoveTransposes, LeavesWhatWouldNotGetLess) {
  const char* lines = R"(
  input %0 "x" float32[1,2,4,3]
  const %1 "to_nchw" int32[4] = %s
  %2 "a" float32[1,3,2,4] = TRANSPOSE(%0, %1)
  %3 "b" float32[1,3,2,4] = RELU(%2)
  %4 "y" float32[6,4] = RESHAPE(%3) {new_shape=[6, 4]}
  output %4)";
  std::string text = lines;
  text.replace(text.find("%s"), 2, nchw());
  EXPECT_EQ(operators(after(move_transposes, text, false)), "TRANSPOSE RELU RESHAPE");
}

TEST(MoveTransposes, LeavesOperatorsThatDependOnTheLayout) {
  std::string text = R"(
  input %0 "x" float32[1,2,4,3]
  const %1 "to_nchw" int32[4] = )" +
                     nchw() + R"(
  const %2 "to_nhwc" int32[4] = )" +
                     nhwc() + R"(
  %3 "a" float32[1,3,2,4] = TRANSPOSE(%0, %1)
  %4 "b" float32[1,3,2,4] = SOFTMAX(%3)
  %5 "y" float32[1,2,4,3] = TRANSPOSE(%4, %2)
  output %5)";
  EXPECT_EQ(operators(after(move_transposes, text, false)), "TRANSPOSE SOFTMAX TRANSPOSE");
}

// ---- fold_scales and fold_transposes, whose constants are exact here

TEST(FoldScales, AProductAndASumGoIntoFilterAndBias) {
  Graph graph = read(R"(
  input %0 "x" float32[1,1,1,2]
  const %1 "w" float32[2,1,1,2] = )" +
                     hex<float>({1, 2, 3, 4}) + R"(
  const %2 "scale" float32[1,1,1,2] = )" +
                     hex<float>({10, 100}) + R"(
  const %3 "shift" float32[2] = )" +
                     hex<float>({5, 6}) + R"(
  %4 "a" float32[1,1,1,2] = CONV_2D(%0, %1, _) {padding="VALID"}
  %5 "b" float32[1,1,1,2] = MUL(%4, %2)
  %6 "y" float32[1,1,1,2] = ADD(%5, %3) {fused_activation_function="RELU"}
  output %6)");
  ASSERT_TRUE(*fold_scales(graph));
  ASSERT_TRUE(*compact_tensors(graph));
  EXPECT_EQ(print(graph), R"(graph "g" {
  input %0 "x" float32[1,1,1,2]
  const %1 "w" float32[2,1,1,2] = )" +
                              hex<float>({10, 20, 300, 400}) + R"(
  const %2 "" float32[2] = )" +
                              hex<float>({5, 6}) + R"(
  %3 "y" float32[1,1,1,2] = CONV_2D(%0, %1, %2) {fused_activation_function="RELU", padding="VALID"}
  output %3
}
)");
}

TEST(FoldScales, LeavesALayerWithOtherReaders) {
  Graph graph = read(R"(
  input %0 "x" float32[1,1]
  const %1 "w" float32[1,1] = )" +
                     hex<float>({1}) + R"(
  const %2 "scale" float32[1] = )" +
                     hex<float>({10}) + R"(
  %3 "a" float32[1,1] = FULLY_CONNECTED(%0, %1, _)
  %4 "y" float32[1,1] = MUL(%3, %2)
  output %4
  output %3)");
  EXPECT_FALSE(*fold_scales(graph));
}

TEST(FoldTransposes, TheMatrixTakesThePicturesOrder) {
  Graph graph = read(R"(
  input %0 "x" float32[1,1,2,2]
  const %1 "to_nchw" int32[4] = )" +
                     nchw() + R"(
  const %2 "w" float32[1,4] = )" +
                     hex<float>({1, 2, 3, 4}) + R"(
  %3 "a" float32[1,2,1,2] = TRANSPOSE(%0, %1)
  %4 "b" float32[1,4] = RESHAPE(%3) {new_shape=[1, 4]}
  %5 "y" float32[1,1] = FULLY_CONNECTED(%4, %2, _)
  output %5)");
  ASSERT_TRUE(*fold_transposes(graph));
  ASSERT_TRUE(*remove_dead_nodes(graph));
  EXPECT_EQ(operators(graph), "RESHAPE FULLY_CONNECTED");
  std::vector<float> w(4);
  std::memcpy(w.data(), graph.tensor(graph.nodes[1].inputs[1]).data->data(), 16);
  EXPECT_EQ(w, (std::vector<float>{1, 3, 2, 4}));
}

TEST(Permutations, ComposeAndInvert) {
  Permutation p = {0, 2, 3, 1};
  EXPECT_EQ(inverse(p), (Permutation{0, 3, 1, 2}));
  EXPECT_TRUE(is_identity(compose(p, inverse(p))));
  EXPECT_EQ(permuted(Shape(1, 3, 5, 7), p), Shape(1, 5, 7, 3));
}

}  // namespace
}  // namespace mote
