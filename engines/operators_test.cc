// SPDX-License-Identifier: Apache-2.0
// The generic suite of the compiler: every sample case of every record, compiled to an image and
// run by the runtime, must give the interpreter's bits.
#include <gtest/gtest.h>

#include "compiler/image_writer.h"
#include "compiler/pipeline.h"
#include "engines/host_engine.h"
#include "ir/builder.h"
#include "ir/comparator.h"
#include "ir/interpreter.h"
#include "ops/book.h"

namespace mote {
namespace {

class EachOperator : public testing::TestWithParam<const OperatorRecord*> {};

TEST_P(EachOperator, ImageGivesTheInterpretersBits) {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    std::mt19937 random(seed);
    for (const Graph& graph : GetParam()->cases(random)) {
      std::vector<Bytes> inputs = random_inputs(random, graph);
      Result<std::vector<Bytes>> expected = interpret(graph, inputs);
      ASSERT_TRUE(expected.ok()) << expected.error().message;
      Result<Plan> plan = compile(graph, Target());
      ASSERT_TRUE(plan.ok()) << plan.error().message;
      EXPECT_GE(plan->arena_bytes, plan->arena_lower_bound_bytes);
      Result<HostEngine> engine = HostEngine::make(write_image(*plan));
      ASSERT_TRUE(engine.ok()) << engine.error().message;
      for (int repeat = 0; repeat < 2; ++repeat) {  // inputs are overwritten: run() needs them anew
        Result<std::vector<Bytes>> actual = engine->run(inputs);
        ASSERT_TRUE(actual.ok()) << actual.error().message;
        EXPECT_EQ(*actual, *expected) << graph.name << " seed " << seed;
      }
    }
  }
}

std::string case_name(const testing::TestParamInfo<const OperatorRecord*>& info) {
  return std::string(info.param->name);
}

INSTANTIATE_TEST_SUITE_P(Book, EachOperator, testing::ValuesIn(operator_book()), case_name);

}  // namespace
}  // namespace mote
