// SPDX-License-Identifier: Apache-2.0
#include "ir/interpreter.h"

#include "ir/verifier.h"

namespace mote {

Result<Interpreter> Interpreter::make(const Graph& graph) {
  static const Target reference;
  Interpreter interpreter(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    Result<LoweredNode> lowered = lower_node(graph, graph.nodes[i], reference);
    if (!lowered.ok()) return fail("{}: {}", locate(graph, i), lowered.error().message);
    interpreter.lowered_.push_back(*std::move(lowered));
  }
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (!graph.tensors[i].constant()) interpreter.values_[i].resize(graph.tensors[i].bytes());
  }
  return interpreter;
}

const Bytes& Interpreter::value(TensorId id) const {
  const Tensor& tensor = graph_->tensor(id);
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

void Interpreter::run_node(const LoweredNode& lowered) {
  std::vector<Bytes> scratch;
  for (uint32_t bytes : lowered.scratch_bytes) scratch.emplace_back(bytes);
  for (const Step& step : lowered.steps) {
    void* operands[kMaxOperands];
    for (size_t i = 0; i < step.operands.size(); ++i) {
      operands[i] = address(lowered, scratch, step.operands[i]);
    }
    step.kernel->kernel.invoke(step.params.data(), operands);
  }
}

Result<std::vector<Bytes>> Interpreter::run(const std::vector<Bytes>& inputs) {
  MOTE_CHECK_OK(check_inputs(*graph_, inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    values_[static_cast<size_t>(graph_->inputs[i])] = inputs[i];
  }
  for (const LoweredNode& lowered : lowered_) run_node(lowered);
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
