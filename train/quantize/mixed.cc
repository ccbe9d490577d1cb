// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/mixed.h"

#include "ops/book.h"
#include "train/quantize/rules.h"

namespace mote::quantize {
namespace {

class Splitter {
 public:
  Splitter(const Graph& graph, const QuantizeOptions& options)
      : options_(options), base_(options.activations == DType::kInt16) {
    result_.graph = graph;
    result_.wide.assign(graph.tensors.size(), base_);
  }

  MixedGraph run() {
    std::vector<Node> nodes;
    nodes.swap(result_.graph.nodes);
    if (options_.float_io) choose_inputs(nodes);
    for (size_t i = 0; i < nodes.size(); ++i) add_node(std::move(nodes[i]), i);
    if (!options_.float_io) {
      for (TensorId& id : result_.graph.outputs) id = in_width(id, base_);
    }
    return std::move(result_);
  }

 private:
  void choose_inputs(const std::vector<Node>& nodes) {
    for (TensorId input : result_.graph.inputs) {
      for (size_t i = 0; i < nodes.size(); ++i) {
        const std::vector<TensorId>& ids = nodes[i].inputs;
        bool reads = std::find(ids.begin(), ids.end(), input) != ids.end();
        if (reads && options_.exceptions.count(i)) set_wide(input, !base_);
      }
    }
  }

  bool is_wide(TensorId id) const { return result_.wide[static_cast<size_t>(id)]; }
  void set_wide(TensorId id, bool wide) { result_.wide[static_cast<size_t>(id)] = wide; }

  bool width_of(const Node& node, size_t index) const {
    const RuleRow* row = rule_of(node);
    if (row && row->rule == Rule::kSame) {
      for (TensorId id : node.inputs) {
        if (is_activation(result_.graph, id)) return is_wide(id);
      }
    }
    return base_ != (options_.exceptions.count(index) > 0);
  }

  void add_node(Node node, size_t index) {
    bool wide = width_of(node, index);
    for (TensorId& id : node.inputs) {
      if (is_activation(result_.graph, id)) id = in_width(id, wide);
    }
    for (TensorId id : node.outputs) set_wide(id, wide);
    result_.graph.nodes.push_back(std::move(node));
  }

  /// The tensor itself, or its twin of that width.
  TensorId in_width(TensorId id, bool wide) {
    if (is_wide(id) == wide) return id;
    auto found = twin_of_.find(id);
    if (found != twin_of_.end()) return found->second;
    Tensor twin = result_.graph.tensor(id);
    twin.name += wide ? "/int16" : "/int8";
    result_.graph.tensors.push_back(std::move(twin));
    auto added = static_cast<TensorId>(result_.graph.tensors.size()) - 1;
    result_.wide.push_back(wide);
    twin_of_[id] = added;
    result_.twins[added] = id;
    result_.graph.nodes.push_back(
        Node{find_record(operator_book(), "QUANTIZE"), {id}, {added}, {}, {}});
    return added;
  }

  const QuantizeOptions& options_;
  const bool base_;
  MixedGraph result_;
  std::map<TensorId, TensorId> twin_of_;
};

}  // namespace

MixedGraph split_widths(const Graph& graph, const QuantizeOptions& options) {
  return Splitter(graph, options).run();
}

}  // namespace mote::quantize
