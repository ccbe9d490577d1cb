// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "ir/builder.h"
#include "ir/interpreter.h"
#include "ir/text.h"
#include "ops/book.h"

namespace mote::quantize {
namespace {

Graph graph_of(const std::string& text) {
  Result<Graph> graph = parse(text, operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return *graph;
}

template <typename T>
std::string hex_of(const std::vector<T>& values) {
  std::string hex = "0x";
  const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
  for (size_t i = 0; i < values.size() * sizeof(T); ++i) hex += fmt::format("{:02x}", bytes[i]);
  return hex;
}

std::string small() {
  return fmt::format(R"(graph "g" {{
  input %0 "x" float32[1,4]
  const %1 "w" float32[2,4] = {}
  const %2 "b" float32[2] = {}
  %3 "y" float32[1,2] = FULLY_CONNECTED(%0, %1, %2)
  %4 "s" float32[1,2] = SOFTMAX(%3)
  output %4
}})",
                     hex_of<float>({1, -2, 0.5, 0, 0.25, 0.5, -0.125, 0.0625}),
                     hex_of<float>({0.5, -1}));
}

void nobody(size_t, size_t) {}

Bytes bytes_of(const std::vector<float>& values) {
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// Samples from -1 to 3.
std::vector<std::vector<Bytes>> samples_of(const Graph& graph, size_t count) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> values(-1, 3);
  std::vector<std::vector<Bytes>> samples(count);
  for (std::vector<Bytes>& sample : samples) {
    for (TensorId id : graph.inputs) {
      std::vector<float> input(static_cast<size_t>(graph.tensor(id).shape.elements()));
      for (float& value : input) value = values(random);
      sample.push_back(bytes_of(input));
    }
  }
  return samples;
}

std::map<TensorId, Range> ranges_of(const Graph& graph, const QuantizeOptions& options = {}) {
  auto ranges = observe(graph, samples_of(graph, 20), Calibration::kMinMax,
                        levels_of(options.activations), nobody);
  EXPECT_TRUE(ranges.ok());
  return *ranges;
}

TEST(Quantize, FollowsTheSpecification) {
  Graph graph = graph_of(small());
  std::map<TensorId, Range> ranges = {{0, {-1, 3}}, {3, {-5, 5}}, {4, {0, 1}}};
  auto result = quantize_graph(graph, ranges, {});
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Tensor& x = result->tensor(result->inputs[0]);
  EXPECT_EQ(x.dtype, DType::kInt8);
  EXPECT_FLOAT_EQ(x.quantization.scale(), 4.0f / 255);
  EXPECT_EQ(x.quantization.zero_point(), -64);
  const Node& layer = result->nodes[0];
  const Tensor& w = result->tensor(layer.inputs[1]);
  ASSERT_EQ(w.quantization.scales.size(), 2u);
  EXPECT_FLOAT_EQ(w.quantization.scales[0], 2.0f / 127);
  EXPECT_EQ(w.as<int8_t>()[0], 64) << "1 at a scale of 2 / 127, rounded away from zero";
  EXPECT_EQ(w.as<int8_t>()[1], -127);
  const Tensor& b = result->tensor(layer.inputs[2]);
  EXPECT_EQ(b.dtype, DType::kInt32);
  EXPECT_FLOAT_EQ(b.quantization.scales[1], 4.0f / 255 * 0.5f / 127);
  EXPECT_NEAR(b.as<int32_t>()[1], -16192.5, 0.6) << "-1 at that scale";
  const Tensor& s = result->tensor(result->outputs[0]);
  EXPECT_EQ(s.quantization, quantization(1.0f / 256, -128));
}

/// The largest difference of outputs over samples, in steps of the output.
double worst_steps(const Graph& real, const Graph& integers, bool float_io) {
  double worst = 0;
  for (const std::vector<Bytes>& sample : samples_of(real, 10)) {
    auto expected = interpret(real, sample);
    std::vector<Bytes> inputs = sample;
    if (!float_io) {
      const Tensor& in = integers.tensor(integers.inputs[0]);
      inputs[0].clear();
      for (size_t i = 0; i < sample[0].size() / 4; ++i) {
        float value;
        std::memcpy(&value, &sample[0][4 * i], 4);
        double q = std::round(value / in.quantization.scale()) + in.quantization.zero_point();
        inputs[0].push_back(static_cast<uint8_t>(std::clamp(q, -128.0, 127.0)));
      }
    }
    auto got = interpret(integers, inputs);
    EXPECT_TRUE(expected.ok() && got.ok());
    for (size_t i = 0; i < (*expected)[0].size() / 4; ++i) {
      float e, g;
      std::memcpy(&e, &(*expected)[0][4 * i], 4);
      if (float_io) {
        std::memcpy(&g, &(*got)[0][4 * i], 4);
      } else {
        const Quantization& q = integers.tensor(integers.outputs[0]).quantization;
        g = q.scale() * static_cast<float>(static_cast<int8_t>((*got)[0][i]) - q.zero_point());
      }
      worst = std::max(worst, static_cast<double>(std::abs(e - g)));
    }
  }
  return worst * 256;
}

TEST(Quantize, AnswersNearlyTheSame) {
  Graph graph = graph_of(small());
  auto plain = quantize_graph(graph, ranges_of(graph), {});
  ASSERT_TRUE(plain.ok());
  EXPECT_LT(worst_steps(graph, *plain, false), 4);
  auto ends = quantize_graph(graph, ranges_of(graph), {.float_io = true});
  ASSERT_TRUE(ends.ok()) << ends.error().message;
  EXPECT_LT(worst_steps(graph, *ends, true), 4);
}

TEST(Quantize, SixteenBitsAreNearer) {
  Graph graph = graph_of(small());
  QuantizeOptions wide = {.activations = DType::kInt16, .float_io = true};
  auto result = quantize_graph(graph, ranges_of(graph, wide), wide);
  ASSERT_TRUE(result.ok()) << result.error().message;
  auto narrow = quantize_graph(graph, ranges_of(graph), {.float_io = true});
  EXPECT_LT(worst_steps(graph, *result, true), worst_steps(graph, *narrow, true));
}

TEST(Quantize, WhatIsCopiedKeepsItsScale) {
  Graph graph = graph_of(R"(graph "g" {
    input %0 "x" float32[1,4]
    const %1 "shape" int32[2] = 0x0200000002000000
    %2 "r" float32[2,2] = RESHAPE(%0, %1)
    %3 "y" float32[2,2] = ADD(%2, %2)
    output %3
  })");
  auto result = quantize_graph(graph, ranges_of(graph), {});
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->tensor(result->nodes[0].outputs[0]).quantization,
            result->tensor(result->inputs[0]).quantization);
  EXPECT_NE(result->tensor(result->outputs[0]).quantization,
            result->tensor(result->inputs[0]).quantization);
}

TEST(Quantize, NamesWhatItCant) {
  Graph sine = graph_of(R"(graph "g" {
    input %0 "x" float32[4]
    %1 "y" float32[4] = SIN(%0)
    output %1
  })");
  auto result = quantize_graph(sine, ranges_of(sine), {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "SIN 'y': mote has no rule for quantising it");
}

TEST(Observe, ValuesThatArentFiniteAreNamed) {
  Graph graph = graph_of(small());
  std::vector<std::vector<Bytes>> samples = samples_of(graph, 3);
  samples[1][0] = bytes_of({NAN, 0, 0, 0});
  auto ranges = observe(graph, samples, Calibration::kMinMax, 255, nobody);
  ASSERT_FALSE(ranges.ok());
  EXPECT_EQ(ranges.error().message, "sample 1: tensor 'x' has a value that isn't finite");
}

/// A bell of 100,000 values and one far out.
Histogram bell() {
  Histogram h{-10, 90, std::vector<uint64_t>(2048, 0)};
  std::mt19937 random(1);
  std::normal_distribution<float> values(0, 2);
  for (int i = 0; i < 100000; ++i) {
    float at = std::clamp((values(random) - h.low) / h.width(), 0.0f, 2047.0f);
    ++h.bins[static_cast<size_t>(at)];
  }
  h.bins[2047] = 1;
  return h;
}

TEST(Calibrate, OutliersAreClippedByAllButMinMax) {
  Range all = calibrate(bell(), Calibration::kMinMax, 255);
  EXPECT_EQ(all.low, -10);
  EXPECT_EQ(all.high, 90);
  for (Calibration method : {Calibration::kPercentile, Calibration::kMse, Calibration::kEntropy}) {
    Range range = calibrate(bell(), method, 255);
    EXPECT_LT(range.high, 80) << static_cast<int>(method);
    EXPECT_GT(range.high, 4) << static_cast<int>(method);
    EXPECT_LE(range.low, -4) << static_cast<int>(method);
  }
}

TEST(Calibrate, ARangeHoldsZero) {
  Histogram h{5, 6, std::vector<uint64_t>(2048, 1)};
  for (Calibration method :
       {Calibration::kMinMax, Calibration::kPercentile, Calibration::kMse, Calibration::kEntropy}) {
    Range range = calibrate(h, method, 255);
    EXPECT_EQ(range.low, 0);
    EXPECT_GT(range.high, 1);
  }
}

}  // namespace
}  // namespace mote::quantize
