// SPDX-License-Identifier: Apache-2.0
// Random changes that leave an example what it is: they make many of one in training, and test how
// a model bears them afterwards.
#ifndef MOTE_TRAIN_DATA_AUGMENT_H_
#define MOTE_TRAIN_DATA_AUGMENT_H_

#include <random>

#include "train/data/dataset.h"

namespace mote::train {

/// Recordings to mix in (DataOptions::noise), decoded once; each at least as long as an example,
/// shorter ones repeated. Empty: noise is made instead, from white to falling with frequency.
/// Errors: no such folder, nothing in it that can be read.
Result<std::vector<std::vector<float>>> read_noise(const Project& project);

/// Changes a signal by the project's options. The same `random` state draws the same changes on
/// every platform.
void augment_signal(const Project& project, const std::vector<std::vector<float>>& noise,
                    std::mt19937& random, Signal* signal);

/// SpecAugment: masks stripes of features [1,frames,bins] or [1,frames,bins,channels] with their
/// mean; those of other shapes stay.
void augment_features(const AugmentOptions& options, std::mt19937& random, const Shape& shape,
                      std::vector<float>* features);

/// A named hardship of a robustness test ("noise 10 dB", "dark", "shift", "gain -12 dB", "dead
/// sensor").
struct Hardship {
  std::string name;
  AugmentOptions options;  // each range's own end, which may be negative: -12 is -12 dB
};
std::vector<Hardship> hardships(InputKind kind);

/// Changes a signal by a hardship: always, at full strength. What has no strength (which noise,
/// which sensor is dead, the axis of a rotation in space) is drawn.
void endure(const Project& project, const Hardship& hardship,
            const std::vector<std::vector<float>>& noise, std::mt19937& random, Signal* signal);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_AUGMENT_H_
