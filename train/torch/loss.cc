// SPDX-License-Identifier: Apache-2.0
#include "train/torch/loss.h"

namespace mote::train {
namespace {

using torch::Tensor;

Tensor cross_entropy(const LossOptions& options, const Tensor& logits, Tensor wanted) {
  const double smoothing = options.label_smoothing;
  if (smoothing > 0) {
    wanted = wanted * (1 - smoothing) + smoothing / static_cast<double>(wanted.size(1));
  }
  if (options.class_weights.defined()) wanted = wanted * options.class_weights;
  return -(wanted * torch::log_softmax(logits, 1)).sum(1).mean();
}

Tensor divergence(const Tensor& logits, const Tensor& teacher, double temperature) {
  const Tensor soft = torch::softmax(teacher / temperature, 1);
  const Tensor difference =
      torch::log_softmax(teacher / temperature, 1) - torch::log_softmax(logits / temperature, 1);
  return (soft * difference).sum(1).mean() * (temperature * temperature);
}

}  // namespace

Tensor one_hot(const std::vector<int64_t>& labels, int classes) {
  return torch::one_hot(torch::tensor(labels), classes).to(torch::kFloat32);
}

Tensor loss_of(const LossOptions& options, const Tensor& outputs, const Tensor& wanted,
               const Tensor& teacher) {
  const bool classifies = options.task == Task::kClassification;
  const Tensor own =
      classifies ? cross_entropy(options, outputs, wanted) : (outputs - wanted).square().mean();
  if (!teacher.defined()) return own;
  const Tensor taught = classifies ? divergence(outputs, teacher, options.temperature)
                                   : (outputs - teacher).square().mean();
  return (1 - options.teacher_weight) * own + options.teacher_weight * taught;
}

void mix_up(double alpha, Tensor* features, Tensor* wanted) {
  const int64_t n = features->size(0);
  const Tensor alphas = torch::full({2, n}, alpha);
  const Tensor gammas = torch::_standard_gamma(alphas).clamp_min(1e-12);
  const Tensor part = gammas[0] / (gammas[0] + gammas[1]);
  const Tensor partner = torch::randperm(n);
  auto mix = [&](const Tensor& x) {
    std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
    shape[0] = n;
    const Tensor p = part.reshape(shape);
    return p * x + (1 - p) * x.index_select(0, partner);
  };
  *features = mix(*features);
  *wanted = mix(*wanted);
}

int64_t count_right(const Tensor& outputs, const Tensor& wanted) {
  return (outputs.argmax(1) == wanted.argmax(1)).sum().item<int64_t>();
}

}  // namespace mote::train
