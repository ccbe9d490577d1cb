// SPDX-License-Identifier: Apache-2.0
// The training loop.
#ifndef MOTE_TRAIN_TORCH_TRAINER_H_
#define MOTE_TRAIN_TORCH_TRAINER_H_

#include <functional>

#include "train/torch/executor.h"
#include "train/torch/source.h"

namespace mote::train {

/// A line of log.jsonl. Accuracies of anything but a classification are none, as is what
/// validation gives without validation examples.
struct EpochLog {
  int epoch = 0;
  size_t step = 0;  // since the beginning
  double loss = 0;
  std::optional<double> accuracy, validation_loss, validation_accuracy;
  double rate = 0, seconds = 0;
};
std::string log_line(const EpochLog& log);

struct TrainerOptions {
  Task task = Task::kClassification;
  TrainingOptions training;
  std::filesystem::path run;  // PREFIXcheckpoint.pt and PREFIXlog.jsonl are there
  std::string prefix = {};
  bool resume = false;      // goes on where the checkpoint is, if there is one
  bool keep_zeros = false;  // weights that are 0 stay 0
  int stop_after = 0;       // epochs of this call; 0: all
  Executor* teacher = nullptr;
  size_t workers = 1;  // threads that make features
  /// Steps of an epoch that are done, and its loss so far.
  std::function<void(int epoch, size_t step, size_t steps, double loss)> on_step = {};
  std::function<void(const EpochLog&)> on_epoch = {};
};

/// Trains until training.epochs are done or validation hasn't been better for training.patience
/// epochs; with patience, the network is the one with the best validation result (accuracy; the
/// loss of anything but a classification), otherwise the last one. Checkpoints after each epoch.
///
/// Errors: no training examples; a loss that isn't finite, with the step and its likely cause (the
/// last checkpoint is kept); a checkpoint of another network; the source's, a full disk.
Result<void> train_network(Executor& executor, Source& source, const TrainerOptions& options);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_TRAINER_H_
