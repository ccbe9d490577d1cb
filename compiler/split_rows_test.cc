// SPDX-License-Identifier: Apache-2.0
#include "compiler/split_rows.h"

#include <gtest/gtest.h>

#include <random>

#include "compiler/fit_arena.h"
#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

struct Layer {
  int filter, stride, dilation;
  const char* padding;
  int channels;  // 0: depthwise
};

/// A picture through the layers; float pictures with a pooling at the end.
Graph chain_of(std::mt19937& random, DType dtype, Shape picture, const std::vector<Layer>& layers) {
  GraphBuilder b("chain");
  bool integer = dtype == DType::kInt8;
  auto q = [&] { return integer ? random_quantization(random) : Quantization(); };
  TensorId at = b.input(dtype, picture, q());
  int depth = picture[3];
  for (const Layer& layer : layers) {
    bool deep = layer.channels == 0;
    int channels = deep ? depth : layer.channels;
    Shape filter = deep ? Shape(1, layer.filter, layer.filter, depth)
                        : Shape(channels, layer.filter, layer.filter, depth);
    Quantization scales =
        integer ? random_channel_quantization(random, deep ? 3 : 0, channels) : Quantization();
    TensorId weights = b.random_weights(random, dtype, filter, scales);
    TensorId bias = b.random_constant(random, integer ? DType::kInt32 : dtype, Shape(channels));
    Attributes attributes = {{"padding", std::string(layer.padding)},
                             {"stride_h", int64_t{layer.stride}},
                             {"stride_w", int64_t{layer.stride}},
                             {"dilation_h_factor", int64_t{layer.dilation}},
                             {"dilation_w_factor", int64_t{layer.dilation}}};
    if (deep) attributes["depth_multiplier"] = int64_t{1};
    at = b.node(deep ? depthwise_conv_2d_record() : conv_2d_record(), {at, weights, bias},
                attributes, dtype, q());
    depth = channels;
  }
  return b.build({at});
}

std::vector<Bytes> outputs_of(const Graph& graph, const std::vector<Bytes>& inputs) {
  auto outputs = interpret(graph, inputs);
  EXPECT_TRUE(outputs.ok()) << outputs.error().message;
  return outputs.ok() ? *outputs : std::vector<Bytes>{};
}

TEST(SplitRows, GivesTheSameBitsWhateverTheLayers) {
  std::mt19937 random(5);
  const Layer mixed[] = {{3, 2, 1, "SAME", 6},  {3, 1, 1, "SAME", 0}, {1, 1, 1, "SAME", 8},
                         {5, 1, 1, "VALID", 3}, {3, 1, 2, "SAME", 4}, {2, 2, 1, "VALID", 0}};
  for (int i = 0; i < 24; ++i) {
    std::vector<Layer> layers;
    for (int n = random_int(random, 2, 4); n > 0; --n)
      layers.push_back(mixed[random_int(random, 0, 5)]);
    Shape picture(1, random_int(random, 83, 90), random_int(random, 83, 90), 2);
    Graph graph = chain_of(random, i % 2 == 0 ? DType::kInt8 : DType::kFloat32, picture, layers);
    std::vector<Chain> chains = find_row_chains(graph);
    ASSERT_EQ(chains.size(), 1u);
    ASSERT_EQ(chains[0].last, layers.size() - 1);
    int rows = graph.tensor(graph.outputs[0]).shape[1];
    int bands = random_int(random, 2, std::min(5, rows));
    if (rows < 2) continue;
    Result<Graph> split = split_rows(graph, chains[0], bands);
    ASSERT_TRUE(split.ok()) << split.error().message;
    ASSERT_TRUE(verify(*split).ok()) << verify(*split).error().message;
    std::vector<Bytes> inputs = random_inputs(random, graph);
    EXPECT_EQ(outputs_of(*split, inputs), outputs_of(graph, inputs));
  }
}

TEST(SplitRows, ChainsEndWhereATensorIsReadTwice) {
  GraphBuilder b("twice");
  TensorId a = b.input(DType::kFloat32, Shape(1, 8, 8, 2));
  TensorId c = b.node(relu_record(), {a}, {}, DType::kFloat32);
  TensorId d = b.node(relu6_record(), {c}, {}, DType::kFloat32);
  Graph graph = b.build({b.node(add_record(), {c, d}, {}, DType::kFloat32)});
  std::vector<Chain> chains = find_row_chains(graph);
  ASSERT_EQ(chains.size(), 2u);
  EXPECT_EQ(chains[0].last, 0u);
  EXPECT_EQ(chains[1].first, 1u);
}

TEST(FitArena, TakesTheFewestMacsThatFit) {
  std::mt19937 random(6);
  Graph graph = chain_of(random, DType::kInt8, Shape(1, 32, 32, 3),
                         {{3, 1, 1, "SAME", 16}, {3, 2, 1, "SAME", 0}, {1, 1, 1, "SAME", 4}});
  Target target;
  Result<std::vector<Arrangement>> all = arrangements(graph, target);
  ASSERT_TRUE(all.ok()) << all.error().message;
  ASSERT_GT(all->size(), 1u);
  EXPECT_EQ((*all)[0].what, "as it is");
  for (size_t i = 1; i < all->size(); ++i) {
    EXPECT_LT((*all)[i].arena_bytes, (*all)[i - 1].arena_bytes);
    EXPECT_GE((*all)[i].macs, (*all)[i - 1].macs);
  }
  EXPECT_LT(all->back().arena_bytes, (*all)[0].arena_bytes / 2);
  uint32_t wanted = (*all)[1].arena_bytes;
  Result<Arrangement> fitted = fit_arena(graph, target, wanted);
  ASSERT_TRUE(fitted.ok()) << fitted.error().message;
  EXPECT_EQ(fitted->arena_bytes, wanted);
  std::vector<Bytes> inputs = random_inputs(random, graph);
  EXPECT_EQ(outputs_of(fitted->graph, inputs), outputs_of(graph, inputs));
}

TEST(FitArena, SaysHowSmallItCanBe) {
  std::mt19937 random(7);
  Graph graph = chain_of(random, DType::kInt8, Shape(1, 16, 16, 3),
                         {{3, 1, 1, "SAME", 8}, {3, 1, 1, "SAME", 8}});
  Result<Arrangement> fitted = fit_arena(graph, Target(), 10);
  ASSERT_FALSE(fitted.ok());
  EXPECT_NE(fitted.error().message.find("can't be made smaller than"), std::string::npos);
}

}  // namespace
}  // namespace mote
