// SPDX-License-Identifier: Apache-2.0
// What people see of a training: a bar on a terminal, else a line an epoch.
#ifndef MOTE_TRAIN_TORCH_PROGRESS_H_
#define MOTE_TRAIN_TORCH_PROGRESS_H_

#include <functional>
#include <string>

#include "train/torch/trainer.h"

namespace mote::train {

/// Prints "WHAT n of m examples" on a terminal's standard error.
std::function<void(size_t, size_t)> counter(const std::string& what);

/// Makes the trainer report on standard error.
void show_progress(TrainerOptions* options);

/// "[████······]", `width` characters of which done / all are full.
std::string bar(size_t done, size_t all, size_t width);

/// "epoch 3 of 30  loss 0.412  85.1 %  validation 0.501  82.0 %  4.1 s"
std::string epoch_text(const EpochLog& log, int epochs);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_PROGRESS_H_
