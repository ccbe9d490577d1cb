// SPDX-License-Identifier: Apache-2.0
#include "ir/merge.h"

#include <fmt/format.h>

namespace mote {

Graph merge(const std::vector<Graph>& graphs) {
  Graph merged;
  merged.name = "merged";
  for (Graph graph : graphs) {
    for_each_graph(graph, [&](Graph& one) {  // each case has variables of its own
      for (Tensor& tensor : one.tensors) {
        if (tensor.variable) tensor.name += fmt::format("_{}", merged.tensors.size());
      }
    });
    TensorId first = static_cast<TensorId>(merged.tensors.size());
    auto moved = [&](std::vector<TensorId> ids) {
      for (TensorId& id : ids) id = id == kAbsent ? kAbsent : id + first;
      return ids;
    };
    merged.tensors.insert(merged.tensors.end(), graph.tensors.begin(), graph.tensors.end());
    for (Node node : graph.nodes) {
      node.inputs = moved(node.inputs);
      node.outputs = moved(node.outputs);
      merged.nodes.push_back(std::move(node));
    }
    for (TensorId id : moved(graph.inputs)) merged.inputs.push_back(id);
    for (TensorId id : moved(graph.outputs)) merged.outputs.push_back(id);
  }
  return merged;
}

}  // namespace mote
