// SPDX-License-Identifier: Apache-2.0
// Bodies and variables in the text form, and what the verifier says of wrong ones.
#include <gtest/gtest.h>

#include "ir/interpreter.h"
#include "ops/run_text_test.h"

namespace mote {
namespace {

const char kLoop[] = R"(graph "loop" {
  input %0 "n" int32[1]
  variable %1 "turns" int32[1] = 0x01000000
  const %2 "zero" int32[1] = 0x00000000
  %3 "count" int32[1], %4 "limit" int32[1] = WHILE(%2, %0) {max_iterations=9}
    graph "less" {
      input %0 "i" int32[1]
      input %1 "n" int32[1]
      %2 "more" bool[1] = LESS(%0, %1)
      output %2
    }
    graph "next" {
      input %0 "i" int32[1]
      input %1 "n" int32[1]
      variable %2 "turns" int32[1] = 0x01000000
      %3 "t" int32[1] = READ_VARIABLE(%2)
      %4 "j" int32[1] = ADD(%0, %3)
      ASSIGN_VARIABLE(%2, %4)
      output %4
      output %1
    }
  output %3
}
)";

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kLoop;
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
  Result<Graph> graph = parse(text, operator_book());
  if (!graph.ok()) return graph.error().message;
  Result<void> verified = verify(*graph);
  return verified.ok() ? "" : verified.error().message;
}

TEST(ControlFlowText, RoundTrips) {
  Result<Graph> graph = parse(kLoop, operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(print(*graph), kLoop);
  EXPECT_EQ(error_of(kLoop), "");
}

TEST(ControlFlowText, IsNotNestedWithoutEnd) {
  std::string text = "graph \"g\" {\n", deeper = "CALL_ONCE() graph \"b\" {\n";
  for (int i = 0; i < 100000; ++i) text += deeper;
  EXPECT_NE(error_of(text).find("less deeply nested graphs"), std::string::npos);
}

TEST(ControlFlow, RunsAndKeepsItsVariables) {
  Result<Graph> graph = parse(kLoop, operator_book());
  Result<Interpreter> interpreter = Interpreter::make(*graph);
  ASSERT_TRUE(interpreter.ok()) << interpreter.error().message;
  auto run = [&](int32_t n) { return interpreter->run({bytes_from<int32_t>({n})}); };
  EXPECT_EQ((*run(4))[0], bytes_from<int32_t>({4})) << "1, 2, 4";
  EXPECT_EQ((*run(4))[0], bytes_from<int32_t>({4})) << "4 from the start";
  EXPECT_EQ(interpreter->value(1), bytes_from<int32_t>({4}));
  ASSERT_TRUE(interpreter->reset().ok());
  EXPECT_EQ(interpreter->value(1), bytes_from<int32_t>({1}));
}

TEST(ControlFlow, StopsALoopThatTakesTooManyTurns) {
  Result<Graph> graph = parse(changed("max_iterations=9", "max_iterations=2"), operator_book());
  Result<std::vector<Bytes>> outputs = interpret(*graph, {bytes_from<int32_t>({5})});
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().message,
            "operator 0 WHILE (output 'count'): takes more than 2 turns, which its max_iterations "
            "allows");
}

struct Refused {
  const char *from, *to, *message;
};

const Refused kRefused[] = {
    {"output %2\n    }", "output %0\n    }",
     "operator 0 WHILE (output 'count'): the output of its body 'less', 'i' is int32[1], should be "
     "one bool"},
    {"      output %1\n", "",
     "operator 0 WHILE (output 'count'): its body 'next' has 1 outputs, should have 2"},
    {"      input %1 \"n\" int32[1]\n      %2", "      %2",
     "operator 0 WHILE (output 'count'): body 'less', operator 0 LESS (output 'more'): input "
     "tensor '' is used before anything has computed it"},
    {"variable %2 \"turns\" int32[1] = 0x01000000", "variable %2 \"turns\" int32[1]",
     "operator 0 WHILE (output 'count'): body 'next', variable 'turns' has two initial values"},
    {"variable %2 \"turns\" int32[1] = 0x01000000", "variable %2 \"turns\" float32[1]",
     "operator 0 WHILE (output 'count'): body 'next', variable 'turns' is float32[1] here and "
     "int32[1] elsewhere"},
    {"variable %2 \"turns\" int32[1] = 0x01000000", "const %2 \"turns\" int32[1] = 0x01000000",
     "operator 0 WHILE (output 'count'): body 'next', operator 0 READ_VARIABLE (output 't'): input "
     "0 (variable) 'turns' int32[1] must be a variable"},
    {"ADD(%0, %3)", "ADD(%0, %2)",
     "operator 0 WHILE (output 'count'): body 'next', operator 1 ADD (output 'j'): input 1 (b) "
     "'turns' int32[1] is a variable; READ_VARIABLE gives its value"},
    {"output %3\n}", "output %1\n}",
     "graph output 'turns' is a variable; READ_VARIABLE gives its value"},
    {"max_iterations=9", "max_iterations=-1",
     "operator 0 WHILE (output 'count'): attribute max_iterations is -1, must lie in "
     "0..2147483647"},
};

TEST(ControlFlow, IsRefusedWithTheReason) {
  for (const Refused& refused : kRefused) {
    EXPECT_EQ(error_of(changed(refused.from, refused.to)), refused.message) << refused.to;
  }
}

// ---- operators with a state of their own

const char kDelay[] = R"(graph "delay" {
  input %0 "x" int16[1,3]
  variable %1 "y/state" int16[1,4]
  %2 "y" int16[1,3] = SignalDelay(%0, %1) {delay_length=4}
  output %2
})";

/// What is said of kDelay with `from` changed into `to`.
std::string delay_error(std::string from, std::string to) {
  std::string text = kDelay;
  return error_of(text.replace(text.find(from), from.size(), to));
}

TEST(OwnState, IsKeptUntilAReset) {
  Result<Graph> graph = parse(kDelay, operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_TRUE(changes_state(graph->nodes[0]));
  Result<Interpreter> interpreter = Interpreter::make(*graph);
  ASSERT_TRUE(interpreter.ok()) << interpreter.error().message;
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ((*interpreter->run({bytes_from<int16_t>({1, 2, 3})}))[0],
              bytes_from<int16_t>({0, 0, 0}));
    EXPECT_EQ((*interpreter->run({bytes_from<int16_t>({4, 5, 6})}))[0],
              bytes_from<int16_t>({0, 1, 2}));
    ASSERT_TRUE(interpreter->reset().ok());
  }
}

TEST(OwnState, IsWhatTheOperatorSays) {
  EXPECT_EQ(delay_error("int16[1,4]", "int16[1,5]"),
            "operator 0 SignalDelay (output 'y'): input 1 (queue) 'y/state' int16[1,5] must be "
            "int16[1,4]");
  EXPECT_EQ(delay_error("int16[1,4]", "int16[1,4] = 0x0100000000000000"),
            "operator 0 SignalDelay (output 'y'): input 1 (queue) 'y/state' int16[1,4] has another "
            "initial value than the operator's own");
  EXPECT_EQ(delay_error("(%0, %1)", "(%0)"),
            "operator 0 SignalDelay (output 'y'): input 1 (queue) is missing");
  EXPECT_EQ(delay_error("variable %1 \"y/state\" int16[1,4]", "input %1 \"q\" int16[1,4]"),
            "operator 0 SignalDelay (output 'y'): input 1 (queue) 'q' int16[1,4] must be a "
            "variable");
}

}  // namespace
}  // namespace mote
