// SPDX-License-Identifier: Apache-2.0
// The slow truth: runs a graph node by node with reference kernels, every tensor and every scratch
// buffer in memory of its own. No planner, no fusion, no packing, no image. Every other way of
// running a model is compared with this one.
#ifndef MOTE_IR_INTERPRETER_H_
#define MOTE_IR_INTERPRETER_H_

#include <functional>
#include <vector>

#include "ir/lowering.h"

namespace mote {

/// A graph made ready to run many times.
class Interpreter {
 public:
  /// Errors: a node that its record can't lower, located. REQUIRES: verify(graph) passed; the graph
  /// outlives the interpreter.
  static Result<Interpreter> make(const Graph& graph);

  /// Runs once. `inputs[i]` are the bytes of graph.inputs[i]. Returns the bytes of graph.outputs.
  /// Errors: a wrong number of inputs or bytes.
  Result<std::vector<Bytes>> run(const std::vector<Bytes>& inputs);

  /// The value that tensor `id` had in the last run; a constant's own bytes.
  const Bytes& value(TensorId id) const;

 private:
  explicit Interpreter(const Graph& graph) : graph_(&graph), values_(graph.tensors.size()) {}
  void run_node(const LoweredNode& lowered);
  void* address(const LoweredNode& lowered, std::vector<Bytes>& scratch, const Value& value);

  const Graph* graph_;
  std::vector<LoweredNode> lowered_;
  std::vector<Bytes> values_;
};

/// One-off: make() and run().
Result<std::vector<Bytes>> interpret(const Graph& graph, const std::vector<Bytes>& inputs);

/// Whether inputs are as many and as long as the graph wants them.
Result<void> check_inputs(const Graph& graph, const std::vector<Bytes>& inputs);

}  // namespace mote

#endif  // MOTE_IR_INTERPRETER_H_
