// SPDX-License-Identifier: Apache-2.0
// A project's held-out examples, decoded once, and what models of its run say of them.
#ifndef MOTE_TRAIN_EVALUATE_HELD_OUT_H_
#define MOTE_TRAIN_EVALUATE_HELD_OUT_H_

#include "engines/engine.h"
#include "train/data/augment.h"
#include "train/evaluate/metrics.h"
#include "train/features/front_end.h"

namespace mote::train {

using Progress = std::function<void(const std::string& what, size_t done, size_t all)>;

class HeldOut {
 public:
  /// Decodes the examples of a split on all cores; at most `most`, spread over them (0: all). What
  /// can't be read is left out and named. Errors: no examples in that split, all of them corrupt.
  static Result<HeldOut> make(const Project& project, const Dataset& dataset,
                              const FrontEnd& front_end, Split split, size_t most,
                              const Progress& progress);

  const Project& project() const { return *project_; }
  const std::vector<Skipped>& skipped() const { return skipped_; }
  size_t size() const { return examples_.size(); }

  /// What the device is given for each example, and the features that it makes of it.
  const std::vector<Values>& inputs() const { return inputs_; }
  const std::vector<Values>& features() const { return features_; }
  /// The features as float32, which float networks take.
  std::vector<Values> real_features() const;

  /// The same examples, each made harder. The same hardship gives the same examples each time.
  Result<HeldOut> harder(const Hardship& hardship,
                         const std::vector<std::vector<float>>& noise) const;
  /// Every n-th example, `count` in all. REQUIRES: 0 < count <= size().
  HeldOut some(size_t count) const;

  /// What outputs of a model, as real numbers, mean. An autoencoder's are as many as the features:
  /// then the anomaly is the mean squared difference.
  std::vector<Prediction> predictions(const std::vector<std::vector<float>>& outputs) const;

 private:
  Result<void> compute_features();
  const Project* project_ = nullptr;
  const Dataset* dataset_ = nullptr;
  const FrontEnd* front_end_ = nullptr;
  std::vector<size_t> examples_;
  std::vector<Signal> signals_;
  std::vector<Values> inputs_, features_;
  std::vector<Skipped> skipped_;
};

/// What a graph is given: what the device is, or what its front end makes of that.
enum class GraphInput { kDevice, kFeatures };

/// Outputs of a graph as real numbers. `board`: there instead of on the host. Errors: its input is
/// of another type or size.
Result<std::vector<std::vector<float>>> outputs_on(const Graph& graph, GraphInput given,
                                                   const HeldOut& test,
                                                   const std::string& board = {});

/// How many bits of the features that the virtual board computes differ from those of training,
/// which the interpreter computes.
struct BitDifference {
  uint64_t bits = 0, different = 0;
};
Result<BitDifference> compare_features(const FrontEnd& front_end, const HeldOut& test,
                                       const std::string& board);

}  // namespace mote::train

#endif  // MOTE_TRAIN_EVALUATE_HELD_OUT_H_
