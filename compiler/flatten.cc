// SPDX-License-Identifier: Apache-2.0
// Bodies are copied to where they are called: their inputs become other names of the caller's
// values, and their results are computed where the caller wants them, so that most calls copy
// nothing. Variables are found by name. A reset fills them and runs what is to run once.
#include <algorithm>
#include <map>

#include "compiler/program.h"
#include "ir/verifier.h"
#include "ops/control/control.op.h"

namespace mote {
namespace {

uint64_t saturating_product(uint64_t a, uint64_t b) {
  return b != 0 && a > UINT32_MAX / b ? UINT32_MAX : a * b;
}

/// How many times the loops around steps[at] let it run.
uint64_t most_turns(const std::vector<Step>& steps, size_t at) {
  uint64_t turns = 1;
  for (size_t j = at + 1; j < steps.size(); ++j) {
    if (steps[j].kind != Step::kJump || label_position(steps, steps[j].number) > at) continue;
    turns = saturating_product(turns, uint64_t{steps[j].limit} + 1);
  }
  return turns;
}

/// A graph or body that is being flattened.
struct Scope {
  const Graph* graph;
  std::vector<Value> places = {};  // of tensors; nothing: not placed yet
  std::string prefix = {};         // of messages: where the body is
  int node = 0;                    // of the whole graph
};

class Flattener {
 public:
  Flattener(const Graph& graph, const Target& target) : graph_(graph), target_(target) {}

  Result<Program> run() {
    Scope root = scope_of(graph_);
    for (TensorId id : graph_.inputs) program_.inputs.push_back(buffer_of(root, id));
    MOTE_CHECK_OK(flatten_nodes(root));
    MOTE_CHECK_OK(find_outputs(root));
    std::vector<ProgramStep> steps = std::exchange(program_.steps, {});
    std::vector<Loop> loops = std::exchange(program_.loops, {});
    uint64_t jumps = std::exchange(jumps_, 0);
    MOTE_CHECK_OK(flatten_init());
    program_.max_jumps = static_cast<uint32_t>(std::max(jumps, jumps_));
    append(std::move(steps), loops);
    return std::move(program_);
  }

 private:
  static Scope scope_of(const Graph& graph) {
    return {&graph, std::vector<Value>(graph.tensors.size())};
  }

  size_t add_buffer(std::string name, TensorId tensor, uint64_t bytes) {
    program_.buffers.push_back({std::move(name), tensor, static_cast<uint32_t>(bytes)});
    program_.buffers.back().leader = program_.buffers.size() - 1;
    return program_.buffers.size() - 1;
  }
  static Value buffer_value(size_t buffer) {
    return {Value::kTensor, static_cast<int32_t>(buffer)};
  }
  Value constant_value(std::string name, DType dtype, std::shared_ptr<const Bytes> data) {
    program_.constants.push_back({std::move(name), dtype, std::move(data)});
    return {Value::kConstant, static_cast<int32_t>(program_.constants.size()) - 1};
  }

  Value variable_value(const Scope& scope, const Tensor& tensor) {
    auto found = variables_.find(tensor.name);
    if (found != variables_.end()) return buffer_value(found->second.buffer);
    size_t buffer = add_buffer(tensor.name, kAbsent, tensor.bytes());
    program_.buffers[buffer].state = true;
    variables_[tensor.name] = {buffer, &tensor, scope.node};
    return buffer_value(buffer);
  }

  Value place_of(Scope& scope, TensorId id) {
    Value& place = scope.places[static_cast<size_t>(id)];
    if (place.kind != Value::kNothing) return place;
    const Tensor& tensor = scope.graph->tensor(id);
    bool inner = scope.graph != &graph_;
    if (tensor.variable) {
      place = variable_value(scope, tensor);
    } else if (tensor.constant()) {
      place = constant_value(tensor.name, tensor.dtype, tensor.data);
    } else {
      std::string name = inner ? tensor.name + " in " + scope.graph->name : tensor.name;
      place = buffer_value(add_buffer(std::move(name), inner ? kAbsent : id, tensor.bytes()));
    }
    return place;
  }
  size_t buffer_of(Scope& scope, TensorId id) {
    return static_cast<size_t>(place_of(scope, id).index);
  }

  Result<void> find_outputs(Scope& root) {
    for (TensorId id : graph_.outputs) {
      if (graph_.tensor(id).constant()) {
        return fail("output '{}' is a constant; remove it from the model's outputs",
                    graph_.tensor(id).name);
      }
      program_.outputs.push_back(buffer_of(root, id));
    }
    return {};
  }

  /// A node's lowering with the places of what belongs to it alone.
  struct Placed {
    LoweredNode lowered;
    std::vector<Value> constants, scratch;
    std::vector<int> labels = {};                         // the step that each stands before
    std::vector<std::pair<size_t, int>> open_jumps = {};  // steps, and the labels they go to
  };

  Result<Placed> place_node(Scope& scope, size_t index) {
    const Node& node = scope.graph->nodes[index];
    Result<LoweredNode> lowered = lower_node(*scope.graph, node, target_);
    std::string where = scope.prefix + locate(*scope.graph, index);
    if (!lowered.ok()) return fail("{}: {}", where, lowered.error().message);
    Placed placed{*std::move(lowered), {}, {}};
    for (Bytes& data : placed.lowered.constants) {
      DType dtype = data.size() % 4 == 0 ? DType::kInt32 : DType::kInt8;
      auto shared = std::make_shared<const Bytes>(std::move(data));
      placed.constants.push_back(constant_value("packed for " + where, dtype, std::move(shared)));
    }
    for (uint32_t bytes : placed.lowered.scratch_bytes) {
      placed.scratch.push_back(buffer_value(add_buffer("scratch of " + where, kAbsent, bytes)));
    }
    return placed;
  }

  Value resolve(Scope& scope, const Placed& placed, const Value& value) {
    size_t index = static_cast<size_t>(value.index);
    switch (value.kind) {
      case Value::kNothing:
        return {};
      case Value::kTensor:
        return place_of(scope, value.index).at(value.byte_offset);
      case Value::kConstant:
        return placed.constants[index].at(value.byte_offset);
      case Value::kScratch:
        break;
    }
    return placed.scratch[index].at(value.byte_offset);
  }

  Result<void> push(const Scope& scope, std::string where, Step step) {
    if (program_.steps.size() > UINT16_MAX) {
      return fail("the model has more than {} steps, with the bodies of its control flow",
                  UINT16_MAX);
    }
    program_.steps.push_back({std::move(step), scope.node, std::move(where), region_});
    return {};
  }

  Result<void> flatten_nodes(Scope& scope) {
    bool inner = scope.graph != &graph_;
    for (size_t i = 0; i < scope.graph->nodes.size(); ++i) {
      if (!inner) scope.node = static_cast<int>(i);
      MOTE_TRY(Placed placed, place_node(scope, i));
      int region = region_;
      for (size_t s = 0; s < placed.lowered.steps.size(); ++s) {
        MOTE_CHECK_OK(flatten_step(scope, i, placed, s));
      }
      for (auto [step, label] : placed.open_jumps) {
        program_.steps[step].step.number = placed.labels[static_cast<size_t>(label)];
      }
      region_ = region;
    }
    return {};
  }

  Result<void> flatten_step(Scope& scope, size_t node, Placed& placed, size_t index) {
    const std::vector<Step>& steps = placed.lowered.steps;
    Step step = steps[index];
    size_t number = static_cast<size_t>(step.number);
    switch (step.kind) {
      case Step::kLabel:
        if (placed.labels.size() <= number) placed.labels.resize(number + 1);
        placed.labels[number] = static_cast<int>(program_.steps.size());
        region_ = ++regions_;
        return {};
      case Step::kCall:
        return call(scope, node, placed, index);
      case Step::kCallOnce:
        if (scope.graph == &graph_) return {};
        return fail("{}{}: must stand in the main graph, not in the body of another operator",
                    scope.prefix, locate(*scope.graph, node));
      case Step::kJump:
      case Step::kBranchIfFalse:
        note_jump(placed, index);
        break;
      case Step::kKernel:
        break;
    }
    for (Value& value : step.operands) value = resolve(scope, placed, value);
    bool inner = scope.graph != &graph_;
    std::string where = inner ? scope.prefix + locate(*scope.graph, node) : "";
    bool jumps = step.kind != Step::kKernel;
    MOTE_CHECK_OK(push(scope, std::move(where), std::move(step)));
    if (jumps) region_ = ++regions_;
    return {};
  }

  void note_jump(Placed& placed, size_t index) {
    const std::vector<Step>& steps = placed.lowered.steps;
    const Step& step = steps[index];
    int here = static_cast<int>(program_.steps.size());
    placed.open_jumps.emplace_back(program_.steps.size(), step.number);
    if (step.kind != Step::kJump || label_position(steps, step.number) > index) return;
    program_.loops.push_back({placed.labels[static_cast<size_t>(step.number)], here});
    uint64_t most = saturating_product(turns_, most_turns(steps, index));
    jumps_ = std::min<uint64_t>(UINT32_MAX, jumps_ + saturating_product(most, step.limit));
  }

  /// The body's steps here. A result that the body computes itself goes to the caller's place at
  /// once; one that is an input, a constant or there twice is copied.
  Result<void> call(Scope& scope, size_t node, const Placed& placed, size_t index) {
    const Step& step = placed.lowered.steps[index];
    const Graph& body = scope.graph->nodes[node].bodies[static_cast<size_t>(step.number)];
    Scope inner = scope_of(body);
    inner.node = scope.node;
    inner.prefix =
        fmt::format("{}{}, body '{}', ", scope.prefix, locate(*scope.graph, node), body.name);
    for (size_t i = 0; i < body.inputs.size(); ++i) {
      inner.places[static_cast<size_t>(body.inputs[i])] = resolve(scope, placed, step.operands[i]);
    }
    std::vector<std::pair<TensorId, Value>> copies;
    for (size_t i = 0; i < body.outputs.size(); ++i) {
      Value wanted = resolve(scope, placed, step.operands[body.inputs.size() + i]);
      Value& place = inner.places[static_cast<size_t>(body.outputs[i])];
      bool made_here = place.kind == Value::kNothing && !body.tensor(body.outputs[i]).constant();
      if (made_here) place = wanted;
      if (!made_here) copies.emplace_back(body.outputs[i], wanted);
    }
    uint64_t outer_turns = turns_;
    turns_ = saturating_product(turns_, most_turns(placed.lowered.steps, index));
    MOTE_CHECK_OK(flatten_nodes(inner));
    turns_ = outer_turns;
    for (auto& [id, wanted] : copies) {
      Value from = place_of(inner, id);
      if (from == wanted) continue;
      MOTE_CHECK_OK(push(inner, inner.prefix + "its result",
                         copy_step(from, wanted, body.tensor(id).bytes())));
    }
    return {};
  }

  /// What a reset runs: the initial values, then the bodies that run once.
  Result<void> flatten_init() {
    Scope root = scope_of(graph_);
    std::vector<ProgramStep> once;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      root.node = static_cast<int>(i);
      MOTE_TRY(LoweredNode lowered, lower_node(graph_, graph_.nodes[i], target_));
      for (size_t s = 0; s < lowered.steps.size(); ++s) {
        if (lowered.steps[s].kind != Step::kCallOnce) continue;
        region_ = ++regions_;
        MOTE_CHECK_OK(call(root, i, Placed{lowered, {}, {}}, s));
      }
    }
    once = std::exchange(program_.steps, {});
    std::vector<Loop> loops = std::exchange(program_.loops, {});
    region_ = ++regions_;
    for (const auto& [name, variable] : variables_) initialize(variable);
    append(std::move(once), loops);
    program_.init_steps = static_cast<int>(program_.steps.size());
    return {};
  }

  struct Variable {
    size_t buffer = 0;
    const Tensor* tensor = nullptr;
    int node = 0;  // the first that touches it
  };

  /// A fill, or a copy of a constant where the bytes differ.
  void initialize(const Variable& variable) {
    Bytes bytes = initial_value(*variable.tensor);
    bool equal = std::equal(bytes.begin() + 1, bytes.end(), bytes.begin());
    Value to = buffer_value(variable.buffer);
    Step step;
    if (equal) {
      FillBytesParams params{static_cast<int32_t>(bytes.size()), bytes[0]};
      step.kernel = &fill_bytes_kernel();
      step.params.resize(sizeof params);
      std::memcpy(step.params.data(), &params, sizeof params);
      step.operands = {to};
    } else {
      auto data = std::make_shared<const Bytes>(bytes);
      step = copy_step(constant_value("initial value of " + variable.tensor->name,
                                      variable.tensor->dtype, std::move(data)),
                       to, bytes.size());
    }
    std::string where = "initial value of '" + variable.tensor->name + "'";
    program_.steps.push_back({std::move(step), variable.node, std::move(where), region_});
  }

  /// Puts steps that were numbered from 0 behind those that are there.
  void append(std::vector<ProgramStep> steps, const std::vector<Loop>& loops) {
    int first = static_cast<int>(program_.steps.size());
    for (ProgramStep& step : steps) {
      if (step.step.kind != Step::kKernel) step.step.number += first;
      program_.steps.push_back(std::move(step));
    }
    for (const Loop& loop : loops)
      program_.loops.push_back({loop.first + first, loop.last + first});
  }

  const Graph& graph_;
  const Target& target_;
  Program program_;
  std::map<std::string, Variable> variables_;
  uint64_t turns_ = 1;  // how often what is being flattened may run
  uint64_t jumps_ = 0;
  int region_ = 0, regions_ = 0;  // the present one, and how many there are
};

}  // namespace

Result<Program> flatten(const Graph& graph, const Target& target) {
  return Flattener(graph, target).run();
}

}  // namespace mote
