// SPDX-License-Identifier: Apache-2.0
// What the spectra of sound and of sensor series have in common: MoteMfcc's and MoteLogMel's
// attributes by a project's features, and what must be true of them.
#ifndef MOTE_TRAIN_FEATURES_SPECTRUM_H_
#define MOTE_TRAIN_FEATURES_SPECTRUM_H_

#include "ir/graph.h"
#include "train/project/project.h"

namespace mote::train {

/// Samples (of a series: rows) of an example.
int signal_length(const Project& project);

/// Errors: an example that is shorter than a window, an FFT that is shorter than it or that the
/// operators don't have, more bands than frequencies, more coefficients than bands, a frequency
/// that the rate can't hold.
Result<void> check_spectrum(const Project& project);

/// REQUIRES: check_spectrum(project), as of what follows.
Attributes spectrum_attributes(const Project& project);
int spectrum_frames(const Project& project);

}  // namespace mote::train

#endif  // MOTE_TRAIN_FEATURES_SPECTRUM_H_
