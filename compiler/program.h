// SPDX-License-Identifier: Apache-2.0
// A graph on its way to a plan: one list of steps, with the bodies of control flow in their places
// and jumps between steps, over buffers that have no addresses yet. flatten.cc makes it,
// share_bytes.cc lets buffers share memory, lower.cc places them.
#ifndef MOTE_COMPILER_PROGRAM_H_
#define MOTE_COMPILER_PROGRAM_H_

#include "ir/lowering.h"

namespace mote {

struct Lifetime {
  int first = INT32_MAX;  // step that writes it first; -1 for inputs
  int last = -1;          // step that touches it last; the number of steps for outputs
};

/// A tensor, a variable or a node's scratch, before it has a place. Buffers that share bytes form a
/// group, whose leader carries the group's lifetime beside its own.
struct ProgramBuffer {
  std::string name;
  TensorId tensor = kAbsent;  // of the graph; kAbsent for scratch, variables and tensors of bodies
  uint32_t bytes = 0;
  bool state = false;      // lives for ever
  bool is_output = false;  // this or one of its group is an output of the model
  Lifetime own = {};
  Lifetime group = {};
  size_t leader = 0;  // itself, or on the way to it

  bool alive() const { return own.last >= own.first; }
};

struct ProgramConstant {
  std::string name;
  DType dtype = DType::kInt8;
  std::shared_ptr<const Bytes> data;
};

struct ProgramStep {
  /// A kernel call, jump or branch. Values of kind kTensor are buffers, of kind kConstant are the
  /// program's; a jump's number is the step that it goes to.
  Step step;
  int node = 0;       // the graph's node that it belongs to, with all of its bodies
  std::string where;  // in a body: which operator of it
  int region = 0;     // steps of one region run one after the other or not at all
  bool dropped = false;
};

/// Steps that may run several times, both ends included.
struct Loop {
  int first = 0, last = 0;
};

struct Program {
  std::vector<ProgramBuffer> buffers;
  std::vector<ProgramConstant> constants;
  std::vector<ProgramStep> steps;  // first what a reset runs, then what a run runs
  int init_steps = 0;
  std::vector<Loop> loops;
  std::vector<size_t> inputs, outputs;  // buffers
  uint32_t max_jumps = 0;               // the most backward jumps of a run or of a reset

  bool is_buffer(const Value& value) const { return value.kind == Value::kTensor; }
  /// The leader of the value's group. REQUIRES: is_buffer(value).
  size_t leader_of(const Value& value) const {
    size_t buffer = static_cast<size_t>(value.index);
    while (buffers[buffer].leader != buffer) buffer = buffers[buffer].leader;
    return buffer;
  }
};

/// The graph's steps. Errors: what a record refuses, located; an output that is a constant; more
/// steps than an image holds.
Result<Program> flatten(const Graph& graph, const Target& target);

/// Finds when each buffer lives, and lets buffers share their bytes: the result of an operator
/// that may run in place with its input, and both sides of a copy that nobody misses.
void share_bytes(Program& program);

}  // namespace mote

#endif  // MOTE_COMPILER_PROGRAM_H_
