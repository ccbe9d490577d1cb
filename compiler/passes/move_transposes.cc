// SPDX-License-Identifier: Apache-2.0
// Walks the graph once, in order. A node that does the same on transposed data is given the data
// before its TRANSPOSE, and its results are transposed after it; where a TRANSPOSE meets another
// one they become one, or none. So transposes sink until they cancel. What comes out is kept only
// if fewer bytes are transposed than before.
#include <algorithm>
#include <cstring>
#include <map>

#include "compiler/passes/layout_rules.h"
#include "compiler/passes/passes.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {
namespace {

struct Source {
  TensorId id;
  Permutation p;
};

class Mover {
 public:
  explicit Mover(const Graph& graph) : graph_(graph) { nodes_.swap(graph_.nodes); }

  Graph run() {
    for (Node& node : nodes_) {
      for (TensorId& id : node.inputs) {
        auto other = alias_.find(id);
        if (other != alias_.end()) id = other->second;
      }
      if (std::optional<Permutation> p = permutation_of(graph_, node)) {
        add_transpose(node, *p);
      } else if (!sink(node)) {
        graph_.nodes.push_back(node);
      }
    }
    return std::move(graph_);
  }

 private:
  bool is_output(TensorId id) const { return std::ranges::count(graph_.outputs, id) != 0; }

  /// A TRANSPOSE on its way: joined with the one before it, and left out where nothing remains.
  void add_transpose(Node node, Permutation p) {
    TensorId from = node.inputs[0], to = node.outputs[0];
    auto before = transposed_.find(from);
    if (before != transposed_.end()) {
      p = compose(before->second.p, p);
      from = before->second.id;
    }
    auto same = std::ranges::find_if(transposed_, [&](const auto& entry) {
      return entry.second.id == from && entry.second.p == p;
    });
    if (!is_output(to) && is_identity(p)) {
      alias_[to] = from;
    } else if (!is_output(to) && same != transposed_.end()) {
      alias_[to] = same->first;
    } else {
      emit(from, to, p);
    }
  }

  void emit(TensorId from, TensorId to, const Permutation& p) {
    graph_.nodes.push_back({&transpose_record(), {from, order(p)}, {to}, {}});
    transposed_[to] = {from, p};
  }

  TensorId order(const Permutation& p) {
    std::vector<int32_t> values(p.begin(), p.end());
    Bytes bytes(values.size() * sizeof(int32_t));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return add({"",
                DType::kInt32,
                Shape(static_cast<int32_t>(p.size())),
                {},
                std::make_shared<const Bytes>(std::move(bytes))});
  }

  TensorId add(Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(graph_.tensors.size()) - 1;
  }

  /// The node on data before its TRANSPOSE, and the transposes of its results.
  bool sink(const Node& old) {
    const LayoutRule* rule = layout_rule(old.record->name);
    if (!rule) return false;
    Node node = old;
    size_t first = static_cast<size_t>(rule->first);
    size_t end = rule->count == 0 ? node.inputs.size() : first + static_cast<size_t>(rule->count);
    std::optional<Permutation> p = common_order(node, first, end);
    size_t tensors = graph_.tensors.size();
    if (!p || !take_sources(node, first, end, *p)) return false;
    std::optional<Permutation> result = rule->adapt(graph_, node, *p);
    if (!result || !replace_outputs(node, *result)) {
      graph_.tensors.resize(tensors);
      return false;
    }
    graph_.nodes.push_back(node);
    for (size_t i = 0; i < old.outputs.size() && !is_identity(*result); ++i) {
      add_transpose({&transpose_record(), {node.outputs[i], order(*result)}, {old.outputs[i]}, {}},
                    *result);
    }
    return true;
  }

  /// The order that all of the node's data have in common.
  std::optional<Permutation> common_order(const Node& node, size_t first, size_t end) const {
    std::optional<Permutation> p;
    for (size_t i = first; i < end; ++i) {
      auto found = transposed_.find(node.inputs[i]);
      if (found == transposed_.end()) continue;
      if (p && *p != found->second.p) return {};
      p = found->second.p;
    }
    if (!p || is_identity(*p)) return {};
    for (size_t i = first; i < end; ++i) {
      if (node.inputs[i] == kAbsent) return {};
      if (transposed_.count(node.inputs[i]) != 0) continue;
      const Tensor& tensor = graph_.tensor(node.inputs[i]);
      bool fits = tensor.constant() && tensor.shape.rank <= static_cast<int>(p->size());
      if (!fits && tensor.shape.elements() != 1) return {};
      if (tensor.quantization.per_channel()) return {};
    }
    return p;
  }

  bool take_sources(Node& node, size_t first, size_t end, const Permutation& p) {
    for (size_t i = first; i < end; ++i) {
      TensorId& id = node.inputs[i];
      auto found = transposed_.find(id);
      if (found != transposed_.end()) {
        id = found->second.id;
      } else if (graph_.tensor(id).shape.elements() != 1) {
        Tensor constant = graph_.tensor(id);
        Shape wide;  // with as many dimensions as the data
        while (wide.rank + constant.shape.rank < static_cast<int>(p.size())) wide.push_back(1);
        for (int d = 0; d < constant.shape.rank; ++d) wide.push_back(constant.shape[d]);
        constant.shape = wide;
        id = add(permuted(constant, inverse(p)));
      } else if (graph_.tensor(id).shape.rank > static_cast<int>(p.size())) {
        return false;
      }
    }
    return true;
  }

  /// New results, as the data's own order makes them, unless that is the old one.
  bool replace_outputs(Node& node, const Permutation& result) {
    for (TensorId& id : node.outputs) {
      if (is_identity(result)) break;
      Tensor tensor = graph_.tensor(id);
      if (tensor.shape.rank != static_cast<int>(result.size())) return false;
      if (tensor.quantization.per_channel()) return false;
      tensor.shape = permuted(tensor.shape, inverse(result));
      id = add(std::move(tensor));
    }
    return verify_node(graph_, node).ok();
  }

  Graph graph_;
  std::vector<Node> nodes_;  // as they were
  std::map<TensorId, Source> transposed_;
  std::map<TensorId, TensorId> alias_;
};

/// Makes transposes that leave the bytes as they are RESHAPEs.
bool make_reshapes(Graph& graph) {
  bool changed = false;
  for (Node& node : graph.nodes) {
    std::optional<Permutation> p = permutation_of(graph, node);
    if (!p || !keeps_bytes(*p, graph.tensor(node.inputs[0]).shape)) continue;
    const Shape& shape = graph.tensor(node.outputs[0]).shape;
    std::vector<int64_t> dims(shape.dims, shape.dims + shape.rank);
    node = {&reshape_record(), {node.inputs[0]}, node.outputs, {{"new_shape", dims}}};
    changed = true;
  }
  return changed;
}

/// Bytes that transposes move.
uint64_t cost(const Graph& graph) {
  uint64_t bytes = 0;
  for (const Node& node : graph.nodes) {
    std::optional<Permutation> p = permutation_of(graph, node);
    bool moves = p && !keeps_bytes(*p, graph.tensor(node.inputs[0]).shape);
    if (moves) bytes += graph.tensor(node.outputs[0]).bytes();
  }
  return bytes;
}

}  // namespace

PassResult move_transposes(Graph& graph) {
  Graph moved = Mover(graph).run();
  MOTE_CHECK_OK(remove_dead_nodes(moved));
  bool less = cost(moved) < cost(graph);
  if (less) graph = std::move(moved);
  return make_reshapes(graph) || less;
}

}  // namespace mote
