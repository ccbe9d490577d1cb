// SPDX-License-Identifier: Apache-2.0
// Examples to learn from: which there are, what they are called, whose they are, and which of them
// train, choose or judge the model. Their contents are read when needed, so that a data set may be
// bigger than memory.
#ifndef MOTE_TRAIN_DATA_DATASET_H_
#define MOTE_TRAIN_DATA_DATASET_H_

#include "train/project/project.h"

namespace mote::train {

enum class Split { kTrain, kValidation, kTest };
const char* name_of(Split split);

struct Example {
  std::string path;     // relative to Dataset::root
  uint64_t offset = 0;  // series: its first row; cifar10: its record; silence cut from noise: its
                        // first sample; otherwise 0
  int label = 0;        // classification: index of Dataset::classes; anomaly: 0 is normal, 1 isn't
  double target = 0;    // regression
  std::string group;    // who spoke, which device; empty: the file is its own group
  // Of the label CSV and of DataOptions::columns; "class": as the data calls it, before `unknown`;
  // "group".
  std::map<std::string, std::string> columns;
  Split split = Split::kTrain;
  bool extra = false;      // from DataOptions::extra: trains, whatever the split
  bool test_only = false;  // an anomaly, or matches DataOptions::test_pattern
};

/// A file that couldn't be read.
struct Skipped {
  std::string path, why;
};

struct Dataset {
  std::filesystem::path root;
  std::vector<std::string> classes;
  std::vector<Example> examples;
  std::vector<Skipped> skipped;                // found while listing; reading may find more
  std::vector<std::filesystem::path> missing;  // folders of DataOptions::extra, see Needs

  /// Indices of the examples of a split, in order.
  std::vector<size_t> of(Split split) const;
};

/// A decoded example in the real numbers of its kind: audio ±1, images 0 to 255, series in their
/// unit. Shape as InputOptions::shape().
struct Signal {
  Shape shape;
  std::vector<float> values;
};

/// What a data set is read for. What validates and tests doesn't depend on DataOptions::extra,
/// which trains: for that alone, its folders may be missing, and a class may have no training
/// examples.
enum class Needs { kTraining, kHeldOut };

/// Lists the data and splits it. Headers of files are read, contents aren't. The same project gives
/// the same list on every machine. Errors: no such folder, a class without examples, only one class
/// where classes are to be told apart, a label CSV that names no file.
Result<Dataset> read_dataset(const Project& project, Needs needs = Needs::kTraining);

/// Decodes an example: resampled, converted, padded or cut to the project's input. Errors: a
/// corrupt file, one of another shape; the caller skips, counts and names it. Safe to call from
/// many threads.
Result<Signal> read_example(const Project& project, const Dataset& dataset, const Example& example);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_DATASET_H_
