// SPDX-License-Identifier: Apache-2.0
#include "ir/interpreter.h"

#include <algorithm>

#include "ir/verifier.h"

namespace mote {

Result<Interpreter> Interpreter::make(const Graph& graph) {
  auto state = std::make_shared<State>();
  MOTE_TRY(Interpreter interpreter, prepare(graph, state));
  MOTE_CHECK_OK(interpreter.reset());
  return interpreter;
}

Result<Interpreter> Interpreter::prepare(const Graph& graph, std::shared_ptr<State> state) {
  static const Target reference;
  Interpreter interpreter(graph, state);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    Result<LoweredNode> lowered = lower_node(graph, graph.nodes[i], reference);
    if (!lowered.ok()) return fail("{}: {}", locate(graph, i), lowered.error().message);
    Prepared node{*std::move(lowered), {}};
    for (const Graph& body : graph.nodes[i].bodies) {
      Result<Interpreter> prepared = prepare(body, state);
      if (!prepared.ok()) return fail("{}, {}", locate(graph, i), prepared.error().message);
      node.bodies.push_back(*std::move(prepared));
    }
    interpreter.nodes_.push_back(std::move(node));
  }
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    if (!tensor.constant() && !tensor.variable) interpreter.values_[i].resize(tensor.bytes());
  }
  return interpreter;
}

Result<void> Interpreter::reset() {
  for_each_graph(*graph_, [&](const Graph& graph) {
    for (const Tensor& tensor : graph.tensors) {
      if (tensor.variable) (*state_)[tensor.name] = initial_value(tensor);
    }
  });
  for (Prepared& node : nodes_) {
    for (const Step& step : node.lowered.steps) {
      if (step.kind != Step::kCallOnce) continue;
      MOTE_CHECK_OK(node.bodies[static_cast<size_t>(step.number)].run({}));
    }
  }
  return {};
}

const Bytes& Interpreter::value(TensorId id) const {
  const Tensor& tensor = graph_->tensor(id);
  if (tensor.variable) return state_->at(tensor.name);
  return tensor.constant() ? *tensor.data : values_[static_cast<size_t>(id)];
}

void* Interpreter::address(const LoweredNode& lowered, std::vector<Bytes>& scratch,
                           const Value& value) {
  const uint8_t* base = nullptr;
  size_t index = static_cast<size_t>(value.index);
  switch (value.kind) {
    case Value::kNothing:
      return nullptr;
    case Value::kTensor:
      base = this->value(value.index).data();
      break;
    case Value::kConstant:
      base = lowered.constants[index].data();
      break;
    case Value::kScratch:
      base = scratch[index].data();
      break;
  }
  // lower_node() has made sure that kernels don't write to constants.
  return const_cast<uint8_t*>(base) + value.byte_offset;
}

/// Runs a body on what the step's first operands are and puts its results where the others are.
Result<void> Interpreter::call(Interpreter& body, const Step& step,
                               const std::function<void*(const Value&)>& at) {
  std::vector<Bytes> inputs;
  for (TensorId id : body.graph_->inputs) {
    auto* bytes = static_cast<const uint8_t*>(at(step.operands[inputs.size()]));
    inputs.emplace_back(bytes, bytes + body.graph_->tensor(id).bytes());
  }
  MOTE_TRY(std::vector<Bytes> outputs, body.run(inputs));
  for (size_t i = 0; i < outputs.size(); ++i) {
    auto* to = static_cast<uint8_t*>(at(step.operands[inputs.size() + i]));
    std::copy(outputs[i].begin(), outputs[i].end(), to);
  }
  return {};
}

Result<void> Interpreter::run_node(Prepared& node) {
  const std::vector<Step>& steps = node.lowered.steps;
  std::vector<Bytes> scratch;
  for (uint32_t bytes : node.lowered.scratch_bytes) scratch.emplace_back(bytes);
  std::vector<uint32_t> taken(steps.size());  // backward jumps
  auto at = [&](const Value& value) { return address(node.lowered, scratch, value); };
  for (size_t s = 0; s < steps.size(); ++s) {
    const Step& step = steps[s];
    void* operands[kMaxOperands];
    switch (step.kind) {
      case Step::kKernel:
        for (size_t i = 0; i < step.operands.size(); ++i) operands[i] = at(step.operands[i]);
        step.kernel->kernel.invoke(step.params.data(), operands);
        break;
      case Step::kCall:
        MOTE_CHECK_OK(call(node.bodies[static_cast<size_t>(step.number)], step, at));
        break;
      case Step::kBranchIfFalse:
        if (*static_cast<const uint8_t*>(at(step.operands[0])) != 0) break;
        s = label_position(steps, step.number);
        break;
      case Step::kJump: {
        size_t target = label_position(steps, step.number);
        if (target < s && ++taken[s] > step.limit) {
          return fail("takes more than {} turns, which its max_iterations allows", step.limit);
        }
        s = target;
        break;
      }
      case Step::kLabel:
      case Step::kCallOnce:
        break;
    }
  }
  return {};
}

Result<std::vector<Bytes>> Interpreter::run(const std::vector<Bytes>& inputs) {
  MOTE_CHECK_OK(check_inputs(*graph_, inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    values_[static_cast<size_t>(graph_->inputs[i])] = inputs[i];
  }
  for (size_t i = 0; i < nodes_.size(); ++i) {
    Result<void> done = run_node(nodes_[i]);
    if (!done.ok()) return fail("{}: {}", locate(*graph_, i), done.error().message);
  }
  std::vector<Bytes> outputs;
  for (TensorId id : graph_->outputs) outputs.push_back(value(id));
  return outputs;
}

Result<void> check_inputs(const Graph& graph, const std::vector<Bytes>& inputs) {
  if (inputs.size() != graph.inputs.size()) {
    return fail("the model takes {} inputs, {} given", graph.inputs.size(), inputs.size());
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    if (inputs[i].size() != tensor.bytes()) {
      return fail("input {} '{}' is {} and takes {} bytes, {} given", i, tensor.name,
                  type_text(tensor), tensor.bytes(), inputs[i].size());
    }
  }
  return {};
}

Result<std::vector<Bytes>> interpret(const Graph& graph, const std::vector<Bytes>& inputs) {
  MOTE_TRY(Interpreter interpreter, Interpreter::make(graph));
  return interpreter.run(inputs);
}

}  // namespace mote
