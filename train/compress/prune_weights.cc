// SPDX-License-Identifier: Apache-2.0
#include "train/compress/prune_weights.h"

#include <array>
#include <cmath>
#include <map>
#include <set>

#include "ir/record.h"
#include "train/quantize/rules.h"
#include "train/quantize/values.h"

namespace mote::compress {
namespace {

/// The layers' weights, and the dimension of their output channels.
std::map<TensorId, int> float_weights(const Graph& graph) {
  std::map<TensorId, int> layers;
  for (const Node& node : graph.nodes) {
    if (!quantize::is_weighted(graph, node)) continue;
    if (graph.tensor(node.inputs[1]).dtype != DType::kFloat32) continue;
    layers[node.inputs[1]] = quantize::rule_of(node)->axis;
  }
  return layers;
}

/// Each weight's magnitude in parts of its output channel's root mean square.
std::vector<float> relative_magnitudes(const Tensor& weights, int axis) {
  quantize::ChannelIndex channel(weights.shape, axis);
  std::vector<float> values = quantize::floats_of(*weights.data);
  std::vector<double> squares(channel.channels(), 0);
  for (size_t i = 0; i < values.size(); ++i) {
    squares[channel(i)] += static_cast<double>(values[i]) * values[i];
  }
  double each = static_cast<double>(values.size() / channel.channels());
  for (size_t i = 0; i < values.size(); ++i) {
    double size = std::sqrt(squares[channel(i)] / each);
    values[i] = size > 0 ? static_cast<float>(std::abs(values[i]) / size) : 0;
  }
  return values;
}

}  // namespace

Result<PrunedWeights> prune_weights(const Graph& graph, double part) {
  const std::map<TensorId, int> layers = float_weights(graph);
  if (layers.empty()) {
    return fail("it has no float weights: prune the float model, then quantise it");
  }
  std::vector<float> magnitudes;
  for (const auto& [id, axis] : layers) {
    const std::vector<float> own = relative_magnitudes(graph.tensor(id), axis);
    magnitudes.insert(magnitudes.end(), own.begin(), own.end());
  }
  PrunedWeights result;
  result.graph = graph;
  result.weights = magnitudes.size();
  auto count = static_cast<size_t>(part * static_cast<double>(magnitudes.size()));
  std::nth_element(magnitudes.begin(), magnitudes.begin() + static_cast<long>(count),
                   magnitudes.end());
  result.threshold = magnitudes[count];
  for (const auto& [id, axis] : layers) {
    const std::vector<float> own = relative_magnitudes(graph.tensor(id), axis);
    std::vector<float> values = quantize::floats_of(*graph.tensor(id).data);
    for (size_t i = 0; i < values.size(); ++i) {
      if (own[i] < result.threshold) values[i] = 0;
      result.zeros += values[i] == 0;
    }
    result.graph.tensor(id).data = quantize::bytes_of_values(values);
  }
  return result;
}

uint64_t compressed_bytes(const Graph& graph) {
  std::set<const Bytes*> counted;
  double bits = 0;
  for (const Tensor& tensor : graph.tensors) {
    if (!tensor.constant() || !counted.insert(tensor.data.get()).second) continue;
    std::array<double, 256> counts{};
    for (uint8_t byte : *tensor.data) ++counts[byte];
    double all = static_cast<double>(tensor.data->size());
    for (double count : counts) bits -= count > 0 ? count * std::log2(count / all) : 0;
  }
  return static_cast<uint64_t>(bits / 8 + 0.5);
}

}  // namespace mote::compress
