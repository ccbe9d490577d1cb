// SPDX-License-Identifier: Apache-2.0
// The interpreter on graphs that were computed by hand, and what it says of wrong inputs.
#include "ir/interpreter.h"

#include <gtest/gtest.h>

#include "ops/run_text_test.h"

namespace mote {
namespace {

Graph parsed(const std::string& lines) {
  Result<Graph> graph = parse("graph \"g\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_TRUE(verify(*graph).ok()) << verify(*graph).error().message;
  return *graph;
}

/// y = (a + b) · b with b used twice, and the sum an output too.
const char* kSumAndProduct = R"(
  input %0 "a" float32[2]
  input %1 "b" float32[2]
  %2 "sum" float32[2] = ADD(%0, %1)
  %3 "product" float32[2] = MUL(%2, %1)
  output %3
  output %2)";

TEST(Interpreter, GivesTheOutputsInTheirOrder) {
  Result<std::vector<Bytes>> outputs =
      interpret(parsed(kSumAndProduct), {bytes_from<float>({1, 2}), bytes_from<float>({10, 20})});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  EXPECT_EQ((*outputs)[0], bytes_from<float>({110, 440}));
  EXPECT_EQ((*outputs)[1], bytes_from<float>({11, 22}));
}

TEST(Interpreter, QuantisedMatrixByHand) {
  // real x = (2, 4), w = ((1, 2), (-1, 0)), b = (0.5, 0) give (10.5, -2), and RELU -2 becomes 0.
  EXPECT_EQ(run_text<int8_t>(R"(
      input %0 "x" int8[1,2] q(0.5:10)
      const %1 "w" int8[2,2] q(1:0) = 0x0102ff00
      const %2 "b" int32[2] = 0x0100000000000000
      %3 "y" int8[1,2] q(0.5:-5) = FULLY_CONNECTED(%0, %1, %2) {fused_activation_function="RELU"}
      output %3)",
                             {bytes_from<int8_t>({14, 18})}),
            (std::vector<int8_t>{16, -5}));
}

TEST(Interpreter, RunsAgainWithOtherInputs) {
  Graph graph = parsed(kSumAndProduct);
  Result<Interpreter> interpreter = Interpreter::make(graph);
  ASSERT_TRUE(interpreter.ok());
  for (float x : {1.0f, 2.0f, 1.0f}) {
    auto outputs = interpreter->run({bytes_from<float>({x, x}), bytes_from<float>({x, x})});
    EXPECT_EQ((*outputs)[0], bytes_from<float>({2 * x * x, 2 * x * x}));
  }
}

TEST(Interpreter, KeepsEveryTensorsValue) {
  Graph graph = parsed(R"(
    input %0 "x" float32[1]
    const %1 "two" float32[1] = 0x00000040
    %2 "sum" float32[1] = ADD(%0, %1)
    %3 "y" float32[1] = MUL(%2, %1)
    output %3)");
  Result<Interpreter> interpreter = Interpreter::make(graph);
  ASSERT_TRUE(interpreter.ok());
  ASSERT_TRUE(interpreter->run({bytes_from<float>({1})}).ok());
  EXPECT_EQ(interpreter->value(0), bytes_from<float>({1}));
  EXPECT_EQ(interpreter->value(1), bytes_from<float>({2}));
  EXPECT_EQ(interpreter->value(2), bytes_from<float>({3}));
  EXPECT_EQ(interpreter->value(3), bytes_from<float>({6}));
}

TEST(Interpreter, AModelWithoutOperatorsGivesItsInput) {
  Graph graph = parsed("input %0 \"x\" int8[3]\noutput %0");
  EXPECT_EQ(*interpret(graph, {{1, 2, 3}}), (std::vector<Bytes>{{1, 2, 3}}));
}

TEST(InterpreterErrors, AWrongNumberOfInputs) {
  Result<std::vector<Bytes>> outputs = interpret(parsed(kSumAndProduct), {Bytes(8)});
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().message, "the model takes 2 inputs, 1 given");
}

TEST(InterpreterErrors, AnInputOfAWrongLength) {
  Result<std::vector<Bytes>> outputs = interpret(parsed(kSumAndProduct), {Bytes(8), Bytes(7)});
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().message, "input 1 'b' is float32[2] and takes 8 bytes, 7 given");
}

}  // namespace
}  // namespace mote
