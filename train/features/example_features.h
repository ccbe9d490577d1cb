// SPDX-License-Identifier: Apache-2.0
// The features of many examples, as real numbers.
#ifndef MOTE_TRAIN_FEATURES_EXAMPLE_FEATURES_H_
#define MOTE_TRAIN_FEATURES_EXAMPLE_FEATURES_H_

#include "train/data/decode.h"
#include "train/features/front_end.h"

namespace mote::train {

struct ExampleFeatures {
  std::vector<std::vector<float>> features;
  std::vector<size_t> examples;  // whose they are: numbers in the dataset
  std::vector<Skipped> skipped;  // that couldn't be read

  /// As inputs of a float network: one tensor's bytes for each example.
  std::vector<std::vector<Bytes>> inputs() const;
};

/// Computes the features of the examples with these numbers on all cores, in their order. Errors:
/// none of them can be read; the front end's.
Result<ExampleFeatures> read_features(const Project& project, const Dataset& dataset,
                                      const FrontEnd& front_end, const std::vector<size_t>& numbers,
                                      const Counter& progress);

}  // namespace mote::train

#endif  // MOTE_TRAIN_FEATURES_EXAMPLE_FEATURES_H_
