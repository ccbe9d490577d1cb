// SPDX-License-Identifier: Apache-2.0
// All that training goes on with after an interruption. Together with seeds that follow from the
// epoch's number, a resumed training gives the same bits as one that was never interrupted.
#ifndef MOTE_TRAIN_TORCH_CHECKPOINT_H_
#define MOTE_TRAIN_TORCH_CHECKPOINT_H_

#include <filesystem>

#include "train/torch/executor.h"

namespace mote::train {

struct Progress {
  int epoch = 0;                          // the next one
  int best_epoch = -1;                    // with the best validation result; -1: none yet
  double best = 0;                        // that result, larger is better
  std::vector<torch::Tensor> best_state;  // the network's then; empty: not kept
};

/// Replaces the file as a whole: after an error (a full disk), the one before is still there.
Result<void> save_checkpoint(const std::filesystem::path& path, const Executor& executor,
                             const torch::optim::Optimizer& optimizer, const Progress& progress);

/// Errors: not a checkpoint, or one of another network.
Result<Progress> load_checkpoint(const std::filesystem::path& path, Executor& executor,
                                 torch::optim::Optimizer& optimizer);

/// The network of a checkpoint alone, as it was last.
Result<void> load_network(const std::filesystem::path& path, Executor& executor);

/// Copies of the network's state, and back.
std::vector<torch::Tensor> copy_state(const Executor& executor);
void restore_state(const std::vector<torch::Tensor>& state, Executor& executor);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_CHECKPOINT_H_
