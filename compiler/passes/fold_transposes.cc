// SPDX-License-Identifier: Apache-2.0
// A picture that is transposed, flattened and multiplied by a matrix: the matrix's columns can be
// in the picture's own order instead.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/permutation.h"
#include "ir/record.h"

namespace mote {
namespace {

const Node* maker_of(const Graph& graph, TensorId id) {
  for (const Node& node : graph.nodes) {
    if (std::ranges::count(node.outputs, id) != 0) return &node;
  }
  return nullptr;
}

/// The filter [outputs, depth] for rows that aren't transposed by `p` before they are flattened.
/// `rows` is their shape afterwards, batch first.
Tensor with_columns(const Tensor& filter, const Shape& rows, const Permutation& p) {
  Tensor wide = filter;
  wide.shape = rows;
  wide.shape[0] = filter.shape[0];
  Tensor result = permuted(wide, inverse(p));
  result.shape = filter.shape;
  result.quantization.axis = filter.quantization.axis;
  return result;
}

bool fold(Graph& graph, size_t index) {
  const Node& node = graph.nodes[index];
  if (node.record->name != "FULLY_CONNECTED" || !graph.tensor(node.inputs[1]).constant()) {
    return false;
  }
  const Node* flatten = maker_of(graph, node.inputs[0]);
  if (!flatten || flatten->record->name != "RESHAPE") return false;
  const Node* transpose = maker_of(graph, flatten->inputs[0]);
  if (!transpose) return false;
  std::optional<Permutation> p = permutation_of(graph, *transpose);
  const Shape rows = graph.tensor(transpose->outputs[0]).shape;
  const Tensor filter = graph.tensor(node.inputs[1]);
  bool one_row_each = p && rows.rank > 1 && (*p)[0] == 0 &&
                      rows.product(1, rows.rank) == filter.shape[1] &&
                      bits_of(filter.dtype) % 8 == 0;
  if (!one_row_each) return false;

  // Another RESHAPE, since the one that is there may have other readers.
  Node direct = *flatten;
  direct.inputs = {transpose->inputs[0]};
  const Shape& flat = graph.tensor(flatten->outputs[0]).shape;
  direct.attributes = {{"new_shape", std::vector<int64_t>(flat.dims, flat.dims + flat.rank)}};
  Tensor straight = graph.tensor(flatten->outputs[0]);
  graph.tensors.push_back(std::move(straight));
  direct.outputs = {static_cast<TensorId>(graph.tensors.size()) - 1};
  graph.tensors.push_back(with_columns(filter, rows, *p));
  graph.nodes[index].inputs[0] = direct.outputs[0];
  graph.nodes[index].inputs[1] = static_cast<TensorId>(graph.tensors.size()) - 1;
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index), direct);
  return true;
}

}  // namespace

PassResult fold_transposes(Graph& graph) {
  bool changed = false;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (fold(graph, i)) {
      changed = true;
      ++i;
    }
  }
  return changed;
}

}  // namespace mote
