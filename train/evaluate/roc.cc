// SPDX-License-Identifier: Apache-2.0
// Receiver operating characteristics: all thresholds at once, by sorting the scores.
#include <algorithm>
#include <cmath>
#include <limits>

#include "train/evaluate/metrics.h"

namespace mote::train {

std::vector<Scored> one_against_rest(const std::vector<Prediction>& predictions, int label) {
  std::vector<Scored> examples;
  for (const Prediction& p : predictions) {
    examples.push_back({p.scores[static_cast<size_t>(label)], p.label == label});
  }
  return examples;
}

std::vector<Scored> anomalies(const std::vector<Prediction>& predictions) {
  std::vector<Scored> examples;
  for (const Prediction& p : predictions) examples.push_back({p.scores[0], p.label != 0});
  return examples;
}

std::vector<RocPoint> roc(std::vector<Scored> examples) {
  auto positives = static_cast<double>(std::count_if(
      examples.begin(), examples.end(), [](const Scored& example) { return example.positive; }));
  double negatives = static_cast<double>(examples.size()) - positives;
  if (positives == 0 || negatives == 0) return {};
  std::sort(examples.begin(), examples.end(),
            [](const Scored& a, const Scored& b) { return a.score > b.score; });
  std::vector<RocPoint> curve = {{std::numeric_limits<double>::infinity(), 0, 0}};
  double hits = 0, alarms = 0;
  for (size_t i = 0; i < examples.size(); ++i) {
    (examples[i].positive ? hits : alarms) += 1;
    if (i + 1 < examples.size() && examples[i + 1].score == examples[i].score) continue;
    curve.push_back({examples[i].score, alarms / negatives, hits / positives});
  }
  return curve;
}

double area(const std::vector<RocPoint>& curve) {
  if (curve.empty()) return NAN;
  double sum = 0;
  for (size_t i = 1; i < curve.size(); ++i) {
    double width = curve[i].false_positive_rate - curve[i - 1].false_positive_rate;
    sum += width * (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
  }
  return sum;
}

RocPoint at_recall(const std::vector<RocPoint>& curve, double recall) {
  return *std::find_if(curve.begin(), curve.end() - 1,
                       [&](const RocPoint& point) { return point.true_positive_rate >= recall; });
}

std::vector<RocPoint> thinned(const std::vector<RocPoint>& curve, size_t most) {
  if (curve.size() <= most) return curve;
  // Both rates only grow, so their sum is the way along the curve, from 0 to 2.
  std::vector<RocPoint> kept;
  for (const RocPoint& point : curve) {
    double way = point.false_positive_rate + point.true_positive_rate;
    double due = 2.0 * static_cast<double>(kept.size()) / static_cast<double>(most - 1);
    if (way >= due && kept.size() + 1 < most) kept.push_back(point);
  }
  kept.push_back(curve.back());
  return kept;
}

}  // namespace mote::train
