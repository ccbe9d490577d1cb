// SPDX-License-Identifier: Apache-2.0
// From a node to kernel calls. A record's lower() describes, through a Lowering, the steps that
// compute its node: a kernel, its params and its operands (the node's tensors, new constants such
// as packed weights, scratch). Control flow adds steps that run one of the node's bodies and jumps
// between steps. Addresses come later: the interpreter gives every tensor memory of its own, the
// planner packs them into one arena.
#ifndef MOTE_IR_LOWERING_H_
#define MOTE_IR_LOWERING_H_

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "ir/kernel_info.h"
#include "ir/record.h"
#include "ir/target.h"

namespace mote {

/// What a step's operand points to: a tensor of the graph, a constant or scratch buffer that the
/// lowering made (numbered within its node), or nothing (a null pointer).
struct Value {
  enum Kind : uint8_t { kNothing, kTensor, kConstant, kScratch } kind = kNothing;
  int32_t index = 0;
  uint32_t byte_offset = 0;

  /// The same buffer `bytes` further on.
  Value at(uint32_t bytes) const { return {kind, index, byte_offset + bytes}; }
  bool operator==(const Value&) const = default;
};

/// Operand `output` may live in the same bytes as operand `input` if nobody reads `input` later.
struct InPlace {
  int output;
  int input;
};

/// One kernel call, or a step of control flow.
struct Step {
  enum Kind : uint8_t {
    kKernel,
    kLabel,          // where label `number` is
    kJump,           // to label `number`; backwards at most `limit` times in one run of the node
    kBranchIfFalse,  // to label `number` if the first byte of operand 0 is 0
    kCall,           // runs body `number`; operands: its inputs, then its outputs
    kCallOnce,       // runs body `number` in each reset and at no other time
  };
  const KernelInfo* kernel = nullptr;
  Bytes params;
  std::vector<Value> operands;
  std::vector<InPlace> in_place;
  bool drop_in_place = false;  // a plain copy: nothing to do once its operands share their bytes
  Kind kind = kKernel;
  int number = 0;
  uint32_t limit = 0;
};

/// A node's steps with the buffers that belong to it alone.
struct LoweredNode {
  std::vector<Step> steps;
  std::vector<Bytes> constants;
  std::vector<uint32_t> scratch_bytes;
};

class Lowering : public NodeView {
 public:
  Lowering(const Graph& graph, const Node& node, const Target& target)
      : NodeView(graph, node), target_(target) {}

  const Target& target() const { return target_; }

  /// The node's own operands; nothing() for an absent optional input.
  Value in(int i) const {
    return has_input(i) ? Value{Value::kTensor, node().inputs[static_cast<size_t>(i)]} : Value{};
  }
  Value out(int i = 0) const { return {Value::kTensor, node().outputs[static_cast<size_t>(i)]}; }
  static Value nothing() { return {}; }

  /// A new constant, aligned to 16 bytes in the plan.
  template <typename T>
  Value constant(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    Bytes bytes(values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    lowered_.constants.push_back(std::move(bytes));
    return {Value::kConstant, static_cast<int32_t>(lowered_.constants.size()) - 1};
  }
  /// Memory that lives during this node's steps only.
  Value scratch(uint32_t bytes) {
    lowered_.scratch_bytes.push_back(bytes);
    return {Value::kScratch, static_cast<int32_t>(lowered_.scratch_bytes.size()) - 1};
  }

  /// Appends a call of `kernel`; the reference is valid until the next call.
  /// REQUIRES: params are the kernel's, operands as many as it takes.
  template <typename Params>
  Step& emit(const KernelInfo& kernel, const Params& params, std::vector<Value> operands) {
    Bytes bytes(sizeof params);
    std::memcpy(bytes.data(), &params, sizeof params);
    return emit({&kernel, std::move(bytes), std::move(operands), {}, false});
  }

  Step& emit(Step step) {
    lowered_.steps.push_back(std::move(step));
    return lowered_.steps.back();
  }

  /// Control flow. A label is made, used by jumps and placed once, in any order.
  int label() { return labels_++; }
  void place(int label) { control(Step::kLabel, label, {}); }
  void jump(int label, uint32_t limit = 0) { control(Step::kJump, label, {}).limit = limit; }
  void branch_if_false(Value condition, int label) {
    control(Step::kBranchIfFalse, label, {condition});
  }
  /// `values`: what the body's inputs are, then where its outputs go. REQUIRES: as many as it has.
  void call(int body, std::vector<Value> values) { control(Step::kCall, body, std::move(values)); }
  void call_once(int body) { control(Step::kCallOnce, body, {}); }

  LoweredNode take() { return std::move(lowered_); }

 private:
  Step& control(Step::Kind kind, int number, std::vector<Value> operands) {
    Step step;
    step.kind = kind;
    step.number = number;
    step.operands = std::move(operands);
    return emit(std::move(step));
  }

  const Target& target_;
  LoweredNode lowered_;
  int labels_ = 0;
};

/// The position among the steps of label `number`. REQUIRES: lower_node() made them.
size_t label_position(const std::vector<Step>& steps, int number);

/// Runs the node's record and holds what it emitted against the kernels' own checks. Errors: the
/// record's own, or a step that doesn't fit its operands (a bug of the record, reported, not run).
Result<LoweredNode> lower_node(const Graph& graph, const Node& node, const Target& target);

}  // namespace mote

#endif  // MOTE_IR_LOWERING_H_
