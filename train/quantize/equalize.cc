// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/equalize.h"

#include "ir/record.h"
#include "train/quantize/rules.h"
#include "train/quantize/values.h"

namespace mote::quantize {
namespace {

constexpr int kMostRounds = 30;
constexpr double kSmallest = 1e-6;  // channels whose weights are less than this stay as they are

/// A layer's weights as the numbers of its input's or its output's channels.
struct Side {
  TensorId weights = kAbsent;
  TensorId bias = kAbsent;  // only of the first layer
  int axis = 0;
};

struct Pair {
  Side first, second;
};

size_t readers_of(const Graph& graph, TensorId id) {
  size_t count = 0;
  for (const Node& node : graph.nodes) {
    count += static_cast<size_t>(std::count(node.inputs.begin(), node.inputs.end(), id));
  }
  return count + static_cast<size_t>(std::count(graph.outputs.begin(), graph.outputs.end(), id));
}

bool is_depthwise(const Node& node) {
  return node.record->name == "DEPTHWISE_CONV_2D";
}

/// The weights' dimension of input channels; a depthwise layer's are its output's.
int input_axis(const Node& node) {
  if (is_depthwise(node)) return 3;
  return node.record->name == "CONV_2D" ? 3 : 1;
}

/// Whether the layer takes just the channels that the one before gives.
bool takes_channels(const Graph& graph, const Node& node, int32_t channels) {
  const Shape& weights = graph.tensor(node.inputs[1]).shape;
  return weights[input_axis(node)] == channels;
}

/// The constants of pairs are theirs alone: scaling one that another layer reads, too, would change
/// that layer.
bool owns_constants(const Graph& graph, const Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    TensorId id = node.inputs[i];
    if (id == kAbsent) continue;
    if (!graph.tensor(id).constant() || graph.tensor(id).dtype != DType::kFloat32) return false;
    if (readers_of(graph, id) != 1) return false;
  }
  return true;
}

std::vector<Pair> find_pairs(const Graph& graph, Equalization* result) {
  std::vector<Pair> pairs;
  for (const Node& first : graph.nodes) {
    if (!is_weighted(graph, first) || readers_of(graph, first.outputs[0]) != 1) continue;
    for (const Node& second : graph.nodes) {
      if (!is_weighted(graph, second) || second.inputs[0] != first.outputs[0]) continue;
      const RuleRow& row = *rule_of(first);
      int32_t channels = graph.tensor(first.inputs[1]).shape[row.axis];
      if (!takes_channels(graph, second, channels)) continue;
      if (!owns_constants(graph, first) || !owns_constants(graph, second)) continue;
      const std::string& activation = NodeView(graph, first).choice("fused_activation_function");
      if (activation != "NONE" && activation != "RELU") {
        ++result->refused;
        continue;
      }
      TensorId bias = first.inputs.size() > 2 ? first.inputs[2] : kAbsent;
      pairs.push_back(
          {{first.inputs[1], bias, row.axis}, {second.inputs[1], kAbsent, input_axis(second)}});
    }
  }
  result->pairs = pairs.size();
  return pairs;
}

std::vector<double> largest(const Tensor& weights, int axis) {
  ChannelIndex channel(weights.shape, axis);
  std::vector<double> most(channel.channels(), 0);
  for (size_t i = 0; i < static_cast<size_t>(weights.shape.elements()); ++i) {
    double magnitude = std::abs(weights.as<float>()[i]);
    most[channel(i)] = std::max(most[channel(i)], magnitude);
  }
  return most;
}

void scale(Tensor* tensor, int axis, const std::vector<double>& factors, bool divide) {
  ChannelIndex channel(tensor->shape, axis);
  std::vector<float> values = floats_of(*tensor->data);
  for (size_t i = 0; i < values.size(); ++i) {
    double factor = factors[channel(i)];
    values[i] = static_cast<float>(divide ? values[i] / factor : values[i] * factor);
  }
  tensor->data = bytes_of_values(values);
}

/// Gives both layers' channels one range, the geometric mean. Returns the largest factor.
double balance(Graph* graph, const Pair& pair, std::vector<double>* total) {
  std::vector<double> first = largest(graph->tensor(pair.first.weights), pair.first.axis);
  std::vector<double> second = largest(graph->tensor(pair.second.weights), pair.second.axis);
  std::vector<double> factors(first.size(), 1);
  double moved = 1;
  total->resize(first.size(), 1);
  for (size_t c = 0; c < first.size(); ++c) {
    if (first[c] < kSmallest || second[c] < kSmallest) continue;
    factors[c] = std::sqrt(first[c] / second[c]);
    (*total)[c] *= factors[c];
    moved = std::max({moved, factors[c], 1 / factors[c]});
  }
  scale(&graph->tensor(pair.first.weights), pair.first.axis, factors, true);
  if (pair.first.bias != kAbsent) scale(&graph->tensor(pair.first.bias), 0, factors, true);
  scale(&graph->tensor(pair.second.weights), pair.second.axis, factors, false);
  return moved;
}

}  // namespace

Equalization equalize(Graph* graph) {
  Equalization result;
  std::vector<Pair> pairs = find_pairs(*graph, &result);
  std::vector<std::vector<double>> totals(pairs.size());
  for (int round = 0; round < kMostRounds; ++round) {
    double moved = 1;
    for (size_t i = 0; i < pairs.size(); ++i) {
      moved = std::max(moved, balance(graph, pairs[i], &totals[i]));
    }
    if (moved < 1.01) break;
  }
  for (const std::vector<double>& total : totals) {
    for (double factor : total) {
      result.largest_factor = std::max({result.largest_factor, factor, 1 / factor});
    }
  }
  return result;
}

}  // namespace mote::quantize
