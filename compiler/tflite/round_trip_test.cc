// SPDX-License-Identifier: Apache-2.0
// What is written is read back: for every operator of the book, over its record's sample cases.
#include <gtest/gtest.h>

#include "compiler/tflite/options.h"
#include "compiler/tflite/reader.h"
#include "compiler/tflite/schema.h"
#include "compiler/tflite/writer.h"
#include "ir/text.h"
#include "ops/book.h"

namespace mote {
namespace {

void spell_out(Node& node) {
  for (const AttributeSpec& spec : node.record->attributes) {
    auto [entry, added] = node.attributes.try_emplace(spec.name, spec.fallback);
    if (double* real = std::get_if<double>(&entry->second)) {
      std::string text = fmt::format("{}", static_cast<float>(*real));
      *real = std::strtod(text.c_str(), nullptr);
    }
  }
}

/// The graph with all attributes spelled out, as the reader gives it. Real numbers are floats in
/// the file, so they may change in digits that no float has.
Graph spelled_out(Graph graph) {
  for_each_graph(graph, [](Graph& one) {
    for (Node& node : one.nodes) spell_out(node);
  });
  return graph;
}

Result<Graph> there_and_back(const Graph& graph) {
  MOTE_TRY(Bytes file, write_tflite(graph));
  return read_tflite(file, "models/" + graph.name + ".tflite", operator_book());
}

class TfliteOperator : public testing::TestWithParam<const OperatorRecord*> {};

TEST_P(TfliteOperator, HasAttributesThatFitItsOptionsTable) {
  Result<void> checked = tflite::check_record(*GetParam());
  EXPECT_TRUE(checked.ok()) << checked.error().message;
  EXPECT_EQ(GetParam()->tflite_options.empty(),
            !tflite::find_options(GetParam()->tflite_options).has_value());
}

TEST_P(TfliteOperator, IsReadAsItWasWritten) {
  std::mt19937 random(1);
  for (const Graph& graph : GetParam()->cases(random)) {
    Result<Graph> back = there_and_back(graph);
    ASSERT_TRUE(back.ok()) << back.error().message << "\n" << print(graph);
    EXPECT_EQ(print(*back), print(spelled_out(graph)));
  }
}

INSTANTIATE_TEST_SUITE_P(Tflite, TfliteOperator, testing::ValuesIn(operator_book()),
                         [](const auto& test) { return std::string(test.param->name); });

const char kTwice[] = R"(graph "twice" {
  input %0 "x" float32[1,2,2,1]
  const %1 "w" float32[1,1,1,1] = 0x0000803f
  %2 "y" float32[1,2,2,1] = CONV_2D(%0, %1, _)
  %3 "z" float32[1,2,2,1] = CONV_2D(%2, %1, _)
  output %3
})";

TEST(TfliteWriter, WritesTheSameBytesEveryTime) {
  Result<Graph> graph = parse(kTwice, operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(*write_tflite(*graph), *write_tflite(*graph));
}

TEST(TfliteWriter, AlignsBuffersAndWritesSharedOnesOnce) {
  Result<Graph> graph = parse(kTwice, operator_book());
  Tensor copy = graph->tensor(1);  // another tensor with the same bytes
  graph->tensors.push_back(copy);
  graph->nodes[1].inputs[1] = 4;
  Result<Bytes> file = write_tflite(*graph);
  ASSERT_TRUE(file.ok());
  const auto* model = tflite_schema::GetModel(file->data());
  ASSERT_EQ(model->buffers()->size(), 2u);  // the empty one and the filter
  EXPECT_FALSE(model->buffers()->Get(0)->data());
  ptrdiff_t at = model->buffers()->Get(1)->data()->data() - file->data();
  EXPECT_EQ(at % 16, 0);
  EXPECT_EQ(model->operator_codes()->size(), 1u);
  EXPECT_EQ(model->description()->str(), "mote");
}

TEST(TfliteWriter, GivesOperatorsTheVersionThatTheirTypesNeed) {
  std::mt19937 random(1);
  for (const Graph& graph : conv_2d_record().cases(random)) {
    DType dtype = graph.tensor(graph.inputs[0]).dtype;
    int version = dtype == DType::kInt8 ? 3 : dtype == DType::kInt16 ? 8 : 1;
    EXPECT_EQ(operator_version(graph, graph.nodes[0]), version);
  }
}

TEST(TfliteWriter, RefusesWhatTheOptionsTableCannotSay) {
  Result<Graph> graph = parse(kTwice, operator_book());
  graph->nodes[1].attributes["padding"] = std::string("FULL");
  Result<Bytes> file = write_tflite(*graph);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().message, "operator 1 CONV_2D (output 'z'): option padding can't be FULL");
  graph->nodes[1].attributes["padding"] = std::string("SAME");
  graph->nodes[1].attributes["stride_h"] = int64_t{1} << 40;
  EXPECT_EQ(write_tflite(*graph).error().message,
            "operator 1 CONV_2D (output 'z'): option stride_h can't hold 1099511627776");
}

}  // namespace
}  // namespace mote
