// SPDX-License-Identifier: Apache-2.0
#include "train/report/quality.h"

#include "train/quantize/values.h"
#include "train/report/training_report.h"

namespace mote::train {
namespace {

using Outputs = std::vector<std::vector<float>>;

Outputs repeated(const std::vector<float>& output, size_t times) {
  return Outputs(times, output);
}

/// The mean of what any answers are held against: targets, or features.
std::vector<float> mean_of(const Outputs& all) {
  std::vector<double> sum(all[0].size());
  for (const auto& one : all) {
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(one[i]);
  }
  std::vector<float> mean;
  for (double s : sum) mean.push_back(static_cast<float>(s / static_cast<double>(all.size())));
  return mean;
}

/// 1 less the error in parts of that of an answer which is always the same.
Quality against_constant(const HeldOut& test, const std::string& name,
                         const std::vector<float>& constant,
                         double (*error)(const std::vector<Prediction>&)) {
  const double guess = error(test.predictions(repeated(constant, test.size())));
  return {name, [&test, error, whole = guess > 0 ? guess : 1](const Outputs& outputs) {
            return 1 - error(test.predictions(outputs)) / whole;
          }};
}

double absolute_error(const std::vector<Prediction>& predictions) {
  return regression_metrics(predictions).mean_absolute_error;
}

}  // namespace

double mean_anomaly(const std::vector<Prediction>& predictions) {
  double sum = 0;
  for (const Prediction& p : predictions) sum += static_cast<double>(p.scores[0]);
  return sum / static_cast<double>(predictions.size());
}

Quality quality_on(const HeldOut& test) {
  const Task task = test.project().task;
  const std::vector<Prediction> examples = test.predictions(repeated({0.0f}, test.size()));
  if (task == Task::kRegression) {
    Outputs targets;
    for (const Prediction& p : examples) targets.push_back({static_cast<float>(p.target)});
    return against_constant(test, "1 - relative error", mean_of(targets), absolute_error);
  }
  const bool all_normal = std::all_of(examples.begin(), examples.end(),
                                      [](const Prediction& p) { return p.label == 0; });
  if (task == Task::kAnomaly && all_normal) {
    Outputs features;
    for (const Values& one : test.real_features()) features.push_back(quantize::floats_of(one[0]));
    return against_constant(test, "reconstructed variance", mean_of(features), mean_anomaly);
  }
  return {name_of_score(task), [&test, task](const Outputs& outputs) {
            return score_of(test.predictions(outputs), task);
          }};
}

}  // namespace mote::train
