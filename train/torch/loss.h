// SPDX-License-Identifier: Apache-2.0
// What training makes small.
#ifndef MOTE_TRAIN_TORCH_LOSS_H_
#define MOTE_TRAIN_TORCH_LOSS_H_

#include "train/project/project.h"
#include "train/torch/libtorch.h"

namespace mote::train {

struct LossOptions {
  Task task = Task::kClassification;
  double label_smoothing = 0;
  torch::Tensor class_weights;                 // undefined: all weigh the same
  double teacher_weight = 0, temperature = 1;  // distillation
};

/// What a batch is to give: of a classification the probability of each class [n, classes]; of a
/// regression the value [n, 1]; of an autoencoder its features [n, elements].
torch::Tensor one_hot(const std::vector<int64_t>& labels, int classes);

/// The mean over the batch: cross-entropy from logits, or the squared error. `teacher`: another
/// model's logits (or values) of the same batch, undefined without one; a classifier then learns
///
///   (1 - w) · cross-entropy + w · T² · KL(softmax(teacher / T), softmax(outputs / T))
///
/// (Hinton and others, 2015).
torch::Tensor loss_of(const LossOptions& options, const torch::Tensor& outputs,
                      const torch::Tensor& wanted, const torch::Tensor& teacher);

/// Mixes each example with another one of the batch by a part drawn from beta(alpha, alpha).
/// (Zhang and others, 2018: mixup.)
void mix_up(double alpha, torch::Tensor* features, torch::Tensor* wanted);

/// How many of a batch are right. REQUIRES: a classification.
int64_t count_right(const torch::Tensor& outputs, const torch::Tensor& wanted);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_LOSS_H_
