// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/passes.h"

namespace mote {
namespace {

class Renumbering {
 public:
  explicit Renumbering(Graph& graph) : graph_(graph), renamed_(graph.tensors.size(), kAbsent) {}

  void apply(std::vector<TensorId>& ids) {
    for (TensorId& id : ids) {
      if (id != kAbsent) id = renamed(id);
    }
  }
  bool changed() const { return changed_ || kept_.size() != renamed_.size(); }
  std::vector<Tensor> take() { return std::move(kept_); }

 private:
  TensorId renamed(TensorId id) {
    TensorId& name = renamed_[static_cast<size_t>(id)];
    if (name == kAbsent) {
      name = static_cast<TensorId>(kept_.size());
      kept_.push_back(graph_.tensor(id));
      changed_ |= name != id;
    }
    return name;
  }

  Graph& graph_;
  std::vector<TensorId> renamed_;
  std::vector<Tensor> kept_;
  bool changed_ = false;
};

}  // namespace

PassResult compact_tensors(Graph& graph) {
  Renumbering renumbering(graph);
  renumbering.apply(graph.inputs);
  for (Node& node : graph.nodes) {
    renumbering.apply(node.inputs);
    renumbering.apply(node.outputs);
  }
  renumbering.apply(graph.outputs);
  bool changed = renumbering.changed();
  graph.tensors = renumbering.take();
  return changed;
}

}  // namespace mote
