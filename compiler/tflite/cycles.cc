// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/cycles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "ir/verifier.h"
#include "ops/book.h"

namespace mote::tflite {
namespace {

TensorId add(Graph* graph, Tensor tensor) {
  graph->tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph->tensors.size()) - 1;
}

Tensor int32_tensor(std::string name, int32_t value) {
  Bytes bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  Tensor tensor{std::move(name), DType::kInt32, Shape(1), {}, nullptr};
  tensor.data = std::make_shared<const Bytes>(std::move(bytes));
  return tensor;
}

/// Copies of tensors of a graph in another one.
class Mover {
 public:
  Mover(const Graph& from, Graph* to) : from_(from), to_(to) {}

  TensorId move(TensorId id) {
    if (id == kAbsent) return id;
    auto [entry, added] = moved_.try_emplace(id, 0);
    if (added) entry->second = add(to_, from_.tensor(id));
    return entry->second;
  }
  std::vector<TensorId> move(std::vector<TensorId> ids) {
    for (TensorId& id : ids) id = move(id);
    return ids;
  }

 private:
  const Graph& from_;
  Graph* to_;
  std::map<TensorId, TensorId> moved_;
};

/// The names of all variables, of which new ones must differ.
std::set<std::string> variable_names(const Graph& graph) {
  std::set<std::string> names;
  for_each_graph(graph, [&](const Graph& one) {
    for (const Tensor& tensor : one.tensors) {
      if (tensor.variable) names.insert(tensor.name);
    }
  });
  return names;
}

/// One CIRCULAR_BUFFER with a period, and what stands behind it.
class Cycle {
 public:
  Cycle(Graph* graph, size_t buffer, int32_t period)
      : graph_(*graph),
        period_(period),
        name_(graph->tensor(graph->nodes[buffer].outputs[0]).name),
        taken_(variable_names(*graph)) {
    auto rest = graph_.nodes.begin() + static_cast<std::ptrdiff_t>(buffer) + 1;
    rest_.assign(std::make_move_iterator(rest), std::make_move_iterator(graph_.nodes.end()));
    graph_.nodes.erase(rest, graph_.nodes.end());
  }

  void run() {
    find_operands();
    Node node{&if_record(), inputs_, results_, {}};
    node.bodies.push_back(whole_run());
    node.bodies.push_back(short_run());
    node.inputs.insert(node.inputs.begin(), count());
    graph_.nodes.push_back(std::move(node));
  }

 private:
  /// The values that the rest takes from before it, and the model's outputs that it makes.
  void find_operands() {
    std::vector<TensorId> made;
    for (const Node& node : rest_) {
      for (TensorId id : node.inputs) {
        if (id == kAbsent || graph_.tensor(id).constant() || graph_.tensor(id).variable) continue;
        if (!std::ranges::count(made, id) && !std::ranges::count(inputs_, id))
          inputs_.push_back(id);
      }
      made.insert(made.end(), node.outputs.begin(), node.outputs.end());
    }
    for (TensorId id : graph_.outputs) {
      if (!std::ranges::count(made, id) || std::ranges::count(results_, id)) continue;
      results_.push_back(id);
      held_.push_back(graph_.tensor(id));
      held_.back().name = unique(held_.back().name + "/held");
      held_.back().variable = true;
    }
  }

  std::string unique(const std::string& name) {
    std::string found = name;
    for (int i = 2; !taken_.insert(found).second; ++i) found = fmt::format("{}#{}", name, i);
    return found;
  }

  /// The rest, which also puts the results where they are held.
  Graph whole_run() {
    Graph body;
    body.name = name_ + "/whole";
    Mover mover(graph_, &body);
    body.inputs = mover.move(inputs_);
    for (Node& node : rest_) {
      node.inputs = mover.move(node.inputs);
      node.outputs = mover.move(node.outputs);
      body.nodes.push_back(std::move(node));
    }
    body.outputs = mover.move(results_);
    for (size_t i = 0; i < results_.size(); ++i) {
      TensorId variable = add(&body, held_[i]);
      body.nodes.push_back({&assign_variable_record(), {variable, body.outputs[i]}, {}, {}});
    }
    return body;
  }

  /// Gives what is held.
  Graph short_run() {
    Graph body;
    body.name = name_ + "/short";
    body.inputs = Mover(graph_, &body).move(inputs_);
    for (size_t i = 0; i < results_.size(); ++i) {
      TensorId variable = add(&body, held_[i]);
      body.outputs.push_back(add(&body, graph_.tensor(results_[i])));
      body.nodes.push_back({&read_variable_record(), {variable}, {body.outputs.back()}, {}});
    }
    return body;
  }

  TensorId append(const OperatorRecord& record, std::vector<TensorId> inputs, DType dtype) {
    TensorId output = add(&graph_, {name_ + "/cycle", dtype, Shape(1), {}, nullptr});
    graph_.nodes.push_back({&record, std::move(inputs), {output}, {}});
    return output;
  }

  /// Counts down from the period; gives whether it has come to 0.
  TensorId count() {
    Tensor counter = int32_tensor(unique(name_ + "/cycles_until_run"), period_);
    counter.variable = true;
    TensorId variable = add(&graph_, std::move(counter));
    TensorId period = add(&graph_, int32_tensor(name_ + "/cycles_max", period_));
    TensorId one = add(&graph_, int32_tensor(name_ + "/1", 1));
    TensorId zero = add(&graph_, int32_tensor(name_ + "/0", 0));
    TensorId before = append(read_variable_record(), {variable}, DType::kInt32);
    TensorId after = append(sub_record(), {before, one}, DType::kInt32);
    TensorId due = append(equal_record(), {after, zero}, DType::kBool);
    TensorId next = append(select_v2_record(), {due, period, after}, DType::kInt32);
    graph_.nodes.push_back({&assign_variable_record(), {variable, next}, {}, {}});
    return due;
  }

  Graph& graph_;
  const int32_t period_;
  const std::string name_;
  std::vector<Node> rest_;
  std::vector<TensorId> inputs_, results_;
  std::vector<Tensor> held_;  // variables that keep the results while no new ones are computed
  std::set<std::string> taken_;
};

/// TFLM's choice; `count` is how many have asked since the last one with a period of 1.
int64_t unsaid_period(const Shape& window, int* count) {
  ++*count;
  int32_t slots = window.rank > 1 ? window[1] : 0;
  bool fifth = *count == 5 && window.rank == 4 && window[2] == 2 && window[3] == 96;
  if (slots != 5 && slots != 13 && slots != 25 && !fifth) return 2;
  *count = 0;
  return 1;
}

}  // namespace

void expand_cycles(Graph* graph) {
  std::vector<std::pair<size_t, int64_t>> periodic;
  int count = 0;
  for (size_t i = 0; i < graph->nodes.size(); ++i) {
    Node& node = graph->nodes[i];
    auto cycles = node.attributes.find("cycles_max");
    if (node.record != &circular_buffer_record() || cycles == node.attributes.end()) continue;
    int64_t period = std::get<int64_t>(cycles->second);
    if (period < 1) period = unsaid_period(graph->tensor(node.outputs[0]).shape, &count);
    if (period > INT32_MAX) continue;  // the verifier refuses it
    cycles->second = period;
    if (period > 1) periodic.emplace_back(i, period);
  }
  if (periodic.size() > kMostNesting) return;  // the verifier refuses those that are left
  std::reverse(periodic.begin(), periodic.end());
  for (auto [buffer, period] : periodic) {
    graph->nodes[buffer].attributes["cycles_max"] = int64_t{1};
    if (buffer + 1 < graph->nodes.size()) Cycle(graph, buffer, static_cast<int32_t>(period)).run();
  }
}

}  // namespace mote::tflite
