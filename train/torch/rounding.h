// SPDX-License-Identifier: Apache-2.0
// Quantisation-aware training: weights and activations are rounded to the very integers that
// train/quantize makes of them, and gradients pass as if they weren't (Bengio and others, 2013:
// straight-through). Activations have the scales of a quantised form of the same graph; weights get
// theirs anew at each step.
#ifndef MOTE_TRAIN_TORCH_ROUNDING_H_
#define MOTE_TRAIN_TORCH_ROUNDING_H_

#include "train/torch/executor.h"

namespace mote::train {

class Rounding : public FakeQuantization {
 public:
  /// `integers`: quantize_graph()'s of `real`, by the same `weight_bits`.
  Rounding(const Graph& real, const Graph& integers, int weight_bits);

  torch::Tensor activation(TensorId id, const torch::Tensor& x) const override;
  torch::Tensor weights(const Node& node, size_t i, const torch::Tensor& w) const override;

 private:
  struct Scale {
    DType dtype = DType::kFloat32;  // float32: isn't rounded
    double scale = 1;
    int64_t zero_point = 0;
  };
  const Graph& real_;
  std::vector<Scale> scales_;  // of each tensor of `real`
  int weight_bits_;
};

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_ROUNDING_H_
