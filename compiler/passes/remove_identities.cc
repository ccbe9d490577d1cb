// SPDX-License-Identifier: Apache-2.0
// An identity is recognised by what its record lowers to: a single copy of the whole input that may
// be dropped in place. No operator is named here.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "ir/lowering.h"
#include "ir/verifier.h"

namespace mote {
namespace {

bool same_meaning(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.shape == b.shape && a.quantization == b.quantization;
}

Result<bool> is_identity(const Graph& graph, size_t index) {
  const Node& node = graph.nodes[index];
  if (node.inputs.empty() || node.inputs[0] == kAbsent || node.outputs.size() != 1) return false;
  if (graph.tensor(node.inputs[0]).variable) return false;  // its value of now
  if (!same_meaning(graph.tensor(node.inputs[0]), graph.tensor(node.outputs[0]))) return false;
  static const Target reference;
  Result<LoweredNode> lowered = lower_node(graph, node, reference);
  if (!lowered.ok()) return fail("{}: {}", locate(graph, index), lowered.error().message);
  return lowered->steps.size() == 1 && lowered->steps[0].drop_in_place;
}

bool contains(const std::vector<TensorId>& ids, TensorId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

PassResult remove_identities(Graph& graph) {
  bool changed = false;
  for (size_t i = 0; i < graph.nodes.size();) {
    MOTE_TRY(bool identity, is_identity(graph, i));
    // A result of the model keeps its node, and so its name and place.
    if (!identity || contains(graph.outputs, graph.nodes[i].outputs[0])) {
      ++i;
      continue;
    }
    TensorId result = graph.nodes[i].outputs[0];
    TensorId source = graph.nodes[i].inputs[0];
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i));
    for (Node& node : graph.nodes) {
      std::replace(node.inputs.begin(), node.inputs.end(), result, source);
    }
    changed = true;
  }
  return changed;
}

}  // namespace mote
