// SPDX-License-Identifier: Apache-2.0
// The text form: what is printed parses to the same graph, and what doesn't parse says where.
#include "ir/text.h"

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

/// One of everything: per-channel scales, another axis than 0, an absent input, names that need
/// escapes, two outputs.
constexpr char kEverything[] = R"(graph "all \"of\" it\\\x0a\x7f" {
  input %0 "x" int8[1,4] q(0.5:-3)
  input %5 "ü" float32[]
  const %1 "w" int8[2,4] q(axis 0; 0.1:0, 0.25:0) = 0x01020304fffefdfc
  const %4 "by row" int8[1,2] q(axis 1; 1:0, 1e-05:0) = 0x0102
  %2 "y" int8[1,2] q(0.25:0) = FULLY_CONNECTED(%0, %1, _) {fused_activation_function="RELU", keep_num_dims=false}
  %3 "z" int8[2] q(0.25:0) = RESHAPE(%2) {new_shape=[2]}
  %6 "p" float32[] = SOFTMAX(%5) {beta=1.0}
  %7 "c" int8[2,2] q(0.25:0) = CONCATENATION(%2, %4, %2) {axis=-1}
  output %3
  output %2
}
)";

Graph parsed(std::string_view text) {
  Result<Graph> graph = parse(text, operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return graph.ok() ? *graph : Graph();
}

std::string parse_error(const std::string& text) {
  Result<Graph> graph = parse(text, operator_book());
  EXPECT_FALSE(graph.ok()) << text;
  return graph.ok() ? "" : graph.error().message;
}

/// The error of a graph whose third line is `line`.
std::string line_error(const std::string& line) {
  return parse_error("graph \"g\" {\n  input %0 \"x\" int8[2]\n" + line + "\n}\n");
}

TEST(Text, ParsesAndPrintsTheSameText) {
  EXPECT_EQ(print(parsed(kEverything)), kEverything);
}

TEST(Text, ReadsEveryPart) {
  Graph graph = parsed(kEverything);
  EXPECT_EQ(graph.name, "all \"of\" it\\\n\x7f");
  EXPECT_EQ(graph.inputs, (std::vector<TensorId>{0, 5}));
  EXPECT_EQ(graph.outputs, (std::vector<TensorId>{3, 2}));
  EXPECT_EQ(graph.tensor(0).quantization, quantization(0.5f, -3));
  EXPECT_EQ(graph.tensor(1).quantization.scales, (std::vector<float>{0.1f, 0.25f}));
  EXPECT_EQ(graph.tensor(4).quantization.axis, 1);
  EXPECT_EQ(*graph.tensor(1).data, (Bytes{1, 2, 3, 4, 0xff, 0xfe, 0xfd, 0xfc}));
  EXPECT_EQ(graph.tensor(5).name, "ü");
  EXPECT_EQ(graph.tensor(5).shape, Shape());
  ASSERT_EQ(graph.nodes.size(), 4u);
  const Node& node = graph.nodes[0];
  EXPECT_EQ(node.record->name, "FULLY_CONNECTED");
  EXPECT_EQ(node.inputs, (std::vector<TensorId>{0, 1, kAbsent}));
  EXPECT_EQ(node.attributes.at("keep_num_dims"), Attribute(false));
  EXPECT_EQ(node.attributes.at("fused_activation_function"), Attribute(std::string("RELU")));
  EXPECT_EQ(graph.nodes[1].attributes.at("new_shape"), Attribute(std::vector<int64_t>{2}));
  EXPECT_EQ(graph.nodes[2].attributes.at("beta"), Attribute(1.0));
  EXPECT_EQ(graph.nodes[3].attributes.at("axis"), Attribute(int64_t{-1}));
}

TEST(Text, KeepsTheTypeOfNumbersAtTheirLimits) {
  for (const Attribute& value :
       {Attribute(INT64_MIN), Attribute(INT64_MAX), Attribute(1e300), Attribute(-0.0),
        Attribute(0.1), Attribute(1e-7), Attribute(std::vector<int64_t>()),
        Attribute(std::vector<int64_t>{-1, INT64_MAX}), Attribute(std::string("\"\\\x01"))}) {
    Graph graph = parsed("graph \"g\" { %0 \"y\" int8[1] = RELU() {a=1} }");
    graph.nodes[0].attributes["a"] = value;
    EXPECT_EQ(parsed(print(graph)).nodes[0].attributes.at("a"), value) << print(graph);
  }
}

TEST(Text, KeepsEverySampleCase) {
  std::mt19937 random(1);
  for (const OperatorRecord* record : operator_book()) {
    for (const Graph& graph : record->cases(random)) {
      Graph back = parsed(print(graph));
      EXPECT_EQ(print(back), print(graph));
      EXPECT_TRUE(verify(back).ok());
    }
  }
}

TEST(Text, ElidedConstantsAreASize) {
  std::string text = print(parsed(kEverything), Constants::kElided);
  EXPECT_NE(text.find("= <8 bytes>\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("0x01"), std::string::npos) << text;
}

TEST(TextErrors, NameTheLineAndWhatWasExpectedThere) {
  const std::pair<const char*, const char*> cases[] = {
      {"input 1", "expected '%' at '1'"},
      {"input %-1 \"x\" int8[1]", "expected a tensor id up to 1048576 at ' \"x\" int8[1]'"},
      {"input %1048577 \"x\" int8[1]", "expected a tensor id up to 1048576"},
      {"input %1 x int8[1]", "expected '\"' at 'x int8[1]'"},
      {"input %1 \"x\" int9[1]", "expected an element type at '[1]'"},
      {"input %1 \"x\" int8(1)", "expected '[' at '(1)'"},
      {"input %1 \"x\" int8[1,a]", "expected a number at 'a]'"},
      {"input %1 \"x\" int8[1,1,1,1,1,1,1]", "expected at most 6 dimensions"},
      {"input %1 \"x\" int8[4294967297]", "expected dimensions that 32 bits hold"},
      {"input %1 \"x\" int8[1] q(0.5)", "expected ':' at ')'"},
      {"input %1 \"x\" int8[1] q(axis 0, 1:1)", "expected ';' at ', 1:1)'"},
      {"input %1 \"x\" int8[1] q(1:99999999999)", "expected a number at '99999999999)'"},
      {"const %1 \"w\" int8[2] 0x0102", "expected '=' at '0x0102'"},
      {"const %1 \"w\" int8[2] = 0102", "expected '0x' at '0102'"},
      {"%1 \"y\" int8[2] = (%0)", "expected a name at '(%0)'"},
      {"%1 \"y\" int8[2] = BLUR(%0)", "expected a known operator instead of BLUR"},
      {"%1 \"y\" int8[2] = RELU %0", "expected '(' at '%0'"},
      {"%1 \"y\" int8[2] = RELU(%0 %0)", "expected ')' at '%0)'"},
      {"%1 \"y\" int8[2] = RELU(%0) {a=}", "expected a number at '}'"},
      {"%1 \"y\" int8[2] = RELU(%0) {a=9223372036854775808}", "expected a number"},
      {"%1 \"y\" int8[2] = RELU(%0) {a=[1}", "expected ']' at '}'"},
      {"%1 \"y\" int8[2] = RELU(%0) {=1}", "expected a name at '=1}'"},
      {"%1 \"\\x4\" int8[2] = RELU(%0)", "expected two lower-case hex digits"},
      {"nonsense", "expected '%' at 'nonsense'"},
  };
  for (const auto& [line, expected] : cases) {
    std::string error = line_error(line);
    EXPECT_EQ(error.rfind("graph text, line 3: expected ", 0), 0u) << line << ": " << error;
    EXPECT_NE(error.find(expected), std::string::npos) << line << ": " << error;
  }
}

TEST(TextErrors, CountLinesInsideNames) {
  EXPECT_NE(line_error("input %1 \"two\nlines\" int9[1]").find("line 4: "), std::string::npos);
}

TEST(TextErrors, TextsThatEndTooEarlyOrGoOn) {
  EXPECT_EQ(parse_error(""), "graph text, line 1: expected 'graph' at ''");
  EXPECT_EQ(parse_error("graph \"g\" {\n"), "graph text, line 2: expected '%' at ''");
  EXPECT_EQ(parse_error("graph \"g"), "graph text, line 1: expected '\"' at ''");
  EXPECT_EQ(parse_error("graph \"g\" {}\n}"),
            "graph text, line 2: expected the end of the text at '}'");
}

TEST(TextErrors, EveryPrefixIsRefusedAndNothingElse) {
  std::string text = kEverything;
  text.resize(text.find_last_of('}') + 1);
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(parse(text.substr(0, length), operator_book()).ok()) << text.substr(0, length);
  }
}

}  // namespace
}  // namespace mote
