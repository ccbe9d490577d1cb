// SPDX-License-Identifier: Apache-2.0
// Runs a float graph over libtorch, so that its constants can be learned: one more engine, with
// gradients. What it computes is what the interpreter computes, but for the order of sums.
#ifndef MOTE_TRAIN_TORCH_EXECUTOR_H_
#define MOTE_TRAIN_TORCH_EXECUTOR_H_

#include <map>
#include <memory>
#include <string>

#include "train/models/network.h"
#include "train/torch/rules.h"

namespace mote::train {

/// Rounds values in training as integers will on the device.
class FakeQuantization {
 public:
  virtual ~FakeQuantization() = default;
  virtual torch::Tensor activation(TensorId id, const torch::Tensor& x) const = 0;
  /// Input `i` of a weighted node, a constant.
  virtual torch::Tensor weights(const Node& node, size_t i, const torch::Tensor& w) const = 0;
};

/// A learned tensor under a name that a checkpoint finds it by.
struct NamedTensor {
  std::string name;
  torch::Tensor tensor;
};

class Executor {
 public:
  /// Of the network's graph; the first `freeze` operators keep their weights. Errors: an operator
  /// without a rule ("no training rule for X 'name'") or beyond it, more than one input or output,
  /// a dimension 0 that isn't a batch of 1.
  static Result<Executor> make(const Network& network, int freeze = 0);

  /// features [batch, …] to the graph's output [batch, …]: the logits where the graph ends in
  /// SOFTMAX. `training`: normalises by batch and drops out.
  torch::Tensor run(const torch::Tensor& features, bool training);
  bool ends_in_softmax() const { return softmax_ != nullptr; }

  /// What an optimiser may change.
  std::vector<NamedTensor> parameters() const;
  /// All that is learned: parameters, and the normalisations' averages.
  std::vector<NamedTensor> state() const;

  /// The graph with what was learned; normalisations are folded into weights and biases.
  Graph learned() const;
  /// The same as a network to go on with, without normalisations.
  Network folded() const;

  const Graph& graph() const { return network_.graph; }
  void set_fake_quantization(std::shared_ptr<const FakeQuantization> fake) {
    fake_ = std::move(fake);
  }

 private:
  Executor() = default;
  Result<void> prepare(int freeze);
  void add_constants(const Node& node, bool frozen);
  torch::Tensor input(const Node& node, size_t i);
  void run_node(size_t index, bool training);

  Network network_;
  std::vector<const Rule*> rules_;  // of each node
  std::vector<bool> frozen_;        // of each node
  std::vector<double> dropout_;     // of each tensor
  const Node* softmax_ = nullptr;   // the last node, if it gives the output
  std::map<TensorId, torch::Tensor> constants_;
  std::map<TensorId, Normalization> normalizations_;  // by weights
  std::vector<torch::Tensor> values_;                 // of each tensor, while running
  std::shared_ptr<const FakeQuantization> fake_;
};

/// A float tensor's bytes in libtorch's memory, and back.
torch::Tensor torch_tensor(const Tensor& tensor);
std::shared_ptr<const Bytes> tensor_bytes(const torch::Tensor& tensor);

/// Whether the operator has weights as input 1 and a bias as input 2.
bool is_weighted(const Node& node);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_EXECUTOR_H_
