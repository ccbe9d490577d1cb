// SPDX-License-Identifier: Apache-2.0
// What values the tensors of a float model take on real inputs, and the ranges that follow.
#ifndef MOTE_TRAIN_QUANTIZE_OBSERVER_H_
#define MOTE_TRAIN_QUANTIZE_OBSERVER_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/host/result.h"
#include "ir/graph.h"
#include "train/quantize/calibration.h"

namespace mote::quantize {

/// The real values that a tensor's integers shall stand for.
struct Range {
  float low = 0, high = 0;
};

/// Counts of values in equal bins from low to high.
struct Histogram {
  float low = 0, high = 0;
  std::vector<uint64_t> bins;
  float width() const { return (high - low) / static_cast<float>(bins.size()); }
};

/// The range by a method, for integers with `levels` steps (255 for int8). It holds zero.
/// REQUIRES: the histogram isn't empty.
Range calibrate(const Histogram& histogram, Calibration method, int levels);

/// The ranges of all float32 tensors that aren't constants, over `samples`, each the inputs' bytes.
/// `progress` is told how many runs of how many are done; there are two for each sample. Errors:
/// the interpreter's; a value that isn't finite, with the tensor and the sample.
Result<std::map<TensorId, Range>> observe(
    const Graph& graph, const std::vector<std::vector<Bytes>>& samples, Calibration method,
    int levels, const std::function<void(size_t done, size_t all)>& progress);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_OBSERVER_H_
