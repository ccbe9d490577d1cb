// SPDX-License-Identifier: Apache-2.0
// One number for how good answers are, for forms of a model to be compared by: 1 at best, the
// larger the better, and a hundredth is a point that means something whatever the task and its
// units.
#ifndef MOTE_TRAIN_REPORT_QUALITY_H_
#define MOTE_TRAIN_REPORT_QUALITY_H_

#include "train/evaluate/held_out.h"

namespace mote::train {

struct Quality {
  std::string name;
  std::function<double(const std::vector<std::vector<float>>& outputs)> of;
};

/// What the task and the examples allow:
///  - accuracy;
///  - 1 - relative error, of a regression: its mean absolute error in parts of the one that answers
///    with the targets' mean would have;
///  - auc, of an anomaly detector;
///  - reconstructed variance, where no example is an anomaly, as in the validation part: 1 less the
///    mean squared error in parts of that of the features' mean.
/// REQUIRES: `test` outlives the function.
Quality quality_on(const HeldOut& test);

/// The mean of what an anomaly detector says. REQUIRES: at least one.
double mean_anomaly(const std::vector<Prediction>& predictions);

}  // namespace mote::train

#endif  // MOTE_TRAIN_REPORT_QUALITY_H_
