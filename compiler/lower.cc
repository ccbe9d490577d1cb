// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower.h"

#include <algorithm>
#include <map>

#include "compiler/planner.h"
#include "ir/verifier.h"
#include "runtime/image.h"

namespace mote {
namespace {

struct Lifetime {
  int first = INT32_MAX;  // step that writes it first; -1 for inputs
  int last = -1;          // step that touches it last
};

/// A tensor or a node's scratch, before it has a place. Buffers that share bytes form a group,
/// whose `leader` carries the group's lifetime beside its own.
struct Shared {
  std::string name;
  TensorId tensor = kAbsent;
  uint32_t bytes = 0;
  Lifetime own;
  Lifetime group;
  size_t leader = 0;
};

class Lowerer {
 public:
  Lowerer(const Graph& graph, const Target& target) : target_(target) { plan_.graph = graph; }

  Result<Plan> run() {
    MOTE_CHECK_OK(lower_nodes());
    make_buffers();
    find_lifetimes();
    share_bytes();
    place_groups();
    MOTE_CHECK_OK(emit());
    return std::move(plan_);
  }

 private:
  const Graph& graph() const { return plan_.graph; }

  struct PendingStep {
    const Step* step;
    size_t node;
    bool dropped = false;
  };

  Result<void> lower_nodes() {
    for (size_t i = 0; i < graph().nodes.size(); ++i) {
      Result<LoweredNode> lowered = lower_node(graph(), graph().nodes[i], target_);
      if (!lowered.ok()) return fail("{}: {}", locate(graph(), i), lowered.error().message);
      lowered_.push_back(*std::move(lowered));
    }
    for (size_t i = 0; i < lowered_.size(); ++i) {
      for (const Step& step : lowered_[i].steps) steps_.push_back({&step, i});
    }
    return {};
  }

  void make_buffers() {
    for (TensorId id = 0; id < static_cast<TensorId>(graph().tensors.size()); ++id) {
      const Tensor& tensor = graph().tensor(id);
      add_buffer(tensor.name, id, static_cast<uint32_t>(tensor.bytes()));
    }
    for (size_t i = 0; i < lowered_.size(); ++i) {
      first_scratch_.push_back(buffers_.size());
      for (uint32_t bytes : lowered_[i].scratch_bytes) {
        add_buffer("scratch of " + locate(graph(), i), kAbsent, bytes);
      }
    }
  }

  void add_buffer(std::string name, TensorId tensor, uint32_t bytes) {
    buffers_.push_back({std::move(name), tensor, bytes, {}, {}, buffers_.size()});
  }

  bool in_arena(const Value& value) const {
    return value.kind == Value::kScratch ||
           (value.kind == Value::kTensor && !graph().tensor(value.index).constant());
  }

  /// REQUIRES: in_arena(value).
  size_t buffer_of(const PendingStep& step, const Value& value) const {
    size_t index = static_cast<size_t>(value.index);
    return value.kind == Value::kTensor ? index : first_scratch_[step.node] + index;
  }
  size_t leader_of(size_t buffer) const {
    while (buffers_[buffer].leader != buffer) buffer = buffers_[buffer].leader;
    return buffer;
  }

  void find_lifetimes() {
    auto touch = [&](size_t buffer, int step) {
      Lifetime& life = buffers_[buffer].own;
      life.first = std::min(life.first, step);
      life.last = std::max(life.last, step);
    };
    for (TensorId id : graph().inputs) touch(static_cast<size_t>(id), -1);
    for (size_t s = 0; s < steps_.size(); ++s) {
      for (const Value& value : steps_[s].step->operands) {
        if (in_arena(value)) touch(buffer_of(steps_[s], value), static_cast<int>(s));
      }
      // Scratch belongs to the whole node: its steps pass values through it.
      for (size_t i = 0; i < lowered_[steps_[s].node].scratch_bytes.size(); ++i) {
        touch(first_scratch_[steps_[s].node] + i, static_cast<int>(s));
      }
    }
    for (TensorId id : graph().outputs)
      touch(static_cast<size_t>(id), static_cast<int>(steps_.size()));
    for (Shared& buffer : buffers_) buffer.group = buffer.own;
  }

  void share_bytes() {
    for (size_t s = 0; s < steps_.size(); ++s) {
      for (const InPlace& pair : steps_[s].step->in_place) {
        if (may_share(s, pair)) share(s, pair);
      }
    }
  }

  bool may_share(size_t s, const InPlace& pair) const {
    const PendingStep& pending = steps_[s];
    const Value& output = pending.step->operands[static_cast<size_t>(pair.output)];
    const Value& input = pending.step->operands[static_cast<size_t>(pair.input)];
    if (!in_arena(output) || !in_arena(input) || output.byte_offset || input.byte_offset) {
      return false;
    }
    size_t out = leader_of(buffer_of(pending, output)), in = leader_of(buffer_of(pending, input));
    if (out == in || buffers_[out].bytes != buffers_[in].bytes) return false;
    if (buffers_[out].group.first != static_cast<int>(s)) return false;
    // A copy only makes a second name for the bytes. Anything else overwrites them, so this step
    // must be the last to read them.
    return pending.step->drop_in_place || buffers_[in].group.last == static_cast<int>(s);
  }

  void share(size_t s, const InPlace& pair) {
    PendingStep& pending = steps_[s];
    auto leader = [&](int operand) {
      return leader_of(buffer_of(pending, pending.step->operands[static_cast<size_t>(operand)]));
    };
    size_t out = leader(pair.output), in = leader(pair.input);
    buffers_[out].leader = in;
    buffers_[in].group.last = std::max(buffers_[in].group.last, buffers_[out].group.last);
    pending.dropped = pending.step->drop_in_place;
  }

  bool alive(size_t buffer) const {
    return buffers_[buffer].own.last >= buffers_[buffer].own.first;
  }

  void place_groups() {
    std::vector<Buffer> groups;
    std::vector<size_t> leaders;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (buffers_[i].leader != i || !alive(i)) continue;
      groups.push_back({buffers_[i].bytes, buffers_[i].group.first, buffers_[i].group.last});
      leaders.push_back(i);
    }
    Placement placement = place(groups, kArenaAlignment);
    plan_.arena_bytes = placement.bytes;
    plan_.arena_lower_bound_bytes = lower_bound_bytes(groups);
    plan_.planner = placement.algorithm;
    offsets_.resize(buffers_.size());
    for (size_t i = 0; i < leaders.size(); ++i) offsets_[leaders[i]] = placement.offsets[i];
    for (size_t i = 0; i < buffers_.size(); ++i) offsets_[i] = offsets_[leader_of(i)];
  }

  /// The constants' offset of `data`, added once however often it is used.
  uint32_t constant_offset(const Bytes& data, DType dtype, const std::string& name) {
    auto found = constant_offsets_.find(data);
    if (found != constant_offsets_.end()) return found->second;
    uint32_t offset = constants_end_;
    plan_.constants.push_back({name, offset, dtype, data});
    uint32_t bytes = static_cast<uint32_t>(data.size());
    constants_end_ = (offset + bytes + kImageAlignment - 1) / kImageAlignment * kImageAlignment;
    constant_offsets_[data] = offset;
    return offset;
  }

  PlanOperand operand(const PendingStep& pending, const Value& value) {
    if (value.kind == Value::kNothing) return {};
    if (in_arena(value)) {
      return {PlanOperand::kArena, offsets_[buffer_of(pending, value)] + value.byte_offset};
    }
    uint32_t offset;
    if (value.kind == Value::kTensor) {
      const Tensor& tensor = graph().tensor(value.index);
      offset = constant_offset(*tensor.data, tensor.dtype, tensor.name);
    } else {
      const Bytes& data = lowered_[pending.node].constants[static_cast<size_t>(value.index)];
      bool words = data.size() % 4 == 0;
      offset = constant_offset(data, words ? DType::kInt32 : DType::kInt8,
                               "packed for " + locate(graph(), pending.node));
    }
    return {PlanOperand::kConstant, offset + value.byte_offset};
  }

  Result<void> emit() {
    std::vector<int> numbers;  // the plan's step number of each pending step
    for (PendingStep& pending : steps_) {
      numbers.push_back(static_cast<int>(plan_.steps.size()));
      if (pending.dropped) continue;
      PlanStep step{pending.step->kernel, pending.step->params, {}, static_cast<int>(pending.node)};
      for (const Value& value : pending.step->operands) {
        step.operands.push_back(operand(pending, value));
      }
      plan_.steps.push_back(std::move(step));
    }
    numbers.push_back(static_cast<int>(plan_.steps.size()));
    for (TensorId id : graph().inputs) plan_.inputs.push_back({id, offset_of(id)});
    for (TensorId id : graph().outputs) {
      if (graph().tensor(id).constant()) {
        return fail("output '{}' is a constant; remove it from the model's outputs",
                    graph().tensor(id).name);
      }
      plan_.outputs.push_back({id, offset_of(id)});
    }
    record_allocations(numbers);
    return check_limits();
  }

  uint32_t offset_of(TensorId id) const { return offsets_[static_cast<size_t>(id)]; }

  void record_allocations(const std::vector<int>& numbers) {
    auto number = [&](int step) { return step < 0 ? -1 : numbers[static_cast<size_t>(step)]; };
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (!alive(i)) continue;
      plan_.allocations.push_back({buffers_[i].name, buffers_[i].tensor, offsets_[i],
                                   buffers_[i].bytes, number(buffers_[i].own.first),
                                   number(buffers_[i].own.last)});
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
    return {};
  }

  const Target& target_;
  Plan plan_;
  std::vector<LoweredNode> lowered_;
  std::vector<PendingStep> steps_;
  std::vector<Shared> buffers_;        // tensors by id, then scratch by node
  std::vector<size_t> first_scratch_;  // per node
  std::vector<uint32_t> offsets_;      // per buffer
  std::map<Bytes, uint32_t> constant_offsets_;
  uint32_t constants_end_ = 0;
};

}  // namespace

Result<Plan> lower(const Graph& graph, const Target& target) {
  return Lowerer(graph, target).run();
}

}  // namespace mote
