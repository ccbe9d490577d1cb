// SPDX-License-Identifier: Apache-2.0
// A project's data as the trainer sees it. Examples are decoded once, into the bytes that the
// device would get, as far as memory allows; features are computed by the project's front end.
#ifndef MOTE_TRAIN_TORCH_PROJECT_SOURCE_H_
#define MOTE_TRAIN_TORCH_PROJECT_SOURCE_H_

#include <memory>

#include "train/data/decode.h"
#include "train/features/front_end.h"
#include "train/torch/source.h"

namespace mote::train {

class ProjectSource : public Source {
 public:
  /// Of an anomaly detector's examples only normal ones train and choose. Examples that can't be
  /// read are left out, see skipped(). `progress(done, all)`. Errors: nothing left to train on; the
  /// front end's. REQUIRES: project and dataset outlive the source.
  static Result<std::unique_ptr<ProjectSource>> make(const Project& project, const Dataset& dataset,
                                                     const FrontEnd& front_end, size_t workers,
                                                     const Counter& progress);

  const Shape& shape() const override { return front_ends_[0].shape(); }
  size_t size(Split split) const override { return examples(split).size(); }
  Result<void> read(size_t worker, Split split, size_t i, std::mt19937* random,
                    float* features) override;
  bool changes() const override { return changes_; }
  int label(Split split, size_t i) const override { return example(split, i).label; }
  double target(Split split, size_t i) const override { return example(split, i).target; }
  std::string name(Split split, size_t i) const override { return example(split, i).path; }

  const std::vector<Skipped>& skipped() const { return skipped_; }

 private:
  /// An example, and its bytes if they are kept.
  struct Kept {
    size_t number = 0;  // in the dataset
    Bytes bytes = {};
    bool readable = false;
  };

  ProjectSource(const Project& project, const Dataset& dataset)
      : project_(project), dataset_(dataset) {}
  Result<void> decode(const Counter& progress);
  const std::vector<Kept>& examples(Split split) const {
    return split == Split::kTrain ? training_ : validation_;
  }
  const Example& example(Split split, size_t i) const {
    return dataset_.examples[examples(split)[i].number];
  }

  const Project& project_;
  const Dataset& dataset_;
  std::vector<FrontEnd> front_ends_;  // one a worker
  std::vector<Kept> training_, validation_;
  std::vector<Skipped> skipped_;
  std::vector<std::vector<float>> noise_;
  bool changes_ = false;
};

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_PROJECT_SOURCE_H_
