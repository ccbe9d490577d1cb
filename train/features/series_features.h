// SPDX-License-Identifier: Apache-2.0
// Features of sensor series: the rows themselves, the spectrum of each channel, or statistics.
#ifndef MOTE_TRAIN_FEATURES_SERIES_FEATURES_H_
#define MOTE_TRAIN_FEATURES_SERIES_FEATURES_H_

#include "ir/builder.h"
#include "train/project/project.h"

namespace mote::train {

/// Errors: features of another kind of input; those of check_spectrum().
Result<void> check_series_features(const Project& project);

/// float32 features of float32[1,window,channels]:
///  - none: [1,window,channels], as they are
///  - spectrum: each channel without its mean, logarithms of energies in bands (MoteLogMel):
///    [1,channels·frames·mel_bins]
///  - statistics: each channel's mean, standard deviation, mean absolute deviation, minimum and
///    maximum: [1,5·channels]
///  - spread: the same of the values less their mean, without the mean, so that it doesn't matter
///    which way is down: [1,4·channels]
/// REQUIRES: check_series_features(project).
TensorId series_features(GraphBuilder& b, const Project& project, TensorId rows);

}  // namespace mote::train

#endif  // MOTE_TRAIN_FEATURES_SERIES_FEATURES_H_
