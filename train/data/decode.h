// SPDX-License-Identifier: Apache-2.0
// Many examples decoded at once, on all cores, with the same result however many there are.
#ifndef MOTE_TRAIN_DATA_DECODE_H_
#define MOTE_TRAIN_DATA_DECODE_H_

#include <functional>

#include "train/data/dataset.h"

namespace mote::train {

/// Numbers of the examples of a split that a model may learn from: of an anomaly detector's only
/// the normal ones.
std::vector<size_t> learnable(const Project& project, const Dataset& dataset, Split split);

/// At most `most` of them, spread evenly, since they may be sorted by class; 0: all.
std::vector<size_t> spread(const std::vector<size_t>& numbers, size_t most);

/// Told how many of how many examples are done.
using Counter = std::function<void(size_t done, size_t all)>;

/// What becomes of the i-th of the decoded examples. Calls with the same worker, a number below
/// job_count(0, numbers.size()), follow each other; others come at the same time.
using TakeSignal = std::function<Result<void>(size_t worker, size_t i, Signal signal)>;

/// Reads the examples with these numbers. Gives back those that can't be read, in order; they
/// aren't taken. Errors: the first of `take`.
Result<std::vector<Skipped>> decode_examples(const Project& project, const Dataset& dataset,
                                             const std::vector<size_t>& numbers,
                                             const TakeSignal& take, const Counter& progress);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_DECODE_H_
