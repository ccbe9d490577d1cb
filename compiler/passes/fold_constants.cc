// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/passes/passes.h"
#include "ir/interpreter.h"
#include "ir/verifier.h"

namespace mote {
namespace {

bool all_inputs_constant(const Graph& graph, const Node& node) {
  return std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](TensorId id) { return id == kAbsent || graph.tensor(id).constant(); });
}

/// Runs the node alone, as a graph without inputs.
Result<std::vector<Bytes>> evaluate(const Graph& graph, const Node& node) {
  Graph alone;
  alone.tensors = graph.tensors;
  alone.nodes = {node};
  alone.outputs = node.outputs;
  return interpret(alone, {});
}

}  // namespace

PassResult fold_constants(Graph& graph) {
  std::vector<Node> kept;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    auto is_result = [&](TensorId id) {
      return std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
    };
    // A model's output stays computed: it needs an address in the arena.
    bool foldable = all_inputs_constant(graph, node) &&
                    std::none_of(node.outputs.begin(), node.outputs.end(), is_result);
    if (!foldable) {
      kept.push_back(node);
      continue;
    }
    Result<std::vector<Bytes>> values = evaluate(graph, node);
    if (!values.ok()) return fail("{}: {}", locate(graph, i), values.error().message);
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      graph.tensor(node.outputs[o]).data = std::make_shared<const Bytes>(std::move((*values)[o]));
    }
  }
  bool changed = kept.size() != graph.nodes.size();
  graph.nodes = std::move(kept);
  return changed;
}

}  // namespace mote
