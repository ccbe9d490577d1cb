// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "ir/builder.h"
#include "ir/interpreter.h"
#include "train/classic/forest.h"
#include "train/classic/mahalanobis.h"

namespace mote::train {
namespace {

Bytes bytes_of_floats(const std::vector<float>& values) {
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<float> run(Interpreter& interpreter, const std::vector<float>& input) {
  const Bytes output = (*interpreter.run({bytes_of_floats(input)}))[0];
  std::vector<float> values(output.size() / sizeof(float));
  std::memcpy(values.data(), output.data(), output.size());
  return values;
}

/// Points of the plane; the class is whether both coordinates have the same sign, which no straight
/// line tells apart. The third feature means nothing.
Table quadrants(uint32_t seed, int count) {
  std::mt19937 random(seed);
  Table table{3, {}, {}};
  for (int i = 0; i < count; ++i) {
    float x = random_float(random, -1, 1), y = random_float(random, -1, 1);
    table.values.insert(table.values.end(), {x, y, random_float(random, -1, 1)});
    table.labels.push_back((x > 0) == (y > 0) ? 1 : 0);
  }
  return table;
}

double accuracy(const Graph& graph, const Table& table) {
  Interpreter interpreter = *Interpreter::make(graph);
  double right = 0;
  for (size_t i = 0; i < table.examples(); ++i) {
    std::vector<float> scores = run(interpreter, {table.row(i), table.row(i) + table.features});
    right += (scores[1] > scores[0] ? 1 : 0) == table.labels[i];
  }
  return right / static_cast<double>(table.examples());
}

TEST(Forest, LearnsWhatNoStraightLineTellsApart) {
  Forest forest = *grow_forest(quadrants(1, 600), 2, {.trees = 20, .depth = 6});
  Graph graph = forest_graph(forest, Shape(1, 3), DType::kFloat32, {});
  EXPECT_GT(accuracy(graph, quadrants(2, 400)), 0.93);
}

/// Numbers that rise with one feature and jump with another.
Table slopes(uint32_t seed, int count) {
  Table table = quadrants(seed, count);
  for (size_t i = 0; i < table.examples(); ++i) {
    table.targets.push_back(20 + 10 * table.row(i)[0] + (table.row(i)[1] > 0 ? 5.0f : 0.0f));
  }
  return table;
}

TEST(Forest, LearnsNumbers) {
  const Table test = slopes(2, 400);
  Result<Forest> forest =
      grow_forest(slopes(1, 600), 1, {.trees = 30, .depth = 8, .least_leaf = 5});
  ASSERT_TRUE(forest.ok()) << forest.error().message;
  const Graph graph = forest_graph(*forest, Shape(1, 3), DType::kFloat32, {});
  Interpreter interpreter = *Interpreter::make(graph);
  double error = 0;
  for (size_t i = 0; i < test.examples(); ++i) {
    const auto said = run(interpreter, {test.row(i), test.row(i) + 3});
    ASSERT_EQ(said.size(), 1u);
    error += std::abs(said[0] - test.targets[i]) / static_cast<double>(test.examples());
  }
  EXPECT_LT(error, 1.2) << "of 10 to 35; the mean alone is 5 away";
}

TEST(Forest, NumbersBehindInt8FeaturesAreOneOf256) {
  const Quantization q = quantization(0.01f, 3);
  Table table = slopes(5, 300);
  for (float& value : table.values) {
    value = static_cast<float>(std::lround(value / 0.01f)) * 0.01f;
  }
  const Forest forest = *grow_forest(table, 1, {.trees = 10, .depth = 6, .least_leaf = 5});
  const Graph real_graph = forest_graph(forest, Shape(1, 3), DType::kFloat32, {});
  const Graph int8_graph = forest_graph(forest, Shape(1, 3), DType::kInt8, q);
  Interpreter real = *Interpreter::make(real_graph), int8 = *Interpreter::make(int8_graph);
  for (size_t i = 0; i < table.examples(); ++i) {
    Bytes stored;
    for (size_t f = 0; f < 3; ++f) {
      stored.push_back(static_cast<uint8_t>(std::lround(table.row(i)[f] / 0.01f) + 3));
    }
    const Bytes output = (*int8.run({stored}))[0];
    float said = 0;
    std::memcpy(&said, output.data(), sizeof said);
    const float wanted = run(real, {table.row(i), table.row(i) + 3})[0];
    EXPECT_NEAR(said, wanted, (forest.high - forest.low) / 512 + 0.001f) << "half a step";
  }
}

TEST(Forest, TargetsThatAreAllTheSameAreLearned) {
  Table table = quadrants(1, 20);
  table.targets.assign(20, 7.5f);
  const Graph graph = forest_graph(*grow_forest(table, 1, {}), Shape(1, 3), DType::kFloat32, {});
  Interpreter interpreter = *Interpreter::make(graph);
  EXPECT_EQ(run(interpreter, {1, 2, 3})[0], 7.5f);
}

TEST(Forest, SameSeedGrowsTheSameForest) {
  Table table = quadrants(1, 200);
  Forest a = *grow_forest(table, 2, {}), b = *grow_forest(table, 2, {});
  EXPECT_EQ(a.threshold, b.threshold);
  EXPECT_EQ(a.children, b.children);
  EXPECT_NE(a.threshold, grow_forest(table, 2, {.seed = 2})->threshold);
}

TEST(Forest, Int8AnswersAsFloatOnTheFeaturesGrid) {
  const Quantization q = quantization(0.01f, 3);
  Table table = quadrants(5, 300);
  for (float& value : table.values) {
    value = static_cast<float>(std::lround(value / 0.01f)) * 0.01f;
  }
  Forest forest = *grow_forest(table, 2, {.trees = 10, .depth = 5});
  const Graph real_graph = forest_graph(forest, Shape(1, 3), DType::kFloat32, {});
  const Graph int8_graph = forest_graph(forest, Shape(1, 3), DType::kInt8, q);
  Interpreter real = *Interpreter::make(real_graph), int8 = *Interpreter::make(int8_graph);
  for (size_t i = 0; i < table.examples(); ++i) {
    std::vector<float> features(table.row(i), table.row(i) + 3);
    Bytes stored;
    for (float f : features) stored.push_back(static_cast<uint8_t>(std::lround(f / 0.01f) + 3));
    const std::vector<float> wanted = run(real, features);
    const Bytes scores = (*int8.run({stored}))[0];
    for (size_t c = 0; c < 2; ++c) {
      EXPECT_NEAR((static_cast<int8_t>(scores[c]) + 128) / 256.0f, wanted[c], 1.01f / 256);
    }
  }
}

TEST(Forest, TooBigAForestSaysWhatToMakeSmaller) {
  std::mt19937 random(3);
  Table table{1, {}, {}};
  for (int i = 0; i < 4000; ++i) {
    table.values.push_back(random_float(random, 0, 1));
    table.labels.push_back(random_int(random, 0, 1));
  }
  auto grown = grow_forest(table, 2, {.trees = 100, .depth = 30});
  ASSERT_FALSE(grown.ok());
  EXPECT_NE(grown.error().message.find("model.depth"), std::string::npos);
}

TEST(Mahalanobis, DistanceIsMeasuredInDeviations) {
  // x has deviation 10 and y follows x: away from that line is far, along it is near.
  std::mt19937 random(7);
  Table table{2, {}, {}};
  for (int i = 0; i < 2000; ++i) {
    float x = 10 * (random_float(random, -1, 1) + random_float(random, -1, 1));
    table.values.insert(table.values.end(), {x + 100, x + random_float(random, -1, 1)});
    table.labels.push_back(0);
  }
  const Graph graph = mahalanobis_graph(*learn_mahalanobis(table, 1, 1, 1e-6), Shape(1, 2));
  Interpreter interpreter = *Interpreter::make(graph);
  float near = run(interpreter, {110, 10})[0], far = run(interpreter, {110, 0})[0];
  EXPECT_LT(near, 2);
  EXPECT_GT(far, 50);
  double mean = 0;
  for (size_t i = 0; i < 2000; ++i) {
    mean += static_cast<double>(run(interpreter, {table.row(i), table.row(i) + 2})[0]) / 2000;
  }
  EXPECT_NEAR(mean, 1, 0.01) << "squared distances of what was learned from average to 1";
}

TEST(Mahalanobis, ModesKeepApartWhatLiesBetweenThemIsStrange) {
  std::mt19937 random(8);
  Table table{2, {}, {}};
  for (int i = 0; i < 300; ++i) {
    float centre = static_cast<float>(i % 3) * 10;
    table.values.push_back(centre + random_float(random, -1, 1));
    table.values.push_back(random_float(random, -1, 1) - centre);
    table.labels.push_back(0);
  }
  const Graph one = mahalanobis_graph(*learn_mahalanobis(table, 1), Shape(1, 2));
  const Graph three = mahalanobis_graph(*learn_mahalanobis(table, 3), Shape(1, 2));
  Interpreter of_one = *Interpreter::make(one), of_three = *Interpreter::make(three);
  EXPECT_LT(run(of_one, {5, -5})[0], 1);
  EXPECT_GT(run(of_three, {5, -5})[0], 10);
  EXPECT_LT(run(of_three, {10, -10})[0], 1);
  EXPECT_FALSE(learn_mahalanobis(table, 200).ok());
}

TEST(Mahalanobis, RefusesWhatHasNoCovariance) {
  EXPECT_FALSE(learn_mahalanobis({1, {1}, {0}}).ok());
  EXPECT_FALSE(learn_mahalanobis({1, {4, 4, 4}, {0, 0, 0}}).ok());
}

}  // namespace
}  // namespace mote::train
