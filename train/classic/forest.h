// SPDX-License-Identifier: Apache-2.0
// Random forests (Breiman 2001): each tree is grown on examples drawn with replacement, each of its
// questions is the best among a random few features, by Gini's impurity or, of numbers, by their
// variance. For the smallest boards: hardly a multiplication, a few hundred bytes, microseconds.
#ifndef MOTE_TRAIN_CLASSIC_FOREST_H_
#define MOTE_TRAIN_CLASSIC_FOREST_H_

#include "ir/graph.h"

namespace mote::train {

/// Examples as rows of features.
struct Table {
  size_t features = 0;
  std::vector<float> values;  // [examples, features]
  std::vector<int> labels;
  std::vector<float> targets = {};  // of a regression, instead of what labels say

  size_t examples() const { return labels.size(); }
  const float* row(size_t i) const { return values.data() + i * features; }
};

struct ForestOptions {
  int trees = 50, depth = 8;
  size_t least_leaf = 1;  // examples of a leaf; Breiman's own program has 5 for regression
  uint32_t seed = 1;
};

/// The tables of MoteForest (ops/forest/forest.h).
struct Forest {
  int classes = 0;          // 1: a regression
  float low = 0, high = 1;  // of its targets, which leaves of 0 and 255 stand for
  std::vector<int16_t> feature, children, roots;
  std::vector<float> threshold;  // halfway between the values that it parts
  std::vector<uint8_t> leaves;
};

/// `classes` is 1 for a regression, which has targets. Errors: only one class to tell apart, more
/// nodes than int16 can number, with what to make smaller.
Result<Forest> grow_forest(const Table& table, int classes, const ForestOptions& options);

/// The forest behind features of this type and scale: float32, or int8, where thresholds are
/// rounded down to the features' grid, which changes no answer. A regression's output is float32;
/// behind int8 features it is one of 256 values between the lowest and the highest target.
Graph forest_graph(const Forest& forest, const Shape& features, DType dtype, const Quantization& q);

}  // namespace mote::train

#endif  // MOTE_TRAIN_CLASSIC_FOREST_H_
