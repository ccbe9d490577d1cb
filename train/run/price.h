// SPDX-License-Identifier: Apache-2.0
// What a project's network will cost on its board, known before it has learned anything: the
// untrained network is quantised by made-up ranges, joined to its front end, compiled, and run on
// the virtual board. Cost depends on shapes, hardly on values.
#ifndef MOTE_TRAIN_RUN_PRICE_H_
#define MOTE_TRAIN_RUN_PRICE_H_

#include "engines/profile.h"
#include "train/models/network.h"

namespace mote::train {

struct Price {
  Profile profile;
  std::vector<std::string> problems;  // what doesn't fit the board or the budget, and by how much
};

/// What the project would deploy. `classes`: of a classification. Errors: the front end's, the
/// network's.
Result<Graph> untrained_model(const Project& project, int classes);

/// REQUIRES: project.budget.board isn't empty. Errors: no such board; the firmware's.
Result<Price> price_of(const Project& project, const Graph& model);

}  // namespace mote::train

#endif  // MOTE_TRAIN_RUN_PRICE_H_
