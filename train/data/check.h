// SPDX-License-Identifier: Apache-2.0
// Looks at every example before anything is learned from it: how many there are of what, and what
// would spoil a model or flatter its test.
#ifndef MOTE_TRAIN_DATA_CHECK_H_
#define MOTE_TRAIN_DATA_CHECK_H_

#include <array>
#include <functional>

#include "train/data/dataset.h"

namespace mote::train {

/// A channel of a series: its range, and which part of its rows is at either end.
struct ChannelFacts {
  float low = 0, high = 0;
  double at_low = 0, at_high = 0;
};

/// What one example turned out to be.
struct ExampleFacts {
  std::string error;    // why it can't be read; otherwise empty
  std::string content;  // digest of the decoded values; empty for silence
  double seconds = 0;   // audio: of the recording; series: of the window
  double clipped = 0;   // part of the samples at full scale (audio), or pixels black or white
  double level_db = 0;  // audio: of the whole, against full scale
  bool silent = false;  // below -60 dB, a picture of one colour, a series that doesn't change
  std::vector<ChannelFacts> channels;  // series
};

struct Finding {
  std::string kind;                   // "corrupt", "conflict", "leak", "shared group", …
  bool serious = false;               // spoils the model or its test
  size_t count = 0;                   // of files, groups or classes
  std::string what;                   // a sentence
  std::vector<std::string> examples;  // some of them
};

struct ClassFacts {
  std::string name;
  std::array<size_t, 3> examples = {};  // by Split
  double seconds = 0;
};

struct TargetRange {
  size_t examples = 0;
  double low = 0, mean = 0, high = 0;
};

struct DataReport {
  std::vector<ClassFacts> classes;  // of a regression one, without a name
  size_t groups = 0;
  double shortest_s = 0, median_s = 0, longest_s = 0;  // audio and series
  std::array<TargetRange, 3> targets;                  // regression, by Split
  std::vector<Finding> findings;                       // serious ones first
  std::vector<ExampleFacts> facts;                     // of each example
};

/// Reads all examples on all cores. `progress(done, all)` is called from one thread at a time.
DataReport check_data(const Project& project, const Dataset& dataset,
                      const std::function<void(size_t, size_t)>& progress);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_CHECK_H_
