// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "compiler/passes/passes.h"
#include "ir/record.h"

namespace mote {

PassResult remove_dead_nodes(Graph& graph) {
  std::set<TensorId> wanted(graph.outputs.begin(), graph.outputs.end());
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    bool live =
        changes_state(*node) || std::any_of(node->outputs.begin(), node->outputs.end(),
                                            [&](TensorId id) { return wanted.count(id) != 0; });
    if (!live) continue;
    wanted.insert(node->inputs.begin(), node->inputs.end());
    kept.push_back(*node);
  }
  std::reverse(kept.begin(), kept.end());
  bool changed = kept.size() != graph.nodes.size();
  graph.nodes = std::move(kept);
  return changed;
}

}  // namespace mote
