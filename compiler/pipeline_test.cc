// SPDX-License-Identifier: Apache-2.0
// The pipeline as a whole: every pass runs, in order, and none changes a result.
#include "compiler/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ir/builder.h"
#include "ops/run_text_test.h"

namespace mote {
namespace {

/// Something to do for every pass.
Graph busy_graph() {
  Result<Graph> graph = parse(R"(graph "busy" {
      input %9 "x" int32[2,2]
      const %1 "a" int32[2] = 0x0100000002000000
      %2 "folded" int32[2] = ADD(%1, %1)
      %3 "same" int32[2,2] = RESHAPE(%9) {new_shape=[2,2]}
      %4 "y" int32[2,2] = MUL(%3, %2)
      %5 "dead" int32[2,2] = SUB(%3, %2)
      output %4
    })",
                              operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return *graph;
}

TEST(Pipeline, ShowsEveryPassInOrder) {
  std::vector<std::string_view> expected, seen;
  for (const Pass& pass : pipeline()) expected.push_back(pass.name);
  Result<Graph> graph = optimize(busy_graph(), [&](const Pass& pass, const Graph& after) {
    seen.push_back(pass.name);
    EXPECT_TRUE(verify(after).ok()) << pass.name;
  });
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(seen, expected);
  EXPECT_FALSE(seen.empty());
}

TEST(Pipeline, LeavesOnlyWhatTheResultNeeds) {
  Result<Graph> graph = optimize(busy_graph());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(print(*graph), R"(graph "busy" {
  input %0 "x" int32[2,2]
  const %1 "folded" int32[2] = 0x0200000004000000
  %2 "y" int32[2,2] = MUL(%0, %1)
  output %2
}
)");
}

TEST(Pipeline, HasNothingLeftToDoTheSecondTime) {
  std::mt19937 random(1);
  for (const OperatorRecord* record : operator_book()) {
    for (const Graph& graph : record->cases(random)) {
      Result<Graph> once = optimize(graph);
      ASSERT_TRUE(once.ok()) << once.error().message;
      Result<Graph> twice = optimize(*once);
      ASSERT_TRUE(twice.ok()) << twice.error().message;
      EXPECT_EQ(print(*twice), print(*once));
    }
  }
}

TEST(Pipeline, KeepsEveryBitOfTheSampleCases) {
  std::mt19937 random(2);
  for (const OperatorRecord* record : operator_book()) {
    for (const Graph& graph : record->cases(random)) {
      std::vector<Bytes> inputs = random_inputs(random, graph);
      Result<Graph> optimized = optimize(graph);
      ASSERT_TRUE(optimized.ok()) << optimized.error().message;
      EXPECT_EQ(*interpret(*optimized, inputs), *interpret(graph, inputs)) << print(graph);
    }
  }
}

TEST(Pipeline, NamesAndExplainsItsPasses) {
  std::set<std::string_view> names;
  for (const Pass& pass : pipeline()) {
    EXPECT_TRUE(names.insert(pass.name).second) << pass.name << " is there twice";
    EXPECT_FALSE(pass.what.empty()) << pass.name;
    EXPECT_EQ(pass.what.find('\n'), std::string_view::npos) << pass.name;
  }
}

}  // namespace
}  // namespace mote
