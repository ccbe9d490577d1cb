// SPDX-License-Identifier: Apache-2.0
#include "train/torch/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mote::train {

double rate_at(const TrainingOptions& training, int epoch, size_t step, size_t steps) {
  const double at =
      epoch + static_cast<double>(step) / static_cast<double>(std::max<size_t>(steps, 1));
  if (at < training.warmup_epochs) {
    const double one_step = 1.0 / static_cast<double>(std::max<size_t>(steps, 1));
    return training.rate * (at + one_step) / training.warmup_epochs;
  }
  if (training.schedule == "step") {
    return training.rate *
           std::pow(training.step_factor, epoch / std::max(training.step_epochs, 1));
  }
  if (training.schedule == "cosine") {
    const double rest = std::max(training.epochs - training.warmup_epochs, 1);
    const double part = std::min((at - training.warmup_epochs) / rest, 1.0);
    return training.rate * 0.5 * (1 + std::cos(std::numbers::pi * part));
  }
  return training.rate;
}

}  // namespace mote::train
