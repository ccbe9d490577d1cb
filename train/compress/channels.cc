// SPDX-License-Identifier: Apache-2.0
#include "train/compress/channels.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "ir/record.h"

namespace mote::compress {
namespace {

/// Operators of one tensor that leave channels where they are.
const std::set<std::string_view> kKeep = {
    "RELU",       "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "HARD_SWISH",      "LOGISTIC",   "TANH",
    "LEAKY_RELU", "ELU",   "GELU",        "ABS",          "AVERAGE_POOL_2D", "MAX_POOL_2D"};
/// Operators of two tensors, element by element.
const std::set<std::string_view> kPairwise = {"ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM", "PRELU"};
/// Operators that give the same elements in the same order.
const std::set<std::string_view> kSameOrder = {"RESHAPE", "SQUEEZE", "EXPAND_DIMS"};

int last_dim(const Tensor& tensor) {
  return tensor.shape.rank == 0 ? 1 : tensor.shape.back(0);
}

class Finder {
 public:
  explicit Finder(const Graph& graph) : graph_(graph) {}

  std::vector<ChannelGroup> run() {
    for (TensorId id : graph_.inputs) fix(begin(id));
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      node_ = i;
      visit(graph_.nodes[i]);
    }
    for (TensorId id : graph_.outputs) fix(of(id));
    return collect();
  }

 private:
  int find(int group) {
    while (parent_[static_cast<size_t>(group)] != group)
      group = parent_[static_cast<size_t>(group)];
    return group;
  }
  ChannelGroup& at(int group) { return groups_[static_cast<size_t>(find(group))]; }
  void fix(int group) { at(group).fixed = true; }

  /// A new group for the tensor's innermost dimension.
  int begin(TensorId id) {
    const Tensor& tensor = graph_.tensor(id);
    groups_.push_back({tensor.name, last_dim(tensor), tensor.shape.rank == 0, {}, {}});
    parent_.push_back(static_cast<int>(groups_.size()) - 1);
    return put(id, parent_.back());
  }

  /// The tensor's innermost dimension counts the group's channels, once or several times.
  int put(TensorId id, int group) {
    group = find(group);
    of_[id] = group;
    at(group).tensors.push_back(id);
    return group;
  }

  /// The group of a tensor; of one that nobody made (a variable), a new one that stays.
  int of(TensorId id) {
    auto found = of_.find(id);
    if (found != of_.end()) return find(found->second);
    int group = begin(id);
    fix(group);
    return group;
  }

  int join(int a, int b) {
    a = find(a);
    b = find(b);
    if (a == b) return a;
    if (at(a).channels != at(b).channels) {
      fix(a);
      fix(b);
      return a;
    }
    ChannelGroup from = std::move(at(b));
    parent_[static_cast<size_t>(b)] = a;
    ChannelGroup& to = at(a);
    to.fixed = to.fixed || from.fixed;
    to.slices.insert(to.slices.end(), from.slices.begin(), from.slices.end());
    to.tensors.insert(to.tensors.end(), from.tensors.begin(), from.tensors.end());
    return a;
  }

  /// The group owns that dimension of a constant; one that two operators read ties their groups.
  void slice(int group, TensorId constant, int axis, bool made) {
    auto [at_slice, added] = owner_.try_emplace({constant, axis}, group);
    if (!added) {
      join(group, at_slice->second);
      return;
    }
    at(group).slices.push_back({constant, axis, node_, made});
  }

  void visit(const Node& node) {
    std::string_view name = node.record->name;
    bool layer = name == "CONV_2D" || name == "DEPTHWISE_CONV_2D" || name == "FULLY_CONNECTED";
    if (layer && known_layer(node)) return visit_layer(node);
    if (kKeep.count(name)) {
      put(node.outputs[0], of(node.inputs[0]));
    } else if (kPairwise.count(name)) {
      visit_pairwise(node);
    } else if (kSameOrder.count(name)) {
      visit_same_order(node);
    } else if (name == "MEAN" || name == "SUM" || name == "PAD") {
      visit_spatial(node, name == "PAD");
    } else {
      leave(node);
    }
  }

  /// An operator that isn't known: nothing that it touches may change.
  void leave(const Node& node) {
    for (TensorId id : node.inputs) {
      if (id != kAbsent && !graph_.tensor(id).constant()) fix(of(id));
    }
    for (TensorId id : node.outputs) fix(begin(id));
  }

  bool known_layer(const Node& node) {
    const Tensor& weights = graph_.tensor(node.inputs[1]);
    if (!weights.constant() || weights.dtype != DType::kFloat32) return false;
    bool biased = node.inputs.size() > 2 && node.inputs[2] != kAbsent;
    if (biased && !graph_.tensor(node.inputs[2]).constant()) return false;
    int channels = at(of(node.inputs[0])).channels, depth = weights.shape.back(0);
    if (node.record->name == "FULLY_CONNECTED") return depth % channels == 0;
    return depth == channels && last_dim(graph_.tensor(node.inputs[0])) == channels;
  }

  void visit_layer(const Node& node) {
    int input = of(node.inputs[0]);
    TensorId weights = node.inputs[1];
    int innermost = graph_.tensor(weights).shape.rank - 1;
    bool depthwise = node.record->name == "DEPTHWISE_CONV_2D";
    int output = depthwise ? put(node.outputs[0], input) : begin(node.outputs[0]);
    slice(output, weights, depthwise ? innermost : 0, true);
    if (!depthwise) slice(input, weights, innermost, false);
    if (node.inputs.size() > 2 && node.inputs[2] != kAbsent) slice(output, node.inputs[2], 0, true);
  }

  void visit_pairwise(const Node& node) {
    TensorId output = node.outputs[0];
    const int width = last_dim(graph_.tensor(output));
    int group = -1;
    for (TensorId id : node.inputs) {
      if (graph_.tensor(id).constant()) continue;
      if (last_dim(graph_.tensor(id)) != width) {
        fix(of(id));  // spread over the other's channels
      } else {
        group = group < 0 ? of(id) : join(group, of(id));
      }
    }
    if (group < 0) return leave(node);
    for (TensorId id : node.inputs) {
      const Tensor& tensor = graph_.tensor(id);
      if (!tensor.constant() || last_dim(tensor) == 1) continue;
      slice(group, id, tensor.shape.rank - 1, false);
    }
    put(output, group);
  }

  void visit_same_order(const Node& node) {
    int group = of(node.inputs[0]);
    const Tensor& output = graph_.tensor(node.outputs[0]);
    if (output.shape.rank == 0 || last_dim(output) % at(group).channels != 0) return leave(node);
    put(node.outputs[0], group);
  }

  /// MEAN and SUM over other dimensions than the innermost one, PAD of others.
  void visit_spatial(const Node& node, bool pad) {
    const Tensor& input = graph_.tensor(node.inputs[0]);
    const Tensor& what = graph_.tensor(node.inputs[1]);
    if (!what.constant() || what.dtype != DType::kInt32) return leave(node);
    std::vector<int32_t> values(what.as<int32_t>(), what.as<int32_t>() + what.shape.elements());
    const int innermost = input.shape.rank - 1;
    bool touched = false;
    for (size_t i = 0; i < values.size(); ++i) {
      int dimension = values[i] < 0 ? values[i] + input.shape.rank : values[i];
      touched = touched || (pad ? static_cast<int>(i / 2) == innermost && values[i] != 0
                                : dimension == innermost);
    }
    if (touched) return leave(node);
    put(node.outputs[0], of(node.inputs[0]));
  }

  std::vector<ChannelGroup> collect() {
    std::vector<ChannelGroup> result;
    for (size_t i = 0; i < groups_.size(); ++i) {
      if (find(static_cast<int>(i)) == static_cast<int>(i)) result.push_back(std::move(groups_[i]));
    }
    return result;
  }

  const Graph& graph_;
  size_t node_ = 0;
  std::vector<ChannelGroup> groups_;
  std::vector<int> parent_;
  std::map<TensorId, int> of_;
  std::map<std::pair<TensorId, int>, int> owner_;
};

}  // namespace

std::vector<ChannelGroup> channel_groups(const Graph& graph) {
  return Finder(graph).run();
}

}  // namespace mote::compress
