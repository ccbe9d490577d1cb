// SPDX-License-Identifier: Apache-2.0
// Which examples train, choose and judge. A unit is what stays together: a file, or all of a group.
// Units are ordered by the classes they hold and then by a hash of their name and the seed, and
// every n-th one is taken, so that parts are exact, classes are in each part as in the whole, and
// every machine draws the same.
#ifndef MOTE_TRAIN_DATA_SPLIT_H_
#define MOTE_TRAIN_DATA_SPLIT_H_

#include <optional>

#include "train/data/dataset.h"

namespace mote::train {

/// Sets Example::split of all. `given[i]` is what the data says of example i (SplitBy::kGiven;
/// where it names no validation part, files are taken out of the training part). Extra examples
/// train, test-only ones test. Errors: SplitBy::kGiven and the data says nothing; SplitBy::kGroup
/// and fewer than two groups.
Result<void> assign_split(const Project& project, const std::vector<std::optional<Split>>& given,
                          Dataset* dataset);

/// The same for fold `fold` of `folds`: every unit is in the test part of one fold. Units are
/// groups if options.by is kGroup or kHash, files otherwise. REQUIRES: 0 <= fold < folds.
void assign_fold(Dataset* dataset, const SplitOptions& options, int fold, int folds);

/// The same with this group's examples as the test part.
void assign_group(Dataset* dataset, const SplitOptions& options, const std::string& group);

/// All groups by name.
std::vector<std::string> groups_of(const Dataset& dataset);

/// Where Speech Commands' published rule puts a name: SHA-1 modulo 2^27, as a part of 2^27 - 1; the
/// first parts are validation, the next ones test.
Split hash_split(std::string_view name, const SplitOptions& options);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_SPLIT_H_
