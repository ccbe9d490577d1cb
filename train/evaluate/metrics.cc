// SPDX-License-Identifier: Apache-2.0
#include "train/evaluate/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mote::train {
namespace {

constexpr double kNormal95 = 1.959963984540054;  // 97.5 % of a normal distribution lie below

double part(size_t some, size_t all) {
  return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
}

size_t sum_of(const std::vector<size_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), size_t{0});
}

ClassMetrics class_metrics(const std::vector<std::vector<size_t>>& confusion, size_t c) {
  ClassMetrics m;
  size_t hits = confusion[c][c], said = 0;
  for (const std::vector<size_t>& row : confusion) said += row[c];
  m.examples = sum_of(confusion[c]);
  m.precision = part(hits, said);
  m.recall = part(hits, m.examples);
  m.f1 = part(2 * hits, said + m.examples);
  return m;
}

void add_means(ClassificationMetrics* m) {
  double classes = 0, ranked = 0;
  for (const ClassMetrics& one : m->classes) {
    if (one.examples == 0) continue;
    ++classes;
    m->macro_precision += one.precision;
    m->macro_recall += one.recall;
    m->macro_f1 += one.f1;
    if (std::isnan(one.auc)) continue;
    ++ranked;
    m->macro_auc += one.auc;
  }
  for (double* mean : {&m->macro_precision, &m->macro_recall, &m->macro_f1}) {
    if (classes > 0) *mean /= classes;
  }
  m->macro_auc = ranked > 0 ? m->macro_auc / ranked : NAN;
}

}  // namespace

int Prediction::best() const {
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

Interval wilson(size_t right, size_t all) {
  if (all == 0) return {0, 1};
  double n = static_cast<double>(all), p = static_cast<double>(right) / n;
  double z2 = kNormal95 * kNormal95;
  double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  double half = kNormal95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

ClassificationMetrics classification_metrics(const std::vector<Prediction>& predictions,
                                             const std::vector<std::string>& names) {
  ClassificationMetrics m;
  m.confusion.assign(names.size(), std::vector<size_t>(names.size(), 0));
  for (const Prediction& p : predictions) {
    ++m.confusion[static_cast<size_t>(p.label)][static_cast<size_t>(p.best())];
  }
  m.examples = predictions.size();
  for (size_t c = 0; c < names.size(); ++c) {
    m.right += m.confusion[c][c];
    ClassMetrics one = class_metrics(m.confusion, c);
    one.name = names[c];
    one.auc = area(roc(one_against_rest(predictions, static_cast<int>(c))));
    m.classes.push_back(std::move(one));
  }
  m.accuracy = part(m.right, m.examples);
  m.accuracy_interval = wilson(m.right, m.examples);
  add_means(&m);
  return m;
}

CalibrationMetrics calibration_of(const std::vector<Prediction>& predictions, size_t bins) {
  CalibrationMetrics result;
  double count = static_cast<double>(bins);
  for (size_t b = 0; b < bins; ++b) {
    double low = static_cast<double>(b);
    result.bins.push_back({.low = low / count, .high = (low + 1) / count});
  }
  for (const Prediction& p : predictions) {
    double confidence = std::clamp<double>(p.scores[static_cast<size_t>(p.best())], 0, 1);
    ReliabilityBin& bin = result.bins[std::min(static_cast<size_t>(confidence * count), bins - 1)];
    ++bin.examples;
    bin.confidence += confidence;
    bin.accuracy += p.best() == p.label;
  }
  for (ReliabilityBin& bin : result.bins) {
    if (bin.examples == 0) continue;
    bin.confidence /= static_cast<double>(bin.examples);
    bin.accuracy /= static_cast<double>(bin.examples);
    result.error +=
        part(bin.examples, predictions.size()) * std::abs(bin.confidence - bin.accuracy);
  }
  return result;
}

RegressionMetrics regression_metrics(const std::vector<Prediction>& predictions) {
  RegressionMetrics m;
  m.examples = predictions.size();
  double n = static_cast<double>(m.examples), mean = 0, squares = 0, spread = 0;
  for (const Prediction& p : predictions) mean += p.target / n;
  for (const Prediction& p : predictions) {
    double error = p.scores[0] - p.target;
    m.mean_absolute_error += std::abs(error) / n;
    squares += error * error;
    spread += (p.target - mean) * (p.target - mean);
  }
  m.root_mean_squared_error = n > 0 ? std::sqrt(squares / n) : 0;
  m.r_squared = spread > 0 ? 1 - squares / spread : NAN;
  return m;
}

}  // namespace mote::train
