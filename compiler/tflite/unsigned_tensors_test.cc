// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/unsigned_tensors.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

/// The graph after sign_tensors(), or why not.
Result<Graph> sign(const std::string& lines) {
  Result<Graph> graph = parse("graph \"test\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  if (!graph.ok()) return graph;
  MOTE_CHECK_OK(tflite::sign_tensors(&*graph, operator_book()));
  MOTE_CHECK_OK(verify(*graph));
  return graph;
}

/// "QUANTIZE RELU QUANTIZE": what the graph runs.
std::string operators(const Result<Graph>& graph) {
  if (!graph.ok()) return graph.error().message;
  std::string names;
  for (const Node& node : graph->nodes) names += " " + std::string(node.record->name);
  return names.substr(1);
}

Bytes run(const Result<Graph>& graph, const Bytes& input) {
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  if (!graph.ok()) return {};
  Result<std::vector<Bytes>> outputs = interpret(*graph, {input});
  EXPECT_TRUE(outputs.ok()) << outputs.error().message;
  return outputs.ok() ? (*outputs)[0] : Bytes();
}

TEST(UnsignedTensors, EdgesKeepTheirTypeAndTheInsideIsInt8) {
  Result<Graph> graph = sign(R"(
    input %0 "x" uint8[2] q(0.5:100)
    %1 "r" uint8[2] q(0.5:100) = RELU(%0)
    %2 "y" uint8[2] q(0.5:120) = ADD(%1, %1)
    output %2)");
  EXPECT_EQ(operators(graph), "QUANTIZE RELU ADD QUANTIZE");
  EXPECT_EQ(graph->tensor(graph->inputs[0]).dtype, DType::kUInt8);
  EXPECT_EQ(graph->tensor(graph->outputs[0]).dtype, DType::kUInt8);
  EXPECT_EQ(run(graph, {90, 110}), (Bytes{120, 140}));
}

TEST(UnsignedTensors, MeansRoundUpAndStayUnsigned) {
  // Of -2 and -1 the mean is -2 in int8, and that of 126 and 127 is 127 in uint8.
  Result<Graph> graph = sign(R"(
    input %0 "x" uint8[1,1,2,1] q(1:128)
    %1 "r" uint8[1,1,2,1] q(1:128) = RELU6(%0)
    %2 "y" uint8[1,1,1,1] q(1:128) = AVERAGE_POOL_2D(%1) {filter_width=2, padding="VALID"}
    output %2)");
  EXPECT_EQ(operators(graph), "QUANTIZE RELU6 QUANTIZE AVERAGE_POOL_2D");
  EXPECT_EQ(run(graph, {129, 130}), Bytes{130});
}

TEST(UnsignedTensors, WeightsKeepTheirZeroPoint) {
  // (3 - 1) · (255 - 2) = 506 and (3 - 1) · (0 - 2) = -4; scaled by 1/4: 127 and -1.
  for (const char* layer :
       {R"(CONV_2D(%0, %1, _))", R"(DEPTHWISE_CONV_2D(%0, %1, _) {depth_multiplier=2})"}) {
    bool depthwise = layer[0] == 'D';
    Result<Graph> graph = sign(R"(
      input %0 "x" uint8[1,1,1,1] q(0.5:1)
      const %1 "w" uint8)" + std::string(depthwise ? "[1,1,1,2]" : "[2,1,1,1]") +
                               R"( q(0.5:2) = 0xff00
      %2 "y" uint8[1,1,1,2] q(1:5) = )" +
                               layer + R"(
      output %2)");
    EXPECT_EQ(run(graph, {3}), (Bytes{132, 4})) << layer;
  }
  Result<Graph> graph = sign(R"(
    input %0 "x" uint8[1,1] q(0.5:1)
    const %1 "w" uint8[2,1] q(0.5:2) = 0xff00
    %2 "y" uint8[1,2] q(1:5) = FULLY_CONNECTED(%0, %1, _)
    output %2)");
  EXPECT_EQ(run(graph, {3}), (Bytes{132, 4}));
}

TEST(UnsignedTensors, WhatRoundsOtherwiseIsRefused) {
  EXPECT_EQ(
      operators(sign(R"(
    input %0 "x" uint8[2] q(0.5:100)
    %1 "y" uint8[2] q(0.5:100) = HARD_SWISH(%0)
    output %1)")),
      "operator HARD_SWISH (output 'y') has uint8 operands, for which TFLite rounds otherwise "
      "than for int8; mote has it in int8: convert the model again with int8");
}

/// An int8 graph of layers as a model of before 2019 would have it.
Graph unsigned_form(Graph graph) {
  for (Tensor& tensor : graph.tensors) {
    if (tensor.dtype != DType::kInt8) continue;
    tensor.dtype = DType::kUInt8;
    for (int32_t& zero_point : tensor.quantization.zero_points) zero_point += 128;
    if (!tensor.constant()) continue;
    Bytes bytes = *tensor.data;
    for (uint8_t& byte : bytes) byte ^= 0x80;
    tensor.data = std::make_shared<const Bytes>(std::move(bytes));
  }
  return graph;
}

TEST(UnsignedTensors, FilesGiveTheSameValuesAsInInt8) {
  std::mt19937 random(5);
  int compared = 0;
  for (const char* name : {"FULLY_CONNECTED", "ADD", "MUL", "SOFTMAX", "MAX_POOL_2D", "PAD"}) {
    for (const Graph& graph : find_record(operator_book(), name)->cases(random)) {
      bool plain = std::ranges::all_of(graph.tensors, [](const Tensor& tensor) {
        return tensor.dtype != DType::kFloat32 && tensor.dtype != DType::kInt16 &&
               tensor.quantization.scales.size() <= 1;
      });
      if (!plain || graph.tensor(graph.outputs[0]).dtype != DType::kInt8) continue;
      Result<Bytes> file = write_tflite(unsigned_form(graph));
      ASSERT_TRUE(file.ok()) << file.error().message;
      Result<Graph> back = read_tflite(*file, "old.tflite", operator_book());
      ASSERT_TRUE(back.ok()) << name << ": " << back.error().message;
      std::vector<Bytes> inputs = random_inputs(random, graph), flipped = inputs;
      for (size_t i = 0; i < inputs.size(); ++i) {
        if (graph.tensor(graph.inputs[i]).dtype != DType::kInt8) continue;
        for (uint8_t& byte : flipped[i]) byte ^= 0x80;
      }
      Bytes expected = (*interpret(graph, inputs))[0];
      for (uint8_t& byte : expected) byte ^= 0x80;
      EXPECT_EQ((*interpret(*back, flipped))[0], expected) << name;
      ++compared;
    }
  }
  EXPECT_GT(compared, 30);
}

}  // namespace
}  // namespace mote
