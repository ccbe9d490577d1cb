// SPDX-License-Identifier: Apache-2.0
// A layer whose result is only multiplied by, or added to, one number for each channel: its filter
// and bias can hold those numbers. Float layers only; int8 ones have scales of their own.
#include <algorithm>
#include <cstring>

#include "compiler/passes/passes.h"
#include "ir/record.h"

namespace mote {
namespace {

struct Layer {
  std::string_view name;
  int channel_axis;  // of the filter
};
constexpr Layer kLayers[] = {{"CONV_2D", 0}, {"DEPTHWISE_CONV_2D", 3}, {"FULLY_CONNECTED", 0}};

std::vector<float> floats(const Tensor& tensor) {
  return {tensor.as<float>(), tensor.as<float>() + tensor.shape.elements()};
}

TensorId add_floats(Graph& graph, Tensor like, const std::vector<float>& values) {
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  like.data = std::make_shared<const Bytes>(std::move(bytes));
  graph.tensors.push_back(std::move(like));
  return static_cast<TensorId>(graph.tensors.size()) - 1;
}

bool constant_floats(const Graph& graph, TensorId id) {
  return id != kAbsent && graph.tensor(id).constant() && graph.tensor(id).dtype == DType::kFloat32;
}

/// One number for each channel of a result of this shape, from an operand that broadcasts to it;
/// empty if the operand has others.
std::vector<float> per_channel(const Tensor& operand, const Shape& result) {
  std::vector<float> values = floats(operand);
  size_t channels = static_cast<size_t>(result.back(0));
  bool last_only = operand.shape.rank > 0 && operand.shape.back(0) == result.back(0) &&
                   values.size() == channels;
  if (operand.shape.rank > result.rank) return {};
  if (values.size() == 1) return std::vector<float>(channels, values[0]);
  return last_only ? values : std::vector<float>();
}

bool only_used_by(const Graph& graph, TensorId id, size_t user) {
  if (std::ranges::count(graph.outputs, id) != 0) return false;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    int64_t uses = std::ranges::count(graph.nodes[i].inputs, id);
    if (uses != (i == user ? 1 : 0)) return false;
  }
  return true;
}

bool has_activation(const Node& node) {
  auto found = node.attributes.find("fused_activation_function");
  return found != node.attributes.end() && found->second != Attribute(std::string("NONE"));
}

/// The layer that computes `id`, if its filter and bias are float constants and nothing comes
/// between.
Node* layer_of(Graph& graph, TensorId id, const Layer** layer) {
  for (Node& node : graph.nodes) {
    if (node.outputs[0] != id) continue;
    const Layer* found =
        std::ranges::find_if(kLayers, [&](const Layer& l) { return l.name == node.record->name; });
    if (found == std::end(kLayers) || has_activation(node)) return nullptr;
    bool bias = node.inputs.size() > 2 && node.inputs[2] != kAbsent;
    if (!constant_floats(graph, node.inputs[1])) return nullptr;
    if (bias && !constant_floats(graph, node.inputs[2])) return nullptr;
    *layer = found;
    return &node;
  }
  return nullptr;
}

std::vector<float> bias_of(const Graph& graph, const Node& layer, size_t channels) {
  bool given = layer.inputs.size() > 2 && layer.inputs[2] != kAbsent;
  return given ? floats(graph.tensor(layer.inputs[2])) : std::vector<float>(channels, 0);
}

void set_bias(Graph& graph, Node& layer, const std::vector<float>& bias) {
  Tensor like;
  like.shape = Shape(static_cast<int32_t>(bias.size()));
  layer.inputs.resize(3, kAbsent);
  layer.inputs[2] = add_floats(graph, like, bias);
}

void multiply(Graph& graph, Node& layer, int axis, const std::vector<float>& factors) {
  const Tensor filter = graph.tensor(layer.inputs[1]);
  std::vector<float> weights = floats(filter);
  size_t inner = static_cast<size_t>(filter.shape.product(axis + 1, filter.shape.rank));
  for (size_t i = 0; i < weights.size(); ++i) weights[i] *= factors[i / inner % factors.size()];
  layer.inputs[1] = add_floats(graph, filter, weights);
  if (layer.inputs.size() < 3 || layer.inputs[2] == kAbsent) return;
  std::vector<float> bias = bias_of(graph, layer, factors.size());
  for (size_t c = 0; c < bias.size(); ++c) bias[c] *= factors[c];
  set_bias(graph, layer, bias);
}

/// Takes nodes[index] into the layer before it. False if it isn't such a node.
bool fold(Graph& graph, size_t index) {
  const Node node = graph.nodes[index];
  bool product = node.record->name == "MUL", sum = node.record->name == "ADD";
  if (!product && !sum) return false;
  for (size_t side : {0, 1}) {
    TensorId data = node.inputs[side], operand = node.inputs[1 - side];
    const Layer* kind = nullptr;
    if (!constant_floats(graph, operand) || !only_used_by(graph, data, index)) continue;
    Node* layer = layer_of(graph, data, &kind);
    if (!layer || graph.tensor(data).shape != graph.tensor(node.outputs[0]).shape) continue;
    std::vector<float> values = per_channel(graph.tensor(operand), graph.tensor(data).shape);
    if (values.empty()) continue;
    if (product) {
      multiply(graph, *layer, kind->channel_axis, values);
    } else {
      std::vector<float> bias = bias_of(graph, *layer, values.size());
      for (size_t c = 0; c < values.size(); ++c) bias[c] += values[c];
      set_bias(graph, *layer, bias);
    }
    layer->outputs[0] = node.outputs[0];
    if (has_activation(node)) {
      layer->attributes["fused_activation_function"] =
          node.attributes.at("fused_activation_function");
    }
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
    return true;
  }
  return false;
}

}  // namespace

PassResult fold_scales(Graph& graph) {
  bool changed = false;
  for (size_t i = 0; i < graph.nodes.size();) {
    if (fold(graph, i)) {
      changed = true;
    } else {
      ++i;
    }
  }
  return changed;
}

}  // namespace mote
