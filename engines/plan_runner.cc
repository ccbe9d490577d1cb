// SPDX-License-Identifier: Apache-2.0
#include "engines/plan_runner.h"

#include <algorithm>
#include <cstring>

#include "ir/interpreter.h"

namespace mote {

PlanRunner::PlanRunner(const Plan& plan)
    : plan_(plan), arena_(plan.arena_bytes), constants_(plan.constants_bytes()) {
  for (const PlanConstant& constant : plan.constants) {
    std::copy(constant.data.begin(), constant.data.end(), constants_.data() + constant.offset);
  }
}

void* PlanRunner::address(const PlanOperand& operand) {
  switch (operand.space) {
    case PlanOperand::kArena:
      return arena_.data() + operand.offset;
    case PlanOperand::kConstant:
      return constants_.data() + operand.offset;
    case PlanOperand::kNothing:
      break;
  }
  return nullptr;
}

Result<std::vector<Bytes>> PlanRunner::run(const std::vector<Bytes>& inputs,
                                           const std::function<void(uint32_t)>& after_step) {
  MOTE_CHECK_OK(check_inputs(plan_.graph, inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::copy(inputs[i].begin(), inputs[i].end(), arena_.data() + plan_.inputs[i].offset);
  }
  for (size_t s = 0; s < plan_.steps.size(); ++s) {
    const PlanStep& step = plan_.steps[s];
    void* operands[kMaxOperands];
    for (size_t i = 0; i < step.operands.size(); ++i) operands[i] = address(step.operands[i]);
    step.kernel->kernel.invoke(step.params.data(), operands);
    if (after_step) after_step(static_cast<uint32_t>(s));
  }
  std::vector<Bytes> outputs;
  for (const PlanTensor& output : plan_.outputs) {
    const uint8_t* data = arena_.data() + output.offset;
    outputs.emplace_back(data, data + plan_.graph.tensor(output.tensor).bytes());
  }
  return outputs;
}

}  // namespace mote
