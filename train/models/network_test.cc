// SPDX-License-Identifier: Apache-2.0
#include "train/models/network.h"

#include <gtest/gtest.h>

#include "base/host/file.h"
#include "compiler/pipeline.h"
#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "ir/verifier.h"
#include "train/quantize/quantize.h"

namespace mote::train {
namespace {

struct TypeCase {
  const char* type;
  Shape features;
  int outputs;
};

std::ostream& operator<<(std::ostream& out, const TypeCase& c) {
  return out << c.type;
}

const TypeCase kCases[] = {
    {"ds_cnn", Shape(1, 49, 10, 1), 12},
    {"mobilenet_v1", Shape(1, 32, 32, 1), 2},
    {"mobilenet_v2", Shape(1, 32, 32, 3), 2},
    {"resnet8", Shape(1, 16, 16, 3), 10},
    {"autoencoder", Shape(1, 64), 64},
    {"cnn_1d", Shape(1, 60, 3), 4},
    {"gru", Shape(1, 12, 3), 4},
    {"gru", Shape(1, 90, 3), 4},
    {"mlp", Shape(1, 30), 5},
    {"logistic", Shape(1, 8, 8, 1), 5},
};

Project project_of(const TypeCase& c) {
  Project project;
  project.name = "test";
  project.model.type = c.type;
  project.model.width = 0.25;
  project.task = std::string(c.type) == "autoencoder" ? Task::kAnomaly : Task::kClassification;
  return project;
}

class Types : public testing::TestWithParam<TypeCase> {};

TEST_P(Types, CompileAndHaveAnIntegerForm) {
  Result<Network> network =
      make_network(project_of(GetParam()), GetParam().features, GetParam().outputs);
  ASSERT_TRUE(network.ok()) << network.error().message;
  const Graph& graph = network->graph;
  ASSERT_TRUE(verify(graph).ok());
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, Shape(1, GetParam().outputs));
  for (const std::string& name : network->normalized) {
    EXPECT_TRUE(std::any_of(graph.tensors.begin(), graph.tensors.end(),
                            [&](const Tensor& t) { return t.name == name && t.constant(); }));
  }
  std::mt19937 random(1);
  auto ranges = quantize::observe(graph, {random_inputs(random, graph)},
                                  quantize::Calibration::kMinMax, 255, [](size_t, size_t) {});
  ASSERT_TRUE(ranges.ok()) << ranges.error().message;
  auto integers = quantize::quantize_graph(graph, *ranges, {});
  ASSERT_TRUE(integers.ok()) << integers.error().message;
  auto target = target_of_core("cortex-m4");
  ASSERT_TRUE(target.ok());
  for (const Graph* g : {&graph, static_cast<const Graph*>(&*integers)}) {
    Result<Plan> plan = compile(*g, *target);
    EXPECT_TRUE(plan.ok()) << plan.error().message;
  }
}

INSTANTIATE_TEST_SUITE_P(Network, Types, testing::ValuesIn(kCases));

TEST(Network, Resnet8IsTheBenchmarks) {
  Project project = project_of({"resnet8", {}, 10});
  project.model.width = 1;
  Result<Network> network = make_network(project, Shape(1, 32, 32, 3), 10);
  ASSERT_TRUE(network.ok());
  int64_t macs = 0;
  for (const Node& node : network->graph.nodes) {
    if (node.record->macs) macs += node.record->macs(NodeView(network->graph, node));
  }
  EXPECT_EQ(macs, 12501632) << "mote inspect ic01_float.tflite";
  EXPECT_EQ(network->graph.nodes.size(), 16u);
}

TEST(Network, TheSeedDecidesTheWeights) {
  Project project = project_of(kCases[0]);
  auto bytes_of = [&](uint32_t seed) {
    project.training.seed = seed;
    Result<Network> network = make_network(project, kCases[0].features, 12);
    for (const Tensor& t : network->graph.tensors) {
      if (t.constant()) return *t.data;
    }
    return Bytes();
  };
  EXPECT_EQ(bytes_of(3), bytes_of(3));
  EXPECT_NE(bytes_of(3), bytes_of(4));
}

TEST(Network, AModelFromElsewhereGetsAnotherHead) {
  Result<Network> first = make_network(project_of(kCases[0]), kCases[0].features, 12);
  ASSERT_TRUE(first.ok());
  Result<TempFolder> folder = TempFolder::make();
  Project project = project_of(kCases[0]);
  project.model.type = "file";
  project.model.file = folder->path() / "model.tflite";
  ASSERT_TRUE(write_file(project.model.file, *write_tflite(first->graph)).ok());
  Result<Network> same = make_network(project, kCases[0].features, 12);
  ASSERT_TRUE(same.ok()) << same.error().message;
  EXPECT_EQ(same->graph.nodes.size(), first->graph.nodes.size());
  Result<Network> other = make_network(project, kCases[0].features, 3);
  ASSERT_TRUE(other.ok()) << other.error().message;
  EXPECT_EQ(other->graph.tensor(other->graph.outputs[0]).shape, Shape(1, 3));
  EXPECT_EQ(other->graph.nodes.back().record->name, "SOFTMAX");
  const Node& conv = other->graph.nodes[0];
  EXPECT_EQ(*other->graph.tensor(conv.inputs[1]).data,
            *first->graph.tensor(first->graph.nodes[0].inputs[1]).data);
  Result<Network> wrong = make_network(project, Shape(1, 40, 10, 1), 12);
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("its input is [1,49,10,1], the project's features are "
                                       "[1,40,10,1]"),
            std::string::npos);
}

TEST(Network, WhatDoesntGoTogetherIsNamed) {
  Project project = project_of({"resnet8", {}, 10});
  auto rank = make_network(project, Shape(1, 64), 10);
  ASSERT_FALSE(rank.ok());
  EXPECT_NE(rank.error().message.find("\"resnet8\" works on features [1,height,width,channels], "
                                      "and these are [1,64]"),
            std::string::npos);
  project.model.type = "resnet9";
  auto unknown = make_network(project, Shape(1, 64), 10);
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("no such type; there are: ds_cnn, "), std::string::npos);
}

}  // namespace
}  // namespace mote::train
