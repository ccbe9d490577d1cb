// SPDX-License-Identifier: Apache-2.0
// What a network learns from, as the trainer sees it: numbered examples whose features can be asked
// for from several threads at once.
#ifndef MOTE_TRAIN_TORCH_SOURCE_H_
#define MOTE_TRAIN_TORCH_SOURCE_H_

#include <random>

#include "base/host/result.h"
#include "train/data/dataset.h"

namespace mote::train {

class Source {
 public:
  virtual ~Source() = default;
  virtual const Shape& shape() const = 0;  // of one example's features, batch 1
  virtual size_t size(Split split) const = 0;
  /// Writes shape().elements() values. With `random`, the example is changed at random as the
  /// project says. Calls with the same worker follow each other.
  virtual Result<void> read(size_t worker, Split split, size_t i, std::mt19937* random,
                            float* features) = 0;
  /// Whether read() makes use of `random`.
  virtual bool changes() const = 0;
  virtual int label(Split split, size_t i) const = 0;
  virtual double target(Split split, size_t i) const = 0;
  virtual std::string name(Split split, size_t i) const = 0;
};

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_SOURCE_H_
