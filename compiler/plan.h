// SPDX-License-Identifier: Apache-2.0
// The plan: what a graph becomes once everything is decided. A flat list of kernel calls whose
// operands are addresses in one arena or in one block of constants, with jumps between them where
// the model has control flow. The image writer, the C++ writer, the drawing and the profiler all
// read this struct, so both forms of a model give the same bits.
#ifndef MOTE_COMPILER_PLAN_H_
#define MOTE_COMPILER_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/kernel_info.h"

namespace mote {

/// Where an operand points: byte `offset` of the arena or of the constants, or nowhere.
struct PlanOperand {
  enum Space : uint8_t { kNothing, kArena, kConstant } space = kNothing;
  uint32_t offset = 0;
  bool operator==(const PlanOperand&) const = default;
};

struct PlanStep {
  enum Kind : uint8_t {
    kKernel,
    kJump,           // to step `target`
    kBranchIfFalse,  // to step `target` if the byte at operand 0 is 0
  };
  const KernelInfo* kernel = nullptr;  // null for jumps
  Bytes params;
  std::vector<PlanOperand> operands;
  int node = 0;  // index of the graph's node that it computes, with all of the node's bodies
  Kind kind = kKernel;
  int target = 0;          // may be the number of steps: the end
  std::string where = {};  // in a body, or for an initial value: what it is
};

/// A piece of the constants; `name` says what it is, for listings.
struct PlanConstant {
  std::string name;
  uint32_t offset = 0;
  DType dtype = DType::kInt8;  // how the C++ writer spells its elements
  Bytes data;
};

/// A buffer's place in the arena and in time, for drawing and for verify's bisection.
struct Allocation {
  std::string name;           // the tensor, or "scratch of …"
  TensorId tensor = kAbsent;  // kAbsent for scratch, state and tensors of bodies
  uint32_t offset = 0;
  uint32_t bytes = 0;
  int first_step = 0;  // -1: before the first step (a model input)
  int last_step = 0;   // number of steps: after the last one (a model output)
  bool state = false;  // a variable: lives from reset to reset
};

struct PlanTensor {
  TensorId tensor = kAbsent;
  uint32_t offset = 0;  // in the arena
};

struct Plan {
  Graph graph;  // as it was lowered
  /// First `init_steps` that a reset runs, then those that a run runs.
  std::vector<PlanStep> steps;
  int init_steps = 0;
  uint32_t max_jumps = 0;  // the most backward jumps of a run or of a reset
  /// The first bytes of the arena, which are kept from one run to the next.
  uint32_t state_bytes = 0;
  std::vector<PlanConstant> constants;
  std::vector<Allocation> allocations;
  std::vector<PlanTensor> inputs, outputs;  // as graph.inputs, graph.outputs
  uint32_t arena_bytes = 0;
  uint32_t arena_lower_bound_bytes = 0;  // no placement of these buffers in this order takes less
  std::string planner;                   // the algorithm whose placement was kept
  bool weights_in_ram = false;           // firmware copies its constants there when it starts

  uint32_t constants_bytes() const;
  /// Whether a run may leave the order of the list.
  bool has_jumps() const;
  /// The kernels that the steps call, each once, in order of first use.
  std::vector<const KernelInfo*> kernels() const;
};

}  // namespace mote

#endif  // MOTE_COMPILER_PLAN_H_
