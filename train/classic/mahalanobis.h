// SPDX-License-Identifier: Apache-2.0
// How far features are from normal ones, in deviations: the Mahalanobis distance
// sqrt((x - mean)ᵀ covariance⁻¹ (x - mean)), squared. An anomaly detector that learns in one pass.
#ifndef MOTE_TRAIN_CLASSIC_MAHALANOBIS_H_
#define MOTE_TRAIN_CLASSIC_MAHALANOBIS_H_

#include "train/classic/forest.h"

namespace mote::train {

/// A cloud of normal examples.
struct Mode {
  std::vector<float> mean;
  std::vector<float> whitening;  // W [features, features], WᵀW = covariance⁻¹
};

/// What is normal, in one or more modes (a machine has speeds).
using Mahalanobis = std::vector<Mode>;

/// Learns from normal examples; labels aren't looked at. Modes are parted by k-means of the
/// normalised features. Each covariance gets `shrink` of its mean variance on the diagonal, so that
/// few examples do. Errors: fewer than two examples for each mode, features that never change.
Result<Mahalanobis> learn_mahalanobis(const Table& table, int modes = 1, uint32_t seed = 1,
                                      double shrink = 1e-3);

/// Its graph: float32 features [1,n] in any shape to float32[1,1], the squared distance over n from
/// the nearest mode.
Graph mahalanobis_graph(const Mahalanobis& model, const Shape& features);

}  // namespace mote::train

#endif  // MOTE_TRAIN_CLASSIC_MAHALANOBIS_H_
