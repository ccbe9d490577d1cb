// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/passes/passes.h"
#include "ir/fold.h"
#include "ir/verifier.h"

namespace mote {

PassResult fold_constants(Graph& graph) {
  std::vector<Node> kept;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    // A model's output stays computed: it needs an address in the arena.
    bool is_result = std::ranges::any_of(
        node.outputs, [&](TensorId id) { return std::ranges::count(graph.outputs, id) != 0; });
    Result<bool> folded = is_result ? Result<bool>(false) : fold_node(graph, node);
    if (!folded.ok()) return fail("{}: {}", locate(graph, i), folded.error().message);
    if (!*folded) kept.push_back(node);
  }
  bool changed = kept.size() != graph.nodes.size();
  graph.nodes = std::move(kept);
  return changed;
}

}  // namespace mote
