// SPDX-License-Identifier: Apache-2.0
// Which hyperparameters learn best: values are drawn at random from the ranges of [search], all are
// tried for a few epochs, the better third goes on to three times as many, and so on to the
// project's own number (successive halving, the inner loop of Hyperband: Li and others, 2018).
#ifndef MOTE_TRAIN_RUN_SEARCH_H_
#define MOTE_TRAIN_RUN_SEARCH_H_

#include <functional>
#include <random>

#include "base/host/result.h"
#include "train/features/front_end.h"
#include "train/project/project.h"

namespace mote::train {

struct Trial {
  int number = 0;                      // from 0
  std::vector<std::string> overrides;  // "training.rate=0.003"
  int epochs = 0;                      // it got in the end
  double result = 0;                   // then, on validation examples; larger is better
  std::string problem;                 // why it gave none; empty if it did
};

/// A value of each range, as overrides. The same `random` state gives the same on every platform.
std::vector<std::string> draw_overrides(const std::vector<SearchRange>& ranges,
                                        std::mt19937& random);

/// `count` trials, the best first: those that got further before the others. `attempt` trains
/// (with trial.epochs) and gives the result; its errors are kept with the trial. Errors: the
/// project has no [search]; no trial gave a result. REQUIRES: count > 0.
Result<std::vector<Trial>> search(const Project& project, int count,
                                  const std::function<Result<double>(const Trial&)>& attempt);

/// The last line's validation accuracy in a run's log.jsonl, or the loss, negative. Errors: it has
/// none.
Result<double> validation_result(const std::filesystem::path& run);

/// The same of a model that has learned without epochs: accuracy on the validation part or, of an
/// anomaly project, how strange it finds what is normal, negative. Errors: there is no such part.
Result<double> validation_result(const Project& project, const Dataset& dataset,
                                 const FrontEnd& front_end, const Graph& network);

}  // namespace mote::train

#endif  // MOTE_TRAIN_RUN_SEARCH_H_
