// SPDX-License-Identifier: Apache-2.0
// Models that are learned in one pass, without gradients and so without libtorch.
#ifndef MOTE_TRAIN_CLASSIC_LEARN_H_
#define MOTE_TRAIN_CLASSIC_LEARN_H_

#include <functional>

#include "train/classic/forest.h"
#include "train/features/front_end.h"

namespace mote::train {

struct ClassicModel {
  Graph graph;                   // from the front end's features to scores, as it is deployed
  std::vector<Skipped> skipped;  // examples that couldn't be read
};

struct ClassicType {
  const char* name;
  const char* summary;
  Task task;
  Result<Graph> (*learn)(const Project& project, const Table& table, const Dataset& dataset,
                         const FrontEnd& front_end);
};

/// random_forest and mahalanobis.
const std::vector<ClassicType>& classic_types();
/// The row of model.type; null for networks.
const ClassicType* find_classic(const Project& project);

/// Learns from the training examples (of an anomaly project, the normal ones). `progress(done,
/// all)` counts examples. Errors: the model's task is another one; no example could be read; those
/// of the model. REQUIRES: find_classic(project).
Result<ClassicModel> learn_classic(const Project& project, const Dataset& dataset,
                                   const FrontEnd& front_end,
                                   const std::function<void(size_t, size_t)>& progress);

}  // namespace mote::train

#endif  // MOTE_TRAIN_CLASSIC_LEARN_H_
