// SPDX-License-Identifier: Apache-2.0
// What is known of a trained model, for JSON and for the page "training": how it learned, how good
// it is in each of its forms, whom it serves worse, and what each step of compression does.
#ifndef MOTE_TRAIN_REPORT_TRAINING_REPORT_H_
#define MOTE_TRAIN_REPORT_TRAINING_REPORT_H_

#include <nlohmann/json.hpp>

#include "train/compress/steps.h"
#include "train/evaluate/metrics.h"
#include "train/report/stream_report.h"
#include "train/run/form_choice.h"

namespace mote::train {

/// A receiver operating characteristic with a name: a class against the rest, or "anomaly".
struct NamedRoc {
  std::string name;
  std::vector<RocPoint> curve;  // empty: not both kinds of examples
  double auc = 0;
  std::optional<RocPoint> at_recall;  // of TrainingReport::recall
};

/// The score under a hardship of the robustness test.
struct HardshipScore {
  std::string name;
  double score = 0;
  Interval interval;
};

/// A model in one form on one machine.
struct ModelReport {
  std::string name;   // "float", "int8"
  std::string where;  // "host", or the board
  size_t examples = 0;
  double score = 0;  // accuracy, AUC, or the mean absolute error
  Interval interval;
  std::optional<ClassificationMetrics> classification;
  std::optional<CalibrationMetrics> calibration;
  std::optional<RegressionMetrics> regression;
  std::vector<NamedRoc> rocs;
  std::vector<FairnessMetrics> fairness;
  std::vector<HardshipScore> robustness;
  std::optional<Profile> profile;
  std::optional<size_t> other_answers;  // of a board: outputs that differ from the host's
};

/// The features that training saw beside those that the virtual board computes.
struct FeatureComparison {
  std::string board;
  size_t examples = 0;
  uint64_t bits = 0, different_bits = 0;
};

struct TrainingReport {
  std::string name;
  Task task = Task::kClassification;
  std::string score = "accuracy";  // what scores are: accuracy, agreement, auc, mean absolute error
  std::vector<std::string> classes;
  size_t examples = 0;
  std::vector<std::string> skipped;                              // "path: why"
  double recall = 0.9;                                           // for NamedRoc::at_recall
  nlohmann::ordered_json log = nlohmann::ordered_json::array();  // the lines of log.jsonl
  std::vector<ModelReport> models;
  std::optional<FeatureComparison> features;
  std::optional<FormChoice> deployed;  // if there were two forms of integers to choose from
  std::optional<StreamReport> stream;
  BudgetOptions budget;
  std::vector<compress::Variant> steps;
};

/// How a model is judged.
struct Judgement {
  Task task = Task::kClassification;
  std::vector<std::string> classes;
  std::vector<std::string> columns;  // for fairness()
  double recall = 0.9;
};

/// All figures of a model's predictions. REQUIRES: at least one.
ModelReport judge(const std::string& name, const std::string& where,
                  const std::vector<Prediction>& predictions, const Judgement& how);

/// accuracy, auc or mean absolute error.
const char* name_of_score(Task task);

/// Only the score.
double score_of(const std::vector<Prediction>& predictions, Task task);

/// Schema mote.training/1, docs/json.md.
nlohmann::ordered_json training_json(const TrainingReport& report);

}  // namespace mote::train

#endif  // MOTE_TRAIN_REPORT_TRAINING_REPORT_H_
