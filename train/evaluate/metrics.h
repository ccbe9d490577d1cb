// SPDX-License-Identifier: Apache-2.0
// How good a model is, from what it said and what was right. All figures are plain functions of
// predictions, so that a float model, its integers and a virtual board are judged alike.
#ifndef MOTE_TRAIN_EVALUATE_METRICS_H_
#define MOTE_TRAIN_EVALUATE_METRICS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mote::train {

/// What a model said of one example. For anomalies scores has one element, higher is stranger; for
/// regression it is the value.
struct Prediction {
  int label = 0;                               // what was right
  double target = 0;                           // regression
  std::vector<float> scores;                   // of each class, adding up to 1
  std::map<std::string, std::string> columns;  // what groups it may belong to

  int best() const;  // index of the largest score, the first of equals
};

struct Interval {
  double low = 0, high = 0;
};

struct ClassMetrics {
  std::string name;
  size_t examples = 0;
  double precision = 0, recall = 0, f1 = 0, auc = 0;
};

/// The whole picture of a classifier. Means over classes are over those that have examples.
struct ClassificationMetrics {
  size_t examples = 0, right = 0;
  double accuracy = 0;
  Interval accuracy_interval;  // 95 %, Wilson
  std::vector<ClassMetrics> classes;
  double macro_precision = 0, macro_recall = 0, macro_f1 = 0, macro_auc = 0;
  std::vector<std::vector<size_t>> confusion;  // [what was right][what the model said]
};

/// 95 % interval of a part `right` of `all` (Wilson's score interval); 0 to 1 if `all` is 0.
Interval wilson(size_t right, size_t all);

/// REQUIRES: labels are below names.size(), scores have one element for each name.
ClassificationMetrics classification_metrics(const std::vector<Prediction>& predictions,
                                             const std::vector<std::string>& names);

/// A point of a receiver operating characteristic: what calling all with a score of at least
/// `threshold` positive gives.
struct RocPoint {
  double threshold = 0, false_positive_rate = 0, true_positive_rate = 0;
};

/// One example for a question of yes or no.
struct Scored {
  double score = 0;  // higher: rather yes
  bool positive = false;
};

/// One class against the rest; anomalies (label 1, by their only score) against normal examples.
std::vector<Scored> one_against_rest(const std::vector<Prediction>& predictions, int label);
std::vector<Scored> anomalies(const std::vector<Prediction>& predictions);

/// From (0, 0), threshold +infinity, to (1, 1); examples of one score are one point. n log n. Empty
/// if there are no positive or no negative examples.
std::vector<RocPoint> roc(std::vector<Scored> examples);
/// The area below the curve: how often a positive example's score is above a negative one's, equal
/// ones counting half. Not a number for an empty curve.
double area(const std::vector<RocPoint>& curve);
/// The least part of the negative examples called positive where at least `recall` of the positive
/// ones are. REQUIRES: the curve isn't empty.
RocPoint at_recall(const std::vector<RocPoint>& curve, double recall);
/// At most `most` points, the ends among them, spread over the curve's length. REQUIRES: most > 1.
std::vector<RocPoint> thinned(const std::vector<RocPoint>& curve, size_t most);

/// Predictions whose largest score lies in a range.
struct ReliabilityBin {
  double low = 0, high = 0;
  size_t examples = 0;
  double confidence = 0, accuracy = 0;  // means; 0 without examples
};

/// Whether scores mean what they say.
struct CalibrationMetrics {
  std::vector<ReliabilityBin> bins;  // equally wide, from 0 to 1; a bin has its lower end
  double error = 0;  // expected calibration error: mean distance of confidence and accuracy
};
/// REQUIRES: bins > 0.
CalibrationMetrics calibration_of(const std::vector<Prediction>& predictions, size_t bins = 10);

struct RegressionMetrics {
  size_t examples = 0;
  double mean_absolute_error = 0, root_mean_squared_error = 0;
  double r_squared =
      0;  // part of the targets' variance that is explained; not a number if that is 0
};
RegressionMetrics regression_metrics(const std::vector<Prediction>& predictions);

/// What a group is judged by.
enum class Score { kAccuracy, kAuc, kAbsoluteError };

/// The score of the examples with one value of a column.
struct GroupMetrics {
  std::string value;
  size_t examples = 0;
  double score = 0;
  Interval interval;  // 95 %: Wilson's for accuracy, else bootstrap
};

struct FairnessMetrics {
  std::string column;
  std::vector<GroupMetrics> groups;  // best first
  size_t judged = 0;                 // groups that the gap looks at
  double gap = 0;                    // between the best and the worst of them
  Interval gap_interval;             // 95 %, bootstrap over the examples of these two
};

/// The groups of a column; the gap looks at those with at least `least` examples, since one of two
/// recordings gives any score. With fewer than two such groups there is none: judged says so. The
/// two groups were picked for being the ends, so an interval that hardly leaves 0 out proves
/// little. An example without the column is in group "". For kAuc, groups of one class are left
/// out. The same predictions give the same figures everywhere.
FairnessMetrics fairness(const std::vector<Prediction>& predictions, const std::string& column,
                         Score score, size_t least = 10);

}  // namespace mote::train

#endif  // MOTE_TRAIN_EVALUATE_METRICS_H_
