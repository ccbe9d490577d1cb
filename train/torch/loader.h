// SPDX-License-Identifier: Apache-2.0
// Batches of features, made in background threads while the network learns from the ones before.
// Each example's random changes follow from seed, epoch and example alone, so that neither the
// number of threads nor an interruption changes what is learned.
#ifndef MOTE_TRAIN_TORCH_LOADER_H_
#define MOTE_TRAIN_TORCH_LOADER_H_

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "train/torch/libtorch.h"
#include "train/torch/source.h"

namespace mote::train {

struct Batch {
  torch::Tensor features;        // [examples, …]
  std::vector<size_t> examples;  // numbers in the source
};

/// The features of some examples as one tensor, without random changes if `random_seed` is none.
Result<torch::Tensor> read_features(Source& source, size_t worker, Split split,
                                    const std::vector<size_t>& examples,
                                    const std::optional<uint64_t>& random_seed);

/// All examples of a split, unchanged, by `workers` threads.
Result<torch::Tensor> read_all(Source& source, Split split, size_t workers);

/// One epoch over the training examples in random order, in batches; a last one that isn't full is
/// left out.
class Loader {
 public:
  /// `kept`: all training features, if they were read before. Otherwise `workers` threads read.
  /// REQUIRES: batch <= source.size(kTrain); the source outlives the loader.
  Loader(Source& source, const torch::Tensor& kept, size_t batch, uint64_t seed, size_t workers);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  size_t batches() const { return order_.size() / batch_; }
  /// REQUIRES: called at most batches() times.
  Result<Batch> next();

 private:
  static constexpr size_t kAhead = 8;  // batches that wait to be used
  std::vector<size_t> examples_of(size_t batch) const;
  void work(size_t worker);

  Source& source_;
  torch::Tensor kept_;
  size_t batch_;
  uint64_t seed_;
  std::vector<size_t> order_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<size_t, Result<torch::Tensor>> ready_;
  size_t begun_ = 0, used_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_LOADER_H_
