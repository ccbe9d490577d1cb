// SPDX-License-Identifier: Apache-2.0
// Groups side by side. Intervals that no formula gives come from the bootstrap: the examples of a
// group are drawn again with replacement, 1,000 times, and the middle 95 % of the scores are kept.
#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "train/evaluate/metrics.h"

namespace mote::train {
namespace {

constexpr size_t kDraws = 1000;

using Group = std::vector<const Prediction*>;

double score_of(const Group& group, Score score) {
  double n = static_cast<double>(group.size()), sum = 0;
  std::vector<Scored> examples;
  for (const Prediction* p : group) {
    switch (score) {
      case Score::kAccuracy:
        sum += p->best() == p->label;
        break;
      case Score::kAuc:
        examples.push_back({p->scores[0], p->label != 0});
        break;
      case Score::kAbsoluteError:
        sum += std::abs(p->scores[0] - p->target);
        break;
    }
  }
  return score == Score::kAuc ? area(roc(std::move(examples))) : sum / n;
}

/// The group's size of its members, each drawn from all of them. Standard distributions differ
/// between platforms; the generator itself doesn't.
Group drawn(const Group& group, std::mt19937& random) {
  Group result;
  for (size_t i = 0; i < group.size(); ++i) result.push_back(group[random() % group.size()]);
  return result;
}

/// The middle 95 % of what `draw` gives; draws that give no number don't count.
Interval bootstrap(const std::function<double(std::mt19937&)>& draw) {
  std::mt19937 random(1);
  std::vector<double> values;
  for (size_t i = 0; i < kDraws; ++i) {
    double value = draw(random);
    if (!std::isnan(value)) values.push_back(value);
  }
  if (values.empty()) return {NAN, NAN};
  std::sort(values.begin(), values.end());
  auto at = [&](double quantile) {
    return values[static_cast<size_t>(quantile * static_cast<double>(values.size() - 1) + 0.5)];
  };
  return {at(0.025), at(0.975)};
}

Interval interval_of(const Group& group, Score score, double value) {
  if (score == Score::kAccuracy) {
    double n = static_cast<double>(group.size());
    return wilson(static_cast<size_t>(std::lround(value * n)), group.size());
  }
  return bootstrap([&](std::mt19937& random) { return score_of(drawn(group, random), score); });
}

}  // namespace

FairnessMetrics fairness(const std::vector<Prediction>& predictions, const std::string& column,
                         Score score, size_t least) {
  std::map<std::string, Group> groups;
  for (const Prediction& p : predictions) {
    auto found = p.columns.find(column);
    groups[found == p.columns.end() ? "" : found->second].push_back(&p);
  }
  FairnessMetrics result;
  result.column = column;
  for (const auto& [value, group] : groups) {
    double own = score_of(group, score);
    if (std::isnan(own)) continue;
    result.groups.push_back({value, group.size(), own, interval_of(group, score, own)});
  }
  const bool low_is_good = score == Score::kAbsoluteError;
  std::stable_sort(result.groups.begin(), result.groups.end(),
                   [&](const GroupMetrics& a, const GroupMetrics& b) {
                     return low_is_good ? a.score < b.score : a.score > b.score;
                   });
  const GroupMetrics *best = nullptr, *worst = nullptr;
  for (const GroupMetrics& group : result.groups) {
    if (group.examples < least) continue;
    ++result.judged;
    if (!best) best = &group;
    worst = &group;
  }
  if (result.judged < 2) return result;
  double sign = low_is_good ? -1 : 1;
  result.gap = sign * (best->score - worst->score);
  result.gap_interval = bootstrap([&](std::mt19937& random) {
    double first = score_of(drawn(groups[best->value], random), score);
    return sign * (first - score_of(drawn(groups[worst->value], random), score));
  });
  return result;
}

}  // namespace mote::train
