// SPDX-License-Identifier: Apache-2.0
#include "ir/lowering.h"

#include <algorithm>

namespace mote {
namespace {

/// The operand as the door will see it: how many bytes it has from its offset on.
Operand describe(const Graph& graph, const LoweredNode& lowered, const Value& value) {
  const Bytes* constant = nullptr;
  uint64_t bytes = 0;
  switch (value.kind) {
    case Value::kNothing:
      return {};
    case Value::kTensor:
      if (graph.tensor(value.index).constant()) constant = graph.tensor(value.index).data.get();
      bytes = graph.tensor(value.index).bytes();
      break;
    case Value::kConstant:
      constant = &lowered.constants[static_cast<size_t>(value.index)];
      bytes = constant->size();
      break;
    case Value::kScratch:
      bytes = lowered.scratch_bytes[static_cast<size_t>(value.index)];
      break;
  }
  if (value.byte_offset > bytes) return {};
  return {constant ? constant->data() + value.byte_offset : nullptr,
          static_cast<uint32_t>(bytes - value.byte_offset)};
}

/// Whether a kernel may write there: to what the node computes, to its scratch and to variables.
bool writable(const Graph& graph, const Node& node, const Value& value) {
  if (value.kind != Value::kTensor) return true;
  return graph.tensor(value.index).variable ||
         std::find(node.outputs.begin(), node.outputs.end(), value.index) != node.outputs.end();
}

bool has_label(const LoweredNode& lowered, int number) {
  return std::count_if(lowered.steps.begin(), lowered.steps.end(), [&](const Step& step) {
           return step.kind == Step::kLabel && step.number == number;
         }) == 1;
}

/// Whether the values are as many and as long as the body's inputs and outputs.
Result<void> check_call(const Graph& graph, const Node& node, const LoweredNode& lowered,
                        const Step& step) {
  if (static_cast<size_t>(step.number) >= node.bodies.size()) {
    return fail("has no body {}", step.number);
  }
  const Graph& body = node.bodies[static_cast<size_t>(step.number)];
  if (step.kind == Step::kCallOnce) return {};
  std::vector<TensorId> ids = body.inputs;
  ids.insert(ids.end(), body.outputs.begin(), body.outputs.end());
  if (ids.size() != step.operands.size()) {
    return fail("body {} takes and gives {} values, not {}", step.number, ids.size(),
                step.operands.size());
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    if (describe(graph, lowered, step.operands[i]).bytes == body.tensor(ids[i]).bytes()) continue;
    return fail("body {} has '{}', which is {}, for something else", step.number,
                body.tensor(ids[i]).name, type_text(body.tensor(ids[i])));
  }
  return {};
}

Result<void> check_control(const Graph& graph, const Node& node, const LoweredNode& lowered,
                           const Step& step) {
  if (step.kind == Step::kCall || step.kind == Step::kCallOnce) {
    return check_call(graph, node, lowered, step);
  }
  if (!has_label(lowered, step.number)) return fail("has not one label {}", step.number);
  return {};
}

Result<void> check_step(const Graph& graph, const Node& node, const LoweredNode& lowered,
                        const Step& step) {
  const Kernel& kernel = step.kernel->kernel;
  if (step.operands.size() != kernel.operand_count || step.params.size() != kernel.params_bytes) {
    return fail("kernel {} was given {} operands and {} bytes of params; it takes {} and {}",
                step.kernel->name, step.operands.size(), step.params.size(), kernel.operand_count,
                kernel.params_bytes);
  }
  Operand operands[kMaxOperands];
  for (size_t i = 0; i < step.operands.size(); ++i) {
    operands[i] = describe(graph, lowered, step.operands[i]);
    if ((kernel.written >> i & 1) == 0) continue;
    if (operands[i].constant || !writable(graph, node, step.operands[i])) {
      return fail("kernel {} would write to its operand {}, which is {}", step.kernel->name, i,
                  operands[i].constant ? "a constant" : "an input");
    }
  }
  alignas(8) uint8_t params[512];
  if (step.params.size() > sizeof params)
    return fail("params of {} are too big", step.kernel->name);
  std::memcpy(params, step.params.data(), step.params.size());
  if (!kernel.check(params, operands)) {
    return fail("the shapes or parameters lie outside what kernel {} can run", step.kernel->name);
  }
  return {};
}

}  // namespace

Result<LoweredNode> lower_node(const Graph& graph, const Node& node, const Target& target) {
  Lowering lowering(graph, node, target);
  MOTE_CHECK_OK(node.record->lower(lowering));
  LoweredNode lowered = lowering.take();
  for (const Step& step : lowered.steps) {
    MOTE_CHECK_OK(step.kind == Step::kKernel ? check_step(graph, node, lowered, step)
                                             : check_control(graph, node, lowered, step));
  }
  return lowered;
}

size_t label_position(const std::vector<Step>& steps, int number) {
  auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& step) {
    return step.kind == Step::kLabel && step.number == number;
  });
  return static_cast<size_t>(found - steps.begin());
}

}  // namespace mote
