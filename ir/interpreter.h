// SPDX-License-Identifier: Apache-2.0
// The slow truth: runs a graph node by node with reference kernels, every tensor and every scratch
// buffer in memory of its own, every body an interpreter of its own. No planner, no fusion, no
// packing, no image. Every other way of running a model is compared with this one.
#ifndef MOTE_IR_INTERPRETER_H_
#define MOTE_IR_INTERPRETER_H_

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "ir/lowering.h"

namespace mote {

/// A graph made ready to run many times. Its variables keep their values from run to run.
class Interpreter {
 public:
  /// A graph whose variables have their initial values. Errors: a node that its record can't lower,
  /// located; a loop of a CALL_ONCE that doesn't end. REQUIRES: verify(graph) passed; the graph
  /// outlives the interpreter.
  static Result<Interpreter> make(const Graph& graph);

  /// Gives the variables their initial values and runs what is to run once. Errors: as run().
  Result<void> reset();

  /// Runs once. `inputs[i]` are the bytes of graph.inputs[i]. Returns the bytes of graph.outputs.
  /// Errors: a wrong number of inputs or bytes, a loop that takes more turns than it may.
  Result<std::vector<Bytes>> run(const std::vector<Bytes>& inputs);

  /// The value that tensor `id` had in the last run; a constant's own bytes, a variable's present
  /// ones.
  const Bytes& value(TensorId id) const;

 private:
  /// The variables' values by name, shared by a graph and its bodies.
  using State = std::map<std::string, Bytes>;
  /// A node's steps, and an interpreter for each of its bodies.
  struct Prepared {
    LoweredNode lowered;
    std::vector<Interpreter> bodies;
  };

  Interpreter(const Graph& graph, std::shared_ptr<State> state)
      : graph_(&graph), state_(std::move(state)), values_(graph.tensors.size()) {}
  static Result<Interpreter> prepare(const Graph& graph, std::shared_ptr<State> state);
  Result<void> run_node(Prepared& node);
  Result<void> call(Interpreter& body, const Step& step, const std::function<void*(const Value&)>&);
  void* address(const LoweredNode& lowered, std::vector<Bytes>& scratch, const Value& value);

  const Graph* graph_;
  std::shared_ptr<State> state_;
  std::vector<Prepared> nodes_;
  std::vector<Bytes> values_;
};

/// One-off: make() and run().
Result<std::vector<Bytes>> interpret(const Graph& graph, const std::vector<Bytes>& inputs);

/// Whether inputs are as many and as long as the graph wants them.
Result<void> check_inputs(const Graph& graph, const std::vector<Bytes>& inputs);

}  // namespace mote

#endif  // MOTE_IR_INTERPRETER_H_
