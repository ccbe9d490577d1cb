// SPDX-License-Identifier: Apache-2.0
// The operator record: all that the host knows of one operator, in one constant. Importers, the
// verifier, the interpreter, lowering, the generic test suites and the coverage table read records;
// none of them knows an operator by name. Records live in ops/<family>/<family>.op.cc.
#ifndef MOTE_IR_RECORD_H_
#define MOTE_IR_RECORD_H_

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote {

class Lowering;
class NodeView;
struct KernelInfo;

/// An operand's place: its role in messages, whether it may be absent or repeat to the end (at
/// least once, or any number of times), and whether it takes a variable, which nothing else may. A
/// .tflite file has variables in two forms: resources, which are read and assigned by handle, and
/// variable tensors, which an operator changes where they are.
struct OperandSpec {
  const char* name;
  enum Arity : uint8_t { kOne, kOptional, kVariadic, kAnyNumber } arity = kOne;
  /// kOwned: the operator's own state, its last input. .tflite files don't have it: the record's
  /// state() says what it is, the reader adds it and the writer leaves it out. An output of this
  /// kind is a value, which .tflite files mark as a variable tensor, because it is the state there.
  enum Variable : uint8_t { kNone, kReadHandle, kWriteHandle, kUpdated, kOwned } variable = kNone;
};

/// One attribute: its name is the field of the TFLite options table, which is how the .tflite
/// reader and writer find it.
struct AttributeSpec {
  const char* name;
  Attribute fallback;  // the value where the model gives none; fixes the type
  int64_t low = INT64_MIN, high = INT64_MAX;   // for integers
  std::vector<std::string_view> choices = {};  // for strings: the allowed values
};

/// One row of what an operator accepts: element types of inputs and outputs, in order. An absent
/// optional input matches anything; the last input type repeats for a variadic operand. A record
/// without rows takes any types that its check() does.
struct TypeRow {
  std::vector<DType> inputs;
  std::vector<DType> outputs;
};

struct OperatorRecord {
  std::string_view name;                 // TFLite's builtin name, "CONV_2D"
  int max_version = 1;                   // the newest TFLite operator version whose meaning this is
  std::string_view tflite_options = {};  // the options table, "Conv2DOptions"; empty: none
  std::vector<OperandSpec> inputs;
  std::vector<OperandSpec> outputs;
  std::vector<AttributeSpec> attributes = {};
  /// The bodies that a node has, by the field of the options table that holds a subgraph's number:
  /// "then_subgraph_index".
  std::vector<const char*> bodies = {};
  std::vector<TypeRow> types = {};
  std::vector<const KernelInfo*> kernels;  // all that lower() may call

  /// Shapes of the outputs. Runs after arity, attributes and types were checked; input shapes are
  /// known. Errors: shapes that don't go together.
  Result<std::vector<Shape>> (*infer)(const NodeView&);
  /// The quantisation rule and all else that infer() doesn't say; null: per-tensor quantised int8
  /// operands suffice. Errors name the operand.
  Result<void> (*check)(const NodeView&) = nullptr;
  /// The variable that the node owns (type, shape, initial value), for records whose last input is
  /// kOwned. Runs before that input is there. Errors: attributes or shapes that give none.
  Result<Tensor> (*state)(const NodeView&) = nullptr;
  /// Emits the steps that compute the node.
  Result<void> (*lower)(Lowering&);
  /// Multiply-accumulates of one execution, counted as MLPerf Tiny does (padding included);
  /// null: none.
  int64_t (*macs)(const NodeView&) = nullptr;
  /// Single-operator graphs that cover the record: the same seed gives the same graphs.
  std::vector<Graph> (*cases)(std::mt19937& random);
};

/// What input i is to the operator; the last one repeats for a variadic operand.
const OperandSpec& input_spec(const OperatorRecord& record, size_t i);
/// Whether the node, or a node in its bodies, reads or changes a variable: what it computes depends
/// on more than its inputs.
bool touches_state(const Graph& graph, const Node& node);
/// Whether it changes one: it must run even if nobody uses its results.
bool changes_state(const Node& node);

/// The variable that the node owns, made for it: its name is that of the node's first output and
/// "/state". REQUIRES: node.record->state.
Result<Tensor> make_state(const Graph& graph, const Node& node);

/// All records, as ops/book.h lists them.
using OperatorBook = std::vector<const OperatorRecord*>;
/// The record of that name, or null.
const OperatorRecord* find_record(const OperatorBook& book, std::string_view name);

/// A node with its tensors and attributes at hand: the argument of a record's functions.
class NodeView {
 public:
  NodeView(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  const Graph& graph() const { return graph_; }
  const Node& node() const { return node_; }
  int input_count() const { return static_cast<int>(node_.inputs.size()); }
  int output_count() const { return static_cast<int>(node_.outputs.size()); }
  bool has_input(int i) const {
    return i < input_count() && node_.inputs[static_cast<size_t>(i)] != kAbsent;
  }
  /// REQUIRES: has_input(i).
  const Tensor& input(int i) const { return graph_.tensor(node_.inputs[static_cast<size_t>(i)]); }
  const Tensor& output(int i = 0) const {
    return graph_.tensor(node_.outputs[static_cast<size_t>(i)]);
  }
  const Graph& body(int i) const { return node_.bodies[static_cast<size_t>(i)]; }

  /// Attributes by name. REQUIRES: the record declares it with this type.
  bool flag(const char* name) const;
  int32_t integer(const char* name) const;
  float real(const char* name) const;
  const std::string& choice(const char* name) const;
  const std::vector<int64_t>& integers(const char* name) const;

  /// "input 1 (filter) 'conv1/w' int8[8,3,3,4]", for messages.
  std::string input_text(int i) const;
  std::string output_text(int i = 0) const;

 private:
  const Attribute& attribute(const char* name) const;

  const Graph& graph_;
  const Node& node_;
};

}  // namespace mote

#endif  // MOTE_IR_RECORD_H_
