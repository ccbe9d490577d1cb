// SPDX-License-Identifier: Apache-2.0
// How libtorch computes each operator, with gradients. Tensors have mote's shapes (pictures NHWC),
// but for dimension 0, which holds the batch where the graph has 1. libtorch wants NCHW: its view
// of an NHWC tensor is what it calls channels_last, and its convolutions are twice as fast on that.
#ifndef MOTE_TRAIN_TORCH_RULES_H_
#define MOTE_TRAIN_TORCH_RULES_H_

#include <span>
#include <string_view>
#include <vector>

#include "ir/record.h"
#include "train/torch/libtorch.h"

namespace mote::train {

/// Normalisation by batch, between a weighted operator's products and its bias:
/// y = gain · (x - mean) / sqrt(variance + kEpsilon) + bias.
struct Normalization {
  static constexpr double kEpsilon = 1e-5;
  torch::Tensor gain, mean, variance;  // of each output channel; mean and variance as used later
};

/// A node about to run.
struct Call {
  NodeView node;
  std::vector<torch::Tensor> inputs;  // undefined: absent
  Normalization* normalization = nullptr;
  bool training = false;  // normalises by this batch, and updates mean and variance
};

struct Rule {
  std::string_view name;
  std::vector<torch::Tensor> (*run)(const Call&);
  /// Errors: what the rule doesn't cover; null: nothing.
  Result<void> (*check)(const NodeView&) = nullptr;
};

std::span<const Rule> linear_rules();     // convolutions, pools, dense
std::span<const Rule> pointwise_rules();  // of elements
std::span<const Rule> shape_rules();      // that move elements, and reductions

/// The rule of an operator, or null.
const Rule* find_rule(std::string_view name);

/// x after a fused activation ("NONE", "RELU", …).
torch::Tensor activate(const torch::Tensor& x, const std::string& activation);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_RULES_H_
