// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/tflite/reader.h"
#include "ir/record.h"
#include "tests/shared_data.h"
#include "train/compress/prune_channels.h"
#include "train/compress/prune_weights.h"
#include "train/evaluate/run_graph.h"
#include "train/quantize/sensitivity.h"
#include "train/quantize/test_network.h"
#include "train/quantize/values.h"

namespace mote::compress {
namespace {

const ChannelGroup* group_of(const std::vector<ChannelGroup>& groups, const std::string& name) {
  for (const ChannelGroup& group : groups) {
    if (group.name == name) return &group;
  }
  return nullptr;
}

TEST(Channels, GoTogetherThroughDepthwiseAndAdd) {
  std::vector<ChannelGroup> groups = channel_groups(TestNetwork().build());
  // x; stem and deep; point, second, sum, pooled, flat; scores; parts.
  ASSERT_EQ(groups.size(), 5u);
  const ChannelGroup* stem = group_of(groups, "stem");
  ASSERT_TRUE(stem);
  EXPECT_EQ(stem->tensors.size(), 2u);
  EXPECT_EQ(stem->slices.size(), 5u) << "two weights, two biases, what point reads";
  const ChannelGroup* point = group_of(groups, "point");
  ASSERT_TRUE(point);
  EXPECT_EQ(point->tensors.size(), 5u);
  EXPECT_FALSE(point->fixed);
  EXPECT_TRUE(group_of(groups, "x")->fixed);
  EXPECT_TRUE(group_of(groups, "scores")->fixed) << "SOFTMAX needs all of them";
}

/// Sets channels of all that makes a group to zero.
void silence(Graph* graph, const ChannelGroup& group, const std::vector<size_t>& channels) {
  for (const Slice& slice : group.slices) {
    if (!slice.made) continue;
    Tensor& tensor = graph->tensor(slice.constant);
    quantize::ChannelIndex channel(tensor.shape, slice.axis);
    std::vector<float> values = quantize::floats_of(*tensor.data);
    for (size_t i = 0; i < values.size(); ++i) {
      if (std::count(channels.begin(), channels.end(), channel(i))) values[i] = 0;
    }
    tensor.data = quantize::bytes_of_values(values);
  }
}

TEST(PruneChannels, ThoseThatAreSilentAreNotMissed) {
  Graph graph = TestNetwork().build();
  for (const ChannelGroup& group : channel_groups(graph)) {
    if (!group.fixed) silence(&graph, group, {0, 2, 5, 7});
  }
  auto pruned = prune_channels(graph, {.part = 0.5});
  ASSERT_TRUE(pruned.ok()) << pruned.error().message;
  ASSERT_EQ(pruned->groups.size(), 2u);
  EXPECT_EQ(pruned->groups[0].after, 4);
  EXPECT_LT(pruned->macs_after, 0.5 * static_cast<double>(pruned->macs_before));
  auto samples = TestNetwork::samples(5);
  auto before = train::answers(graph, samples), after = train::answers(pruned->graph, samples);
  EXPECT_LT(quantize::distance(*after, *before).error, 1e-6);
}

TEST(PruneChannels, OverallTakesMoreFromGroupsThatMatterLess) {
  Graph graph = TestNetwork().build();
  for (const ChannelGroup& group : channel_groups(graph)) {
    if (group.name == "stem") silence(&graph, group, {1, 2, 3, 6});
  }
  auto pruned = prune_channels(graph, {.part = 0.25, .overall = true, .multiple = 1});
  ASSERT_TRUE(pruned.ok());
  EXPECT_EQ(pruned->groups[0].after, 4) << "stem";
  EXPECT_EQ(pruned->groups[1].after, 8) << "point";
}

TEST(PruneChannels, KeepsAMultipleAndAPart) {
  auto pruned = prune_channels(TestNetwork().build(), {.part = 0.95, .multiple = 1});
  ASSERT_TRUE(pruned.ok());
  EXPECT_EQ(pruned->groups[0].after, 2) << "a quarter stays";
  pruned = prune_channels(TestNetwork().build(), {.part = 0.3});
  EXPECT_EQ(pruned->groups[0].after, 8) << "5.6 rounded up to a multiple of 4";
}

TEST(PruneChannels, RefusesIntegers) {
  Graph graph = TestNetwork().build();
  auto integers = quantize::quantize_graph(graph, {{graph.inputs[0], {-1, 1}}}, {});
  ASSERT_TRUE(integers.ok());
  auto pruned = prune_channels(*integers, {});
  ASSERT_FALSE(pruned.ok());
  EXPECT_NE(pruned.error().message.find("prune the float model"), std::string::npos);
}

/// The benchmark's networks: MobileNetV1, ResNet-8 with residual ADDs, DS-CNN, autoencoder.
TEST(PruneChannels, TheBenchmarksNetworksShrink) {
  MOTE_NEEDS_SHARED_DATA("models/ic01_float.tflite");
  std::mt19937 random(1);
  for (const char* name : {"vww01", "ic01", "kws01", "ad01"}) {
    auto path = shared_data() / "models" / fmt::format("{}_float.tflite", name);
    Graph graph = *read_tflite(*read_file(path), path.string(), operator_book());
    auto pruned = prune_channels(graph, {.part = 0.5});
    ASSERT_TRUE(pruned.ok()) << name << ": " << pruned.error().message;
    EXPECT_LT(pruned->macs_after, 0.55 * static_cast<double>(pruned->macs_before)) << name;
    auto result = train::answers(pruned->graph, {random_inputs(random, pruned->graph)});
    ASSERT_TRUE(result.ok()) << result.error().message;
    EXPECT_EQ(pruned->graph.tensor(pruned->graph.outputs[0]).shape.elements(),
              graph.tensor(graph.outputs[0]).shape.elements());
  }
}

TEST(PruneWeights, TheSmallestOfAllLayersBecomeZero) {
  Graph graph = TestNetwork().build();
  auto pruned = prune_weights(graph, 0.5);
  ASSERT_TRUE(pruned.ok());
  EXPECT_NEAR(static_cast<double>(pruned->zeros), 0.5 * static_cast<double>(pruned->weights), 2);
  EXPECT_LT(compressed_bytes(pruned->graph), compressed_bytes(graph));
}

TEST(PruneWeights, SmallChannelsKeepTheirLargestWeights) {
  GraphBuilder b("two channels");
  TensorId x = b.input(DType::kFloat32, Shape(1, 4));
  TensorId w =
      b.constant(Shape(2, 4), std::vector<float>{10, 1, 9, -2, 0.1f, 0.01f, -0.09f, 0.02f});
  Graph graph = b.build({b.node(record_named("FULLY_CONNECTED"), {x, w}, {}, DType::kFloat32)});
  auto pruned = prune_weights(graph, 0.5);
  ASSERT_TRUE(pruned.ok());
  EXPECT_EQ(quantize::floats_of(*pruned->graph.tensor(w).data),
            (std::vector<float>{10, 0, 9, 0, 0.1f, 0, -0.09f, 0}));
}

TEST(PruneWeights, EntropyOfBytes) {
  GraphBuilder b("two");
  TensorId x = b.input(DType::kInt8, Shape(4), quantization(1, 0));
  TensorId c = b.constant(Shape(4), std::vector<int8_t>{1, 1, 2, 2}, quantization(1, 0));
  TensorId y = b.node(record_named("ADD"), {x, c}, {}, DType::kInt8, quantization(1, 0));
  EXPECT_EQ(compressed_bytes(b.build({y})), 1u) << "one bit for each of four bytes, rounded";
}

}  // namespace
}  // namespace mote::compress
