// SPDX-License-Identifier: Apache-2.0
// How a tensor's range is made of the values that were seen of it.
#ifndef MOTE_TRAIN_QUANTIZE_CALIBRATION_H_
#define MOTE_TRAIN_QUANTIZE_CALIBRATION_H_

#include <algorithm>
#include <string>
#include <vector>

namespace mote::quantize {

enum class Calibration {
  kMinMax,      // all of them
  kPercentile,  // all but one in ten thousand at each end
  kMse,         // the range whose rounding and clipping have the least mean squared error
  kEntropy,     // the range whose integers lose the least information (Kullback-Leibler divergence)
};

/// What users call the methods, in the enumerators' order.
inline const std::vector<std::string> kCalibrationNames = {"minmax", "percentile", "mse",
                                                           "entropy"};

inline const std::string& name_of(Calibration method) {
  return kCalibrationNames[static_cast<size_t>(method)];
}

/// REQUIRES: one of kCalibrationNames.
inline Calibration calibration_named(const std::string& name) {
  const auto at = std::find(kCalibrationNames.begin(), kCalibrationNames.end(), name);
  return static_cast<Calibration>(at - kCalibrationNames.begin());
}

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_CALIBRATION_H_
