// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower.h"

#include <algorithm>
#include <map>

#include "compiler/planner.h"
#include "compiler/program.h"
#include "runtime/image.h"

namespace mote {
namespace {

uint64_t aligned(uint64_t bytes) {
  return (bytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
}

uint32_t saturated(uint64_t bytes) {
  return static_cast<uint32_t>(std::min<uint64_t>(bytes, UINT32_MAX));
}

/// Gives a program's buffers and constants their addresses.
class Placer {
 public:
  Placer(const Graph& graph, Program program) : program_(std::move(program)) {
    plan_.graph = graph;
  }

  Result<Plan> run() {
    place_groups();
    emit_steps();
    for (size_t i = 0; i < program_.inputs.size(); ++i) {
      plan_.inputs.push_back({plan_.graph.inputs[i], offsets_[program_.inputs[i]]});
    }
    for (size_t i = 0; i < program_.outputs.size(); ++i) {
      plan_.outputs.push_back({plan_.graph.outputs[i], offsets_[program_.outputs[i]]});
    }
    record_allocations();
    MOTE_CHECK_OK(check_limits());
    return std::move(plan_);
  }

 private:
  int step_count() const { return static_cast<int>(program_.steps.size()); }
  size_t leader_of(size_t buffer) const {
    return program_.leader_of({Value::kTensor, static_cast<int32_t>(buffer)});
  }
  bool leads(size_t buffer) const {
    return program_.buffers[buffer].leader == buffer && program_.buffers[buffer].alive();
  }

  /// Puts all variables side by side at the start of the arena. They live for ever, so no other
  /// place could leave more room for the rest.
  uint64_t place_state() {
    uint64_t bytes = 0;
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      if (!leads(i) || !program_.buffers[i].state) continue;
      offsets_[i] = saturated(bytes);
      bytes += aligned(program_.buffers[i].bytes);
    }
    return bytes;
  }

  void place_groups() {
    offsets_.resize(program_.buffers.size());
    uint64_t state_bytes = place_state();
    std::vector<Buffer> groups;
    std::vector<size_t> leaders;
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      const ProgramBuffer& buffer = program_.buffers[i];
      if (!leads(i) || buffer.state) continue;
      groups.push_back({buffer.bytes, buffer.group.first, buffer.group.last});
      leaders.push_back(i);
    }
    Placement placement = place(groups, kArenaAlignment);
    plan_.state_bytes = saturated(state_bytes);
    plan_.arena_bytes = saturated(state_bytes + placement.bytes);
    plan_.arena_lower_bound_bytes = saturated(state_bytes + lower_bound_bytes(groups));
    plan_.planner = placement.algorithm;
    for (size_t i = 0; i < leaders.size(); ++i) {
      offsets_[leaders[i]] = saturated(state_bytes + placement.offsets[i]);
    }
    for (size_t i = 0; i < offsets_.size(); ++i) offsets_[i] = offsets_[leader_of(i)];
  }

  /// The constants' offset of `data`, added once however often it is used.
  uint32_t constant_offset(const ProgramConstant& constant) {
    auto found = constant_offsets_.find(*constant.data);
    if (found != constant_offsets_.end()) return found->second;
    uint32_t offset = constants_end_;
    plan_.constants.push_back({constant.name, offset, constant.dtype, *constant.data});
    uint32_t bytes = static_cast<uint32_t>(constant.data->size());
    constants_end_ = (offset + bytes + kImageAlignment - 1) / kImageAlignment * kImageAlignment;
    constant_offsets_[*constant.data] = offset;
    return offset;
  }

  PlanOperand operand(const Value& value) {
    size_t index = static_cast<size_t>(value.index);
    switch (value.kind) {
      case Value::kTensor:
        return {PlanOperand::kArena, offsets_[index] + value.byte_offset};
      case Value::kConstant:
        return {PlanOperand::kConstant,
                constant_offset(program_.constants[index]) + value.byte_offset};
      default:
        return {};
    }
  }

  void emit_steps() {
    for (const ProgramStep& step : program_.steps) {
      numbers_.push_back(static_cast<int>(plan_.steps.size()));
      if (step.dropped) continue;
      PlanStep emitted{step.step.kernel, step.step.params, {}, step.node};
      for (const Value& value : step.step.operands) emitted.operands.push_back(operand(value));
      if (step.step.kind != Step::kKernel) {
        emitted.kind = step.step.kind == Step::kJump ? PlanStep::kJump : PlanStep::kBranchIfFalse;
        emitted.target = step.step.number;  // as long as later steps have no numbers
      }
      emitted.where = step.where;
      plan_.steps.push_back(std::move(emitted));
    }
    numbers_.push_back(static_cast<int>(plan_.steps.size()));
    for (PlanStep& step : plan_.steps) {
      if (step.kind != PlanStep::kKernel) step.target = number(step.target);
    }
    plan_.init_steps = number(program_.init_steps);
    plan_.max_jumps = program_.max_jumps;
  }

  /// The plan's number of a step of the program.
  int number(int step) const { return step < 0 ? -1 : numbers_[static_cast<size_t>(step)]; }

  void record_allocations() {
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      const ProgramBuffer& buffer = program_.buffers[i];
      if (!buffer.alive()) continue;
      plan_.allocations.push_back({buffer.name, buffer.tensor, offsets_[i], buffer.bytes,
                                   number(buffer.own.first), number(buffer.own.last),
                                   buffer.state});
    }
  }

  Result<void> check_limits() const {
    if (plan_.kernels().size() > kMaxKernels) {
      return fail("the model calls {} different kernels, an image holds {}", plan_.kernels().size(),
                  kMaxKernels);
    }
    if (plan_.arena_bytes >= kConstantOperand) {
      return fail("the model needs an arena of {} bytes or more, an image addresses less than {}",
                  plan_.arena_bytes, kConstantOperand);
    }
    if (plan_.steps.size() > UINT16_MAX) {
      return fail("the model has {} steps, an image holds {}", plan_.steps.size(), UINT16_MAX);
    }
    auto jumps = std::count_if(plan_.steps.begin(), plan_.steps.end(),
                               [](const PlanStep& step) { return step.kind != PlanStep::kKernel; });
    if (jumps > static_cast<std::ptrdiff_t>(kMaxJumpSteps)) {
      return fail("the model's control flow takes {} jumps and branches, an image holds {}", jumps,
                  kMaxJumpSteps);
    }
    return {};
  }

  Program program_;
  Plan plan_;
  std::vector<uint32_t> offsets_;  // per buffer
  std::vector<int> numbers_;       // the plan's step number of each step of the program
  std::map<Bytes, uint32_t> constant_offsets_;
  uint32_t constants_end_ = 0;
};

}  // namespace

Result<Plan> lower(const Graph& graph, const Target& target) {
  MOTE_TRY(Program program, flatten(graph, target));
  share_bytes(program);
  return Placer(graph, std::move(program)).run();
}

}  // namespace mote
