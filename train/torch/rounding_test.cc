// SPDX-License-Identifier: Apache-2.0
#include "train/torch/rounding.h"

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "train/evaluate/run_graph.h"
#include "train/quantize/quantize.h"

namespace mote::train {
namespace {

/// Weights of 8 or 4 bits.
class Bits : public testing::TestWithParam<int> {};

TEST_P(Bits, TrainingSeesWhatTheIntegersSay) {
  Project project;
  project.task = Task::kRegression;  // so that the outputs are the last layer's own
  project.model.type = "resnet8";
  project.model.width = 0.5;
  Result<Network> network = make_network(project, Shape(1, 16, 16, 3), 6);
  ASSERT_TRUE(network.ok());
  network->normalized.clear();
  std::mt19937 random(1);
  std::vector<Values> samples;
  for (int i = 0; i < 8; ++i) samples.push_back(random_inputs(random, network->graph));
  auto ranges = quantize::observe(network->graph, samples, quantize::Calibration::kMinMax, 255,
                                  [](size_t, size_t) {});
  ASSERT_TRUE(ranges.ok());
  quantize::QuantizeOptions options;
  options.weight_bits = GetParam();
  auto integers = quantize::quantize_graph(network->graph, *ranges, options);
  ASSERT_TRUE(integers.ok()) << integers.error().message;
  Result<Executor> executor = Executor::make(*network);
  ASSERT_TRUE(executor.ok());
  executor->set_fake_quantization(
      std::make_shared<Rounding>(executor->graph(), *integers, GetParam()));
  auto expected = answers(*integers, samples);
  ASSERT_TRUE(expected.ok());
  const double step =
      static_cast<double>(integers->tensor(integers->outputs[0]).quantization.scale());
  for (size_t i = 0; i < samples.size(); ++i) {
    Tensor features = network->graph.tensor(network->graph.inputs[0]);
    features.data = std::make_shared<const Bytes>(samples[i][0]);
    const torch::Tensor got = executor->run(torch_tensor(features), false).flatten();
    for (int64_t k = 0; k < 6; ++k) {
      // Roundings of sums that lie between two integers may differ, and add up over the layers.
      EXPECT_NEAR(got[k].item<double>(),
                  static_cast<double>((*expected)[i][static_cast<size_t>(k)]), 4.01 * step);
    }
  }
}

TEST_P(Bits, GradientsPass) {
  Project project;
  project.model.type = "ds_cnn";
  project.model.filters = 8;
  Result<Network> network = make_network(project, Shape(1, 12, 8, 1), 3);
  ASSERT_TRUE(network.ok());
  std::mt19937 random(1);
  auto ranges = quantize::observe(network->graph, {random_inputs(random, network->graph)},
                                  quantize::Calibration::kMinMax, 255, [](size_t, size_t) {});
  auto integers = quantize::quantize_graph(network->graph, *ranges, {.weight_bits = GetParam()});
  ASSERT_TRUE(integers.ok());
  Result<Executor> executor = Executor::make({network->graph, {}, {}});
  ASSERT_TRUE(executor.ok());
  executor->set_fake_quantization(
      std::make_shared<Rounding>(executor->graph(), *integers, GetParam()));
  executor->run(torch::rand({4, 12, 8, 1}), true).square().sum().backward();
  for (const NamedTensor& named : executor->parameters()) {
    ASSERT_TRUE(named.tensor.grad().defined()) << named.name;
    EXPECT_GT(named.tensor.grad().abs().max().item<float>(), 0) << named.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Rounding, Bits, testing::Values(8, 4));

}  // namespace
}  // namespace mote::train
