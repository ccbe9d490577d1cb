// SPDX-License-Identifier: Apache-2.0
// Random changes that leave an example what it is: they make many of one in training, and test how
// a model bears them afterwards.
#ifndef MOTE_TRAIN_DATA_AUGMENT_H_
#define MOTE_TRAIN_DATA_AUGMENT_H_

#include <random>

#include "train/data/dataset.h"

namespace mote::train {

/// Recordings to mix in, decoded once; each at least as long as an example. Empty: white noise and
/// noise whose spectrum falls are made instead.
Result<std::vector<std::vector<float>>> read_noise(const Project& project);

/// Changes a signal by the project's options. The same `random` state gives the same values on
/// every platform.
void augment_signal(const Project& project, const std::vector<std::vector<float>>& noise,
                    std::mt19937& random, Signal* signal);

/// SpecAugment: masks stripes of features [..., frames, bins] with their mean.
void augment_features(const AugmentOptions& options, std::mt19937& random, const Shape& shape,
                      std::vector<float>* features);

/// A named hardship of a robustness test ("noise 10 dB", "dark", "shift", "gain -12 dB", "dead
/// sensor").
struct Hardship {
  std::string name;
  AugmentOptions options;  // applied always, at full strength
};
std::vector<Hardship> hardships(InputKind kind);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_AUGMENT_H_
