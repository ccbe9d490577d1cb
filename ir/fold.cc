// SPDX-License-Identifier: Apache-2.0
#include "ir/fold.h"

#include <algorithm>

#include "ir/interpreter.h"

namespace mote {
namespace {

/// Whether a step reads an input that isn't a constant.
bool reads_variables(const Graph& graph, const Node& node, const LoweredNode& lowered) {
  for (const Step& step : lowered.steps) {
    for (const Value& value : step.operands) {
      if (value.kind != Value::kTensor || graph.tensor(value.index).constant()) continue;
      if (std::ranges::count(node.inputs, value.index) != 0) return true;
    }
  }
  return false;
}

bool all_inputs_constant(const Graph& graph, const Node& node) {
  return std::ranges::all_of(
      node.inputs, [&](TensorId id) { return id == kAbsent || graph.tensor(id).constant(); });
}

}  // namespace

Result<bool> fold_node(Graph& graph, const Node& node) {
  static const Target reference;
  if (node.outputs.empty() || touches_state(graph, node)) return false;
  if (!all_inputs_constant(graph, node)) {
    MOTE_TRY(LoweredNode lowered, lower_node(graph, node, reference));
    if (reads_variables(graph, node, lowered)) return false;
  }
  Graph alone;
  alone.tensors = graph.tensors;
  alone.nodes = {node};
  alone.outputs = node.outputs;
  MOTE_TRY(std::vector<Bytes> values, interpret(alone, {}));
  for (size_t o = 0; o < node.outputs.size(); ++o) {
    graph.tensor(node.outputs[o]).data = std::make_shared<const Bytes>(std::move(values[o]));
  }
  return true;
}

}  // namespace mote
