// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/recipe.h"

#include <gtest/gtest.h>

#include "ir/record.h"
#include "train/evaluate/run_graph.h"
#include "train/quantize/mixed.h"
#include "train/quantize/rules.h"
#include "train/quantize/test_network.h"
#include "train/quantize/values.h"
#include "train/quantize/weights.h"

namespace mote::quantize {
namespace {

void nobody(const std::string&, size_t, size_t) {}

Quantized made(const Graph& graph, const Recipe& recipe) {
  auto result = quantize(graph, TestNetwork::samples(20), recipe, nobody);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return *std::move(result);
}

Tensor real_tensor(Shape shape, const std::vector<float>& values) {
  Tensor tensor;
  tensor.shape = shape;
  tensor.data = bytes_of_values(values);
  return tensor;
}

TEST(Weights, FourBitsAreFromMinusSevenToSeven) {
  Tensor w = quantize_weights(real_tensor(Shape(2, 2), {7, -7, 0.5f, 1}), {.axis = 0, .bits = 4});
  EXPECT_EQ(w.as<int8_t>()[0], 7);
  EXPECT_EQ(w.as<int8_t>()[1], -7);
  EXPECT_FLOAT_EQ(w.quantization.scales[0], 1);
}

TEST(Weights, FourBitsClipOneOutlierForTheOthersSake) {
  std::vector<float> values(400, 0.45f);
  values[0] = 7;
  Tensor w = quantize_weights(real_tensor(Shape(1, 400), values), {.axis = 0, .bits = 4});
  EXPECT_LT(w.quantization.scales[0], 1) << "at a scale of 1, all others would be 0";
  EXPECT_EQ(w.as<int8_t>()[0], 7);
  EXPECT_EQ(w.as<int8_t>()[1], 1);
}

TEST(Equalize, AnswersStayTheSame) {
  Graph graph = TestNetwork().build(), before = graph;
  Equalization done = equalize(&graph);
  EXPECT_EQ(done.pairs, 2u) << "stem and deep, deep and point; others have two readers or an ADD";
  EXPECT_GT(done.largest_factor, 1.5);
  auto samples = TestNetwork::samples(10);
  auto a = train::answers(before, samples), b = train::answers(graph, samples);
  EXPECT_LT(distance(*b, *a).error, 1e-6);
}

TEST(Equalize, BothSidesOfAPairGetOneRange) {
  Graph graph = TestNetwork().build();
  equalize(&graph);
  const Tensor& stem = graph.tensor(graph.nodes[0].inputs[1]);
  const Tensor& deep = graph.tensor(graph.nodes[1].inputs[1]);
  ChannelIndex first(stem.shape, 0), second(deep.shape, 3);
  std::vector<float> most_first(8), most_second(8);
  for (size_t i = 0; i < 8 * 18; ++i) {
    most_first[first(i)] = std::max(most_first[first(i)], std::abs(stem.as<float>()[i]));
  }
  for (size_t i = 0; i < 72; ++i) {
    most_second[second(i)] = std::max(most_second[second(i)], std::abs(deep.as<float>()[i]));
  }
  for (size_t c = 0; c < 8; ++c) EXPECT_NEAR(most_first[c] / most_second[c], 1, 0.1) << c;
}

TEST(Equalize, LeavesWhatIsClippedAbove) {
  Graph graph = TestNetwork("RELU6").build();
  Equalization done = equalize(&graph);
  EXPECT_EQ(done.pairs, 0u);
  EXPECT_EQ(done.refused, 2u);
}

TEST(CorrectBias, TakesTheMeanShiftOut) {
  Graph graph = TestNetwork().build();
  Recipe plain{.weight_bits = 4}, corrected{.weight_bits = 4, .correct_bias = true};
  Quantized before = made(graph, plain), after = made(graph, corrected);
  EXPECT_EQ(after.correction.layers, 5u);
  EXPECT_GT(after.correction.largest_shift, 0.001);
  EXPECT_LT(after.distance.error, before.distance.error);
}

TEST(CorrectBias, ExactLayersKeepTheirs) {
  // Weights that int8 holds exactly, and inputs too.
  GraphBuilder b("exact");
  TensorId x = b.input(DType::kFloat32, Shape(1, 2), {}, "x");
  TensorId w = b.constant(Shape(1, 2), std::vector<float>{127, -127});
  TensorId bias = b.constant(Shape(1), std::vector<float>{255});
  TensorId y = b.node(record_named("FULLY_CONNECTED"), {x, w, bias}, {}, DType::kFloat32, {}, "y");
  Graph graph = b.build({y});
  std::vector<std::vector<Bytes>> samples = {{*bytes_of_values<float>({0, 255})},
                                             {*bytes_of_values<float>({255, 51})}};
  auto plain = quantize(graph, samples, {}, nobody);
  auto corrected = quantize(graph, samples, {.correct_bias = true}, nobody);
  ASSERT_TRUE(plain.ok() && corrected.ok());
  EXPECT_EQ(*plain->graph.tensor(plain->graph.nodes[0].inputs[2]).data,
            *corrected->graph.tensor(corrected->graph.nodes[0].inputs[2]).data);
}

TEST(Mixed, QuantizeStandsBetweenWidths) {
  Graph graph = TestNetwork().build();
  Quantized result = made(graph, {.mixed = 2});
  EXPECT_EQ(result.wide.size(), 2u);
  size_t wide_layers = 0, between = 0;
  for (const Node& node : result.graph.nodes) {
    const Tensor& output = result.graph.tensor(node.outputs[0]);
    bool crossing = node.record->name == "QUANTIZE";
    between += crossing;
    wide_layers += !crossing && output.dtype == DType::kInt16 && rule_of(node)->rule != Rule::kSame;
  }
  EXPECT_EQ(wide_layers, 2u);
  EXPECT_GE(between, 2u);
  EXPECT_EQ(result.graph.tensor(result.graph.inputs[0]).dtype, DType::kInt8);
  EXPECT_EQ(result.graph.tensor(result.graph.outputs[0]).dtype, DType::kInt8);
  EXPECT_LT(result.distance.error, made(graph, {}).distance.error);
}

TEST(Mixed, OneWidthNeedsNoQuantize) {
  Graph graph = TestNetwork().build();
  MixedGraph split = split_widths(graph, {});
  EXPECT_EQ(split.graph.nodes.size(), graph.nodes.size());
  EXPECT_TRUE(split.twins.empty());
}

TEST(Mixed, WhatMovesDataFollowsItsInput) {
  Graph graph = TestNetwork().build();
  QuantizeOptions options{.exceptions = {4}};  // the ADD; pool and RESHAPE follow
  MixedGraph split = split_widths(graph, options);
  for (size_t i = 0; i < split.graph.nodes.size(); ++i) {
    const Node& node = split.graph.nodes[i];
    if (rule_of(node)->rule != Rule::kSame) continue;
    EXPECT_TRUE(split.wide[static_cast<size_t>(node.outputs[0])]) << node.record->name;
  }
}

TEST(Sensitivity, ComesWithTheMostSensitiveFirst) {
  Graph graph = TestNetwork().build();
  Quantized result = made(graph, {.sensitivity = true});
  ASSERT_EQ(result.sensitivity.size(), 7u) << "all but AVERAGE_POOL_2D and RESHAPE";
  for (size_t i = 1; i < result.sensitivity.size(); ++i) {
    EXPECT_GE(result.sensitivity[i - 1].distance.error, result.sensitivity[i].distance.error);
  }
  EXPECT_TRUE(result.wide.empty());
}

TEST(MaxLoss, TakesTheFewestOperators) {
  Graph graph = TestNetwork().build();
  Quantized loose = made(graph, {.max_loss = 100});
  EXPECT_TRUE(loose.wide.empty()) << "8 bits everywhere do";
  Quantized strict = made(graph, {.max_loss = 0});
  EXPECT_EQ(strict.distance.other_answers, 0u);
}

TEST(MaxLoss, NeedsEightBitsToBeginWith) {
  auto result = quantize(TestNetwork().build(), TestNetwork::samples(2),
                         {.activations = DType::kInt16, .mixed = 1}, nobody);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message,
            "all activations have 16 bits already: mixed precision begins with int8");
}

TEST(Distance, CountsOtherAnswers) {
  Distance d = distance({{0, 1}, {3, 4}}, {{1, 0}, {3, 4}});
  EXPECT_EQ(d.other_answers, 1u);
  EXPECT_NEAR(d.error, std::sqrt(2.0 / 26), 1e-12);
  EXPECT_DOUBLE_EQ(d.loss(2), 50);
  EXPECT_NEAR(d.loss(1), 100 * d.error, 1e-12) << "one output has no other answer";
}

}  // namespace
}  // namespace mote::quantize
