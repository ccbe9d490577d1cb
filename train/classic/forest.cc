// SPDX-License-Identifier: Apache-2.0
#include "train/classic/forest.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ir/builder.h"
#include "ops/book.h"

namespace mote::train {
namespace {

constexpr double kNothing = 1e-9;  // less impurity than this is rounding

/// What examples are to give, added up: a number, or 1 for their class. The squared distances from
/// the mean, Σ y² - (Σ y)² / n, are n times the variance or, of classes, n times Gini's impurity.
struct Sums {
  std::vector<double> outputs;
  double squares = 0, n = 0;

  double impurity() const {
    double mean = 0;
    for (double sum : outputs) mean += sum * sum;
    return n > 0 ? squares - mean / n : 0;
  }
};

struct Question {
  size_t feature = 0;
  float threshold = 0;
  double impurity = 0;  // of both sides together
};

class Grower {
 public:
  Grower(const Table& table, int classes, const ForestOptions& options)
      : table_(table), options_(options), random_(options.seed) {
    forest_.classes = classes;
    if (classes == 1) {
      const auto ends = std::minmax_element(table.targets.begin(), table.targets.end());
      forest_.low = *ends.first;
      forest_.high = *ends.second;
    }
    order_.resize(table.features);
    std::iota(order_.begin(), order_.end(), size_t{0});
    const auto features = static_cast<double>(table.features);
    tried_ =
        std::max<size_t>(1, static_cast<size_t>(classes == 1 ? features / 3 : std::sqrt(features)));
  }

  Result<Forest> grow() {
    for (int t = 0; t < options_.trees; ++t) {
      std::vector<size_t> drawn(table_.examples());
      for (size_t& i : drawn) i = draw(table_.examples());
      forest_.roots.push_back(static_cast<int16_t>(grow_node(drawn, 0)));
      if (forest_.feature.size() > 32767 || leaf_count() > 32767) {
        return fail(
            "a forest of {} trees of depth {} has more nodes than 32,767; lower model.trees "
            "or model.depth",
            options_.trees, options_.depth);
      }
    }
    return std::move(forest_);
  }

 private:
  size_t draw(size_t below) { return static_cast<size_t>(random_() % below); }
  size_t leaf_count() const { return forest_.leaves.size() / static_cast<size_t>(forest_.classes); }

  /// Adds an example, or takes it away. Targets lie between 0 and 1 here.
  void add(size_t example, double sign, Sums* sums) const {
    size_t output = 0;
    double value = 1;
    if (forest_.classes > 1) {
      output = static_cast<size_t>(table_.labels[example]);
    } else {
      const double range = forest_.high - forest_.low;
      value = range > 0 ? (table_.targets[example] - forest_.low) / range : 0;
    }
    sums->outputs[output] += sign * value;
    sums->squares += sign * value * value;
    sums->n += sign;
  }

  Sums sum_of(const std::vector<size_t>& examples) const {
    Sums sums{std::vector<double>(static_cast<size_t>(forest_.classes))};
    for (size_t i : examples) add(i, 1, &sums);
    return sums;
  }

  /// The new node's or leaf's number, as children have them.
  int grow_node(const std::vector<size_t>& examples, int depth) {
    const Sums sums = sum_of(examples);
    Question best;
    best.impurity = sums.impurity();
    if (depth == options_.depth || best.impurity <= kNothing || !ask(examples, sums, &best)) {
      return add_leaf(sums);
    }
    std::vector<size_t> sides[2];
    for (size_t i : examples) {
      sides[table_.row(i)[best.feature] <= best.threshold ? 0 : 1].push_back(i);
    }
    const size_t node = forest_.feature.size();
    forest_.feature.push_back(static_cast<int16_t>(best.feature));
    forest_.threshold.push_back(best.threshold);
    forest_.children.resize(forest_.children.size() + 2);
    for (size_t side = 0; side < 2; ++side) {
      const int child = grow_node(sides[side], depth + 1);
      forest_.children[2 * node + side] = static_cast<int16_t>(child);
    }
    return static_cast<int>(node);
  }

  int add_leaf(const Sums& sums) {
    const auto leaf = static_cast<int>(leaf_count());
    for (double part : sums.outputs) {
      forest_.leaves.push_back(static_cast<uint8_t>(std::lround(255 * part / sums.n)));
    }
    return -1 - leaf;
  }

  /// The best question about a few features drawn at random. False: none parts the examples better
  /// than they are.
  bool ask(const std::vector<size_t>& examples, const Sums& sums, Question* best) {
    bool found = false;
    for (size_t k = 0; k < table_.features && (k < tried_ || !found); ++k) {
      std::swap(order_[k], order_[k + draw(table_.features - k)]);
      found |= ask_about(order_[k], examples, sums, best);
    }
    return found;
  }

  bool ask_about(size_t feature, std::vector<size_t> examples, const Sums& sums, Question* best) {
    auto value = [&](size_t i) { return table_.row(examples[i])[feature]; };
    std::sort(examples.begin(), examples.end(),
              [&](size_t a, size_t b) { return table_.row(a)[feature] < table_.row(b)[feature]; });
    Sums left = sum_of({}), right = sums;
    bool found = false;
    for (size_t i = 0; i + 1 < examples.size(); ++i) {
      add(examples[i], 1, &left);
      add(examples[i], -1, &right);
      const size_t before = i + 1, after = examples.size() - before;
      if (!(value(i) < value(i + 1)) || std::min(before, after) < options_.least_leaf) continue;
      const double both = left.impurity() + right.impurity();
      if (both >= best->impurity - kNothing) continue;
      float middle = value(i) + (value(i + 1) - value(i)) / 2;
      *best = {feature, middle < value(i + 1) ? middle : value(i), both};
      found = true;
    }
    return found;
  }

  const Table& table_;
  const ForestOptions& options_;
  std::mt19937 random_;
  Forest forest_;
  std::vector<size_t> order_;
  size_t tried_;
};

/// A part of 1 as the number that it stands for.
TensorId target_of(GraphBuilder& b, const Forest& forest, DType dtype, TensorId part) {
  constexpr DType kReal = DType::kFloat32;
  if (dtype == DType::kInt8) part = b.node(dequantize_record(), {part}, {}, kReal);
  auto number = [&](float value) { return b.constant(Shape(1), std::vector<float>{value}); };
  const float range = forest.high - forest.low;
  // int8 scores are rounded down: the middle of their step is nearest.
  const float first = forest.low + (dtype == DType::kInt8 ? range / 512 : 0);
  part = b.node(mul_record(), {part, number(range)}, {}, kReal);
  return b.node(add_record(), {part, number(first)}, {}, kReal, {}, "value");
}

/// The largest integer whose real value isn't above `value`; -128 if there is none.
int8_t last_below(float value, const Quantization& q) {
  int last = 127;
  while (last > -128 && static_cast<float>(last - q.zero_point()) * q.scale() > value) --last;
  return static_cast<int8_t>(last);
}

}  // namespace

Result<Forest> grow_forest(const Table& table, int classes, const ForestOptions& options) {
  const bool regression = !table.targets.empty();
  if (classes < 2 && !regression)
    return fail("a forest tells classes apart, and there is only one");
  if (table.features > 32767) {
    return fail("a forest asks about at most 32,767 features, these are {}; use fewer",
                table.features);
  }
  MOTE_TRY(Forest forest, Grower(table, classes, options).grow());
  if (forest.feature.empty()) {  // the operator has at least one node
    forest.feature = {0}, forest.threshold = {0}, forest.children = {-1, -1};
  }
  return forest;
}

Graph forest_graph(const Forest& forest, const Shape& features, DType dtype,
                   const Quantization& q) {
  GraphBuilder b("forest");
  TensorId input = b.input(dtype, features, q, "features");
  auto flat = static_cast<int32_t>(features.elements());
  TensorId row = b.node(reshape_record(),
                        {input, b.constant(Shape(2), std::vector<int32_t>{1, flat})}, {}, dtype, q);
  auto nodes = static_cast<int32_t>(forest.feature.size());
  TensorId threshold;
  if (dtype == DType::kInt8) {
    std::vector<int8_t> rounded;
    for (float value : forest.threshold) rounded.push_back(last_below(value, q));
    threshold = b.constant(Shape(nodes), rounded, q, "thresholds");
  } else {
    threshold = b.constant(Shape(nodes), forest.threshold, {}, "thresholds");
  }
  auto leaves = static_cast<int32_t>(forest.leaves.size()) / forest.classes;
  TensorId scores = b.node(
      mote_forest_record(),
      {row, b.constant(Shape(nodes), forest.feature, {}, "questions"), threshold,
       b.constant(Shape(nodes, 2), forest.children, {}, "children"),
       b.constant(Shape(static_cast<int32_t>(forest.roots.size())), forest.roots, {}, "roots"),
       b.constant(Shape(leaves, forest.classes), forest.leaves, {}, "leaves")},
      {}, dtype, dtype == DType::kInt8 ? quantization(1.0f / 256, -128) : Quantization(), "scores");
  return b.build({forest.classes > 1 ? scores : target_of(b, forest, dtype, scores)});
}

}  // namespace mote::train
