// SPDX-License-Identifier: Apache-2.0
// How good a model is, from what it said and what was right.
#ifndef MOTE_TRAIN_EVALUATE_METRICS_H_
#define MOTE_TRAIN_EVALUATE_METRICS_H_

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

/// A point of a receiver operating characteristic.
struct RocPoint {
  double threshold = 0, false_positive_rate = 0, true_positive_rate = 0;
};

/// Accuracy (classification) or AUC (anomaly) of the examples with one value of a column.
struct GroupMetrics {
  std::string value;
  size_t examples = 0;
  double score = 0;
  Interval interval;  // 95 %
};

struct FairnessMetrics {
  std::string column;
  std::vector<GroupMetrics> groups;  // best first
  double gap = 0;                    // best less worst
  Interval gap_interval;             // 95 %, bootstrap over examples
};

}  // namespace mote::train

#endif  // MOTE_TRAIN_EVALUATE_METRICS_H_
