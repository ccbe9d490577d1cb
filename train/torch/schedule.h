// SPDX-License-Identifier: Apache-2.0
// The learning rate over time.
#ifndef MOTE_TRAIN_TORCH_SCHEDULE_H_
#define MOTE_TRAIN_TORCH_SCHEDULE_H_

#include "train/project/project.h"

namespace mote::train {

/// The rate at a step of an epoch with `steps` of them. During training.warmup_epochs it rises
/// linearly to training.rate; then it stays (constant), falls to 0 along half a cosine wave until
/// the last epoch (cosine), or is multiplied by step_factor each step_epochs (step).
double rate_at(const TrainingOptions& training, int epoch, size_t step, size_t steps);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_SCHEDULE_H_
