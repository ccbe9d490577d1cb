// SPDX-License-Identifier: Apache-2.0
#include "train/report/training_report.h"

namespace mote::train {
namespace {

constexpr size_t kMostPoints = 200;  // of a curve in a report

NamedRoc named_roc(const std::string& name, std::vector<Scored> examples, double recall) {
  std::vector<RocPoint> curve = roc(std::move(examples));
  NamedRoc result{name, {}, area(curve), {}};
  if (curve.empty()) return result;
  result.at_recall = at_recall(curve, recall);
  result.curve = thinned(curve, kMostPoints);
  return result;
}

Score group_score(Task task) {
  switch (task) {
    case Task::kRegression:
      return Score::kAbsoluteError;
    case Task::kAnomaly:
      return Score::kAuc;
    case Task::kClassification:
      break;
  }
  return Score::kAccuracy;
}

}  // namespace

const char* name_of_score(Task task) {
  switch (task) {
    case Task::kRegression:
      return "mean absolute error";
    case Task::kAnomaly:
      return "auc";
    case Task::kClassification:
      break;
  }
  return "accuracy";
}

double score_of(const std::vector<Prediction>& predictions, Task task) {
  if (task == Task::kRegression) return regression_metrics(predictions).mean_absolute_error;
  if (task == Task::kAnomaly) return area(roc(anomalies(predictions)));
  size_t right = 0;
  for (const Prediction& p : predictions) right += p.best() == p.label;
  return static_cast<double>(right) / static_cast<double>(predictions.size());
}

ModelReport judge(const std::string& name, const std::string& where,
                  const std::vector<Prediction>& predictions, const Judgement& how) {
  ModelReport report;
  report.name = name;
  report.where = where;
  report.examples = predictions.size();
  report.score = score_of(predictions, how.task);
  // All examples as one group: its interval is that of the score.
  FairnessMetrics all = fairness(predictions, "", group_score(how.task), 1);
  if (!all.groups.empty()) report.interval = all.groups[0].interval;
  if (how.task == Task::kClassification) {
    report.classification = classification_metrics(predictions, how.classes);
    report.calibration = calibration_of(predictions);
    for (size_t c = 0; c < how.classes.size(); ++c) {
      report.rocs.push_back(named_roc(
          how.classes[c], one_against_rest(predictions, static_cast<int>(c)), how.recall));
    }
  } else if (how.task == Task::kAnomaly) {
    report.rocs.push_back(named_roc("anomaly", anomalies(predictions), how.recall));
  } else {
    report.regression = regression_metrics(predictions);
  }
  for (const std::string& column : how.columns) {
    report.fairness.push_back(fairness(predictions, column, group_score(how.task)));
  }
  return report;
}

}  // namespace mote::train
