// SPDX-License-Identifier: Apache-2.0
#include "ir/lowering.h"

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
      constant = graph.tensor(value.index).data.get();
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

Result<void> check_step(const Graph& graph, const LoweredNode& lowered, const Step& step) {
  const Kernel& kernel = step.kernel->kernel;
  if (step.operands.size() != kernel.operand_count || step.params.size() != kernel.params_bytes) {
    return fail("kernel {} was given {} operands and {} bytes of params; it takes {} and {}",
                step.kernel->name, step.operands.size(), step.params.size(), kernel.operand_count,
                kernel.params_bytes);
  }
  Operand operands[kMaxOperands];
  for (size_t i = 0; i < step.operands.size(); ++i) {
    operands[i] = describe(graph, lowered, step.operands[i]);
    if ((kernel.written >> i & 1) != 0 && operands[i].constant) {
      return fail("kernel {} would write to its operand {}, which is a constant", step.kernel->name,
                  i);
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
  for (const Step& step : lowered.steps) MOTE_CHECK_OK(check_step(graph, lowered, step));
  return lowered;
}

}  // namespace mote
