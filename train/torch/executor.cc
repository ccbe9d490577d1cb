// SPDX-License-Identifier: Apache-2.0
#include "train/torch/executor.h"

#include <cstring>

namespace mote::train {
namespace {

std::string node_text(const Graph& graph, const Node& node) {
  return fmt::format("{} '{}'", node.record->name,
                     node.outputs.empty() ? "" : graph.tensor(node.outputs[0]).name);
}

Result<void> check_ends(const Graph& graph) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    return fail("it has {} inputs and {} outputs; a network to train has one of each",
                graph.inputs.size(), graph.outputs.size());
  }
  for (TensorId id : {graph.inputs[0], graph.outputs[0]}) {
    const Tensor& tensor = graph.tensor(id);
    if (tensor.dtype == DType::kFloat32 && tensor.shape.rank > 1 && tensor.shape[0] == 1) continue;
    return fail("'{}' is {}; a network to train has float32[1,…] features and scores", tensor.name,
                type_text(tensor));
  }
  return {};
}

/// As weights and bias: over the last dimension of a depthwise filter, else over the first.
torch::Tensor scaled_weights(const Node& node, const torch::Tensor& w, const torch::Tensor& scale) {
  if (node.record->name == "DEPTHWISE_CONV_2D") return w * scale;
  std::vector<int64_t> shape(static_cast<size_t>(w.dim()), 1);
  shape[0] = -1;
  return w * scale.reshape(shape);
}

}  // namespace

bool is_weighted(const Node& node) {
  return node.record->name == "CONV_2D" || node.record->name == "DEPTHWISE_CONV_2D" ||
         node.record->name == "FULLY_CONNECTED";
}

torch::Tensor torch_tensor(const Tensor& tensor) {
  std::vector<int64_t> sizes(tensor.shape.dims, tensor.shape.dims + tensor.shape.rank);
  torch::Tensor copy = torch::empty(sizes, torch::kFloat32);
  std::memcpy(copy.data_ptr<float>(), tensor.data->data(), tensor.data->size());
  return copy;
}

std::shared_ptr<const Bytes> tensor_bytes(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.detach().to(torch::kFloat32).contiguous();
  auto bytes = std::make_shared<Bytes>(static_cast<size_t>(plain.numel()) * sizeof(float));
  std::memcpy(bytes->data(), plain.data_ptr<float>(), bytes->size());
  return bytes;
}

Result<Executor> Executor::make(const Network& network, int freeze) {
  Executor executor;
  executor.network_ = network;
  MOTE_CHECK_OK(executor.prepare(freeze));
  return executor;
}

Result<void> Executor::prepare(int freeze) {
  const Graph& graph = network_.graph;
  MOTE_CHECK_OK(check_ends(graph));
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const Rule* rule = find_rule(node.record->name);
    if (!rule) return fail("no training rule for {}", node_text(graph, node));
    if (rule->check) MOTE_CHECK_OK(rule->check(NodeView(graph, node)));
    rules_.push_back(rule);
    frozen_.push_back(static_cast<int>(i) < freeze);
    add_constants(node, frozen_.back());
  }
  dropout_.assign(graph.tensors.size(), 0);
  for (size_t id = 0; id < graph.tensors.size(); ++id) {
    auto found = network_.dropout.find(graph.tensors[id].name);
    if (found != network_.dropout.end()) dropout_[id] = found->second;
  }
  const Node& last = graph.nodes.back();
  if (last.record->name == "SOFTMAX" && last.outputs[0] == graph.outputs[0]) softmax_ = &last;
  return {};
}

void Executor::add_constants(const Node& node, bool frozen) {
  for (TensorId id : node.inputs) {
    if (id == kAbsent) continue;
    const Tensor& tensor = network_.graph.tensor(id);
    if (!tensor.constant() || tensor.dtype != DType::kFloat32) continue;
    if (!constants_.count(id)) constants_[id] = torch_tensor(tensor);
    constants_[id].set_requires_grad(!frozen);
  }
  if (!is_weighted(node) || node.inputs.size() < 3 || node.inputs[2] == kAbsent) return;
  if (!network_.normalized.count(network_.graph.tensor(node.inputs[1]).name)) return;
  const int64_t channels = network_.graph.tensor(node.outputs[0]).shape.back(0);
  normalizations_[node.inputs[1]] = {torch::ones(channels).set_requires_grad(!frozen),
                                     torch::zeros(channels), torch::ones(channels)};
}

torch::Tensor Executor::input(const Node& node, size_t i) {
  const TensorId id = node.inputs[i];
  if (id == kAbsent) return {};
  auto constant = constants_.find(id);
  if (constant == constants_.end()) return values_[static_cast<size_t>(id)];
  return fake_ ? fake_->weights(node, i, constant->second) : constant->second;
}

void Executor::run_node(size_t index, bool training) {
  const Graph& graph = network_.graph;
  const Node& node = graph.nodes[index];
  Call call{NodeView(graph, node), {}};
  for (size_t i = 0; i < node.inputs.size(); ++i) call.inputs.push_back(input(node, i));
  call.training = training && !frozen_[index];
  if (is_weighted(node)) {
    auto found = normalizations_.find(node.inputs[1]);
    if (found != normalizations_.end()) call.normalization = &found->second;
  }
  std::vector<torch::Tensor> outputs = rules_[index]->run(call);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const TensorId id = node.outputs[i];
    const double chance = dropout_[static_cast<size_t>(id)];
    torch::Tensor& value = values_[static_cast<size_t>(id)] = outputs[i];
    if (training && chance > 0) value = torch::dropout(value, chance, true);
    if (fake_) value = fake_->activation(id, value);
  }
}

torch::Tensor Executor::run(const torch::Tensor& features, bool training) {
  const Graph& graph = network_.graph;
  values_.assign(graph.tensors.size(), {});
  const TensorId in = graph.inputs[0];
  values_[static_cast<size_t>(in)] = fake_ ? fake_->activation(in, features) : features;
  const size_t count = graph.nodes.size() - (softmax_ ? 1 : 0);
  for (size_t i = 0; i < count; ++i) run_node(i, training);
  const TensorId out = softmax_ ? graph.nodes.back().inputs[0] : graph.outputs[0];
  torch::Tensor result = values_[static_cast<size_t>(out)];
  values_.clear();
  return softmax_ ? result * NodeView(graph, graph.nodes.back()).real("beta") : result;
}

std::vector<NamedTensor> Executor::parameters() const {
  std::vector<NamedTensor> learnable;
  for (const NamedTensor& named : state()) {
    if (named.tensor.requires_grad()) learnable.push_back(named);
  }
  return learnable;
}

std::vector<NamedTensor> Executor::state() const {
  std::vector<NamedTensor> all;
  for (const auto& [id, tensor] : constants_) {
    all.push_back({fmt::format("{}", id), tensor});
  }
  for (const auto& [id, n] : normalizations_) {
    all.push_back({fmt::format("{}/gain", id), n.gain});
    all.push_back({fmt::format("{}/mean", id), n.mean});
    all.push_back({fmt::format("{}/variance", id), n.variance});
  }
  return all;
}

Graph Executor::learned() const {
  torch::NoGradGuard no_gradients;
  Graph graph = network_.graph;
  for (const auto& [id, tensor] : constants_) graph.tensor(id).data = tensor_bytes(tensor);
  for (const Node& node : graph.nodes) {
    if (!is_weighted(node)) continue;
    auto found = normalizations_.find(node.inputs[1]);
    if (found == normalizations_.end()) continue;
    const Normalization& n = found->second;
    const torch::Tensor scale = n.gain / torch::sqrt(n.variance + Normalization::kEpsilon);
    graph.tensor(node.inputs[1]).data =
        tensor_bytes(scaled_weights(node, constants_.at(node.inputs[1]), scale));
    graph.tensor(node.inputs[2]).data =
        tensor_bytes(constants_.at(node.inputs[2]) - n.mean * scale);
  }
  return graph;
}

Network Executor::folded() const {
  Network network = network_;
  network.graph = learned();
  network.normalized.clear();
  return network;
}

}  // namespace mote::train
