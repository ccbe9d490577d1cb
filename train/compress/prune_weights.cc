// SPDX-License-Identifier: Apache-2.0
#include "train/compress/prune_weights.h"

#include <array>
#include <cmath>
#include <set>

#include "ir/record.h"
#include "train/quantize/rules.h"
#include "train/quantize/values.h"

namespace mote::compress {
namespace {

std::set<TensorId> float_weights(const Graph& graph) {
  std::set<TensorId> ids;
  for (const Node& node : graph.nodes) {
    if (!quantize::is_weighted(graph, node)) continue;
    if (graph.tensor(node.inputs[1]).dtype == DType::kFloat32) ids.insert(node.inputs[1]);
  }
  return ids;
}

}  // namespace

Result<PrunedWeights> prune_weights(const Graph& graph, double part) {
  std::set<TensorId> layers = float_weights(graph);
  if (layers.empty())
    return fail("it has no float weights: prune the float model, then quantise it");
  std::vector<float> magnitudes;
  for (TensorId id : layers) {
    for (float value : quantize::floats_of(*graph.tensor(id).data)) {
      magnitudes.push_back(std::abs(value));
    }
  }
  PrunedWeights result;
  result.graph = graph;
  result.weights = magnitudes.size();
  auto count = static_cast<size_t>(part * static_cast<double>(magnitudes.size()));
  std::nth_element(magnitudes.begin(), magnitudes.begin() + static_cast<long>(count),
                   magnitudes.end());
  result.threshold = magnitudes[count];
  for (TensorId id : layers) {
    std::vector<float> values = quantize::floats_of(*graph.tensor(id).data);
    for (float& value : values) {
      if (std::abs(value) < result.threshold) value = 0;
      result.zeros += value == 0;
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
