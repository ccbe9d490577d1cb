// SPDX-License-Identifier: Apache-2.0
#include "engines/plan_runner.h"

#include <algorithm>
#include <cstring>

#include "base/status.h"
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

Result<void> PlanRunner::reset() {
  return run_steps(0, plan_.init_steps, {});
}

Result<void> PlanRunner::run_steps(int first, int end,
                                   const std::function<void(uint32_t)>& after_step) {
  uint32_t jumps = 0;
  for (int s = first; s != end;) {
    const PlanStep& step = plan_.steps[static_cast<size_t>(s)];
    void* operands[kMaxOperands];
    for (size_t i = 0; i < step.operands.size(); ++i) operands[i] = address(step.operands[i]);
    int next = s + 1;
    if (step.kind == PlanStep::kKernel) {
      step.kernel->kernel.invoke(step.params.data(), operands);
    } else if (step.kind == PlanStep::kJump || *static_cast<uint8_t*>(operands[0]) == 0) {
      next = step.target;
    }
    if (next <= s && jumps++ == plan_.max_jumps) {
      return fail("{}", describe(Status::kTooManyTurns));
    }
    s = next;
    if (after_step) after_step(static_cast<uint32_t>(s));
  }
  return {};
}

Result<std::vector<Bytes>> PlanRunner::run(const std::vector<Bytes>& inputs,
                                           const std::function<void(uint32_t)>& after_step) {
  MOTE_CHECK_OK(check_inputs(plan_.graph, inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::copy(inputs[i].begin(), inputs[i].end(), arena_.data() + plan_.inputs[i].offset);
  }
  int end = static_cast<int>(plan_.steps.size());
  MOTE_CHECK_OK(run_steps(plan_.init_steps, end, after_step));
  std::vector<Bytes> outputs;
  for (const PlanTensor& output : plan_.outputs) {
    const uint8_t* data = arena_.data() + output.offset;
    outputs.emplace_back(data, data + plan_.graph.tensor(output.tensor).bytes());
  }
  return outputs;
}

}  // namespace mote
