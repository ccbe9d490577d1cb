// SPDX-License-Identifier: Apache-2.0
#include "train/torch/executor.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "compiler/tflite/reader.h"
#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote::train {
namespace {

constexpr int kBatch = 3;

/// The interpreter's outputs for each of a batch, one after the other.
torch::Tensor interpreted(const Graph& graph, const torch::Tensor& features) {
  std::vector<torch::Tensor> rows;
  for (int64_t i = 0; i < features.size(0); ++i) {
    auto outputs = interpret(graph, {*tensor_bytes(features[i])});
    EXPECT_TRUE(outputs.ok());
    torch::Tensor row = torch::empty({static_cast<int64_t>((*outputs)[0].size() / 4)});
    std::memcpy(row.data_ptr<float>(), (*outputs)[0].data(), (*outputs)[0].size());
    rows.push_back(row);
  }
  return torch::stack(rows);
}

torch::Tensor features_of(const Graph& graph) {
  const Shape& shape = graph.tensor(graph.inputs[0]).shape;
  std::vector<int64_t> sizes(shape.dims, shape.dims + shape.rank);
  sizes[0] = kBatch;
  torch::manual_seed(1);
  return torch::rand(sizes) * 2 - 1;
}

/// The largest difference, relative to the largest element.
double difference(Executor& executor, const Graph& graph) {
  torch::NoGradGuard no_gradients;
  const torch::Tensor features = features_of(graph);
  torch::Tensor got = executor.run(features, false).reshape({kBatch, -1});
  if (executor.ends_in_softmax()) got = torch::softmax(got, 1);
  const torch::Tensor expected = interpreted(graph, features);
  const double largest = std::max(expected.abs().max().item<double>(), 1e-3);
  return (got - expected).abs().max().item<double>() / largest;
}

Network network_of(const Graph& graph) {
  return {graph, {}, {}};
}

struct TypeCase {
  const char* type;
  Shape features;
};

std::ostream& operator<<(std::ostream& out, const TypeCase& c) {
  return out << c.type;
}

class Types : public testing::TestWithParam<TypeCase> {};

TEST_P(Types, AnswerAsTheInterpreterDoes) {
  Project project;
  project.model.type = GetParam().type;
  project.model.width = 0.25;
  const bool anomaly = project.model.type == "autoencoder";
  if (anomaly) project.task = Task::kAnomaly;
  const auto outputs = anomaly ? static_cast<int>(GetParam().features.elements()) : 5;
  Result<Network> network = make_network(project, GetParam().features, outputs);
  ASSERT_TRUE(network.ok()) << network.error().message;
  Result<Executor> executor = Executor::make(*network);
  ASSERT_TRUE(executor.ok()) << executor.error().message;
  // Some statistics of batches, so that folding has something to fold.
  for (int i = 0; i < 3; ++i) executor->run(features_of(network->graph), true);
  const Graph learned = executor->learned();
  ASSERT_TRUE(verify(learned).ok());
  EXPECT_LT(difference(*executor, learned), 1e-5);
  Result<Executor> again = Executor::make(executor->folded());
  ASSERT_TRUE(again.ok());
  EXPECT_LT(difference(*again, learned), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(
    Executor, Types,
    testing::Values(TypeCase{"ds_cnn", Shape(1, 25, 10, 1)},
                    TypeCase{"mobilenet_v1", Shape(1, 33, 32, 1)},
                    TypeCase{"mobilenet_v2", Shape(1, 32, 32, 3)},
                    TypeCase{"resnet8", Shape(1, 16, 15, 3)}, TypeCase{"autoencoder", Shape(1, 64)},
                    TypeCase{"cnn_1d", Shape(1, 60, 3)}, TypeCase{"gru", Shape(1, 12, 3)},
                    TypeCase{"gru", Shape(1, 90, 3)}, TypeCase{"mlp", Shape(1, 30)},
                    TypeCase{"logistic", Shape(1, 8, 8, 1)}));

class RealModels : public testing::TestWithParam<const char*> {};

TEST_P(RealModels, AnswerAsTheInterpreterDoes) {
  const std::string path = fmt::format("../shared/data/models/{}_float.tflite", GetParam());
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " isn't there";
  Result<Bytes> file = read_file(path);
  ASSERT_TRUE(file.ok());
  Result<Graph> graph = read_tflite(*file, path, operator_book());
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  Result<Executor> executor = Executor::make(network_of(*graph));
  ASSERT_TRUE(executor.ok()) << executor.error().message;
  EXPECT_FALSE(executor->parameters().empty());
  EXPECT_LT(difference(*executor, *graph), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Executor, RealModels,
                         testing::Values("ic01", "ad01", "vww01", "hello_world"));

/// All sample cases of an operator that are float, have a batch of 1 and one input.
TEST(Rules, AnswerAsTheOperatorsSampleCases) {
  std::map<std::string, int> tried;
  for (const OperatorRecord* record : operator_book()) {
    if (!find_rule(record->name)) continue;
    std::mt19937 random(1);
    for (const Graph& graph : record->cases(random)) {
      Result<Executor> executor = Executor::make(network_of(graph));
      if (!executor.ok()) continue;
      const bool positive =
          record->name == "LOG" || record->name == "SQRT" || record->name == "RSQRT";
      if (positive) continue;  // of negative numbers both give NaN
      EXPECT_LT(difference(*executor, graph), 1e-5) << print(graph);
      ++tried[std::string(record->name)];
    }
  }
  for (const char* name : {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "AVERAGE_POOL_2D",
                           "MAX_POOL_2D", "RELU6", "HARD_SWISH", "SOFTMAX"}) {
    EXPECT_GT(tried[name], 0) << name;
  }
}

TEST(Executor, WhatCantBeLearnedIsNamed) {
  Result<Graph> graph = parse(R"(graph "g" {
    input %0 "x" float32[1,4]
    %1 "y" float32[1,4] = SIN(%0)
    output %1
  })",
                              operator_book());
  ASSERT_TRUE(graph.ok());
  Result<Executor> executor = Executor::make(network_of(*graph));
  ASSERT_FALSE(executor.ok());
  EXPECT_EQ(executor.error().message, "no training rule for SIN 'y'");
}

TEST(Executor, FrozenOperatorsKeepTheirWeights) {
  Project project;
  project.model.type = "mlp";
  Result<Network> network = make_network(project, Shape(1, 6), 3);
  ASSERT_TRUE(network.ok());
  Result<Executor> all = Executor::make(*network), less = Executor::make(*network, 1);
  ASSERT_TRUE(all.ok() && less.ok());
  EXPECT_EQ(all->parameters().size(), less->parameters().size() + 3) << "weights, bias, gain";
}

}  // namespace
}  // namespace mote::train
