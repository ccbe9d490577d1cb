// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "compiler/tflite/cycles.h"
#include "compiler/tflite/file_checks.h"
#include "compiler/tflite/import.h"
#include "compiler/tflite/operator_codes.h"
#include "compiler/tflite/options.h"
#include "compiler/tflite/stored_weights.h"
#include "compiler/tflite/tensor_reader.h"
#include "compiler/tflite/unsigned_tensors.h"
#include "ir/fold.h"
#include "ir/verifier.h"

namespace mote {
namespace {

using tflite_schema::Model;
using tflite_schema::Operator;
using tflite_schema::SubGraph;

using Ids = flatbuffers::Vector<int32_t>;

/// The variables that resource tensors stand for, by tensor.
using Handles = std::map<TensorId, std::string>;

/// Reads one subgraph. Tensors are read when something first refers to them, so that a message can
/// say who needs the tensor, and tensors that nobody needs can't do harm. Resource tensors are no
/// values: they are followed to the variables that they stand for, and left out.
class SubgraphReader {
 public:
  /// `inputs[i]` is the variable that the caller gives as input i; empty: a value.
  SubgraphReader(tflite::Import& import, uint32_t index, std::vector<std::string> inputs)
      : import_(import),
        model_(import.model),
        index_(index),
        subgraph_(*import.model.subgraphs()->Get(index)),
        weights_(&import.weights_left_bytes),
        given_(std::move(inputs)) {
    size_t tensors = subgraph_.tensors() ? subgraph_.tensors()->size() : 0;
    graph_.tensors.resize(tensors);
    read_.resize(tensors);
    made_by_.resize(tensors, -1);
  }

  Result<Graph> run() {
    if (subgraph_.name()) graph_.name = subgraph_.name()->str();
    if (graph_.name.empty()) graph_.name = fmt::format("subgraph {}", index_);
    bind_inputs();
    MOTE_TRY(graph_.inputs, read_ids(subgraph_.inputs(), "input"));
    MOTE_TRY(auto records,
             tflite::resolve_operators(model_, index_, import_.book, &import_.objections));
    for (uint32_t i = 0; i < records.size(); ++i) {
      Result<void> result = records[i] ? read_operator(i, *records[i]) : read_handle(i);
      if (!result.ok()) return located(i, result.error());
    }
    MOTE_TRY(graph_.outputs, read_ids(subgraph_.outputs(), "output"));
    return std::move(graph_);
  }

  /// The variables that its outputs stand for; empty: values.
  std::vector<std::string> output_handles() const {
    std::vector<std::string> names;
    for (uint32_t i = 0; subgraph_.outputs() && i < subgraph_.outputs()->size(); ++i) {
      names.push_back(handle_of(subgraph_.outputs()->Get(i)));
    }
    return names;
  }

 private:
  void bind_inputs() {
    for (uint32_t i = 0; subgraph_.inputs() && i < subgraph_.inputs()->size(); ++i) {
      if (i < given_.size() && !given_[i].empty()) handles_[subgraph_.inputs()->Get(i)] = given_[i];
    }
  }

  std::string handle_of(TensorId id) const {
    auto found = handles_.find(id);
    return found == handles_.end() ? "" : found->second;
  }

  /// An operator without a record: VAR_HANDLE, or one that `objections` names.
  Result<void> read_handle(uint32_t index) {
    const Operator& op = *subgraph_.operators()->Get(index);
    std::optional<std::string> handle = tflite::handle_name(model_, op);
    if (!handle) return {};
    std::string name = *handle;
    if (name.empty()) return fail("names no variable (shared_name)");
    if (!op.outputs() || op.outputs()->size() != 1) return fail("should have one output");
    TensorId id = op.outputs()->Get(0);
    if (id < 0 || static_cast<size_t>(id) >= read_.size()) {
      return fail("tensor {} doesn't exist, the subgraph has {}", id, read_.size());
    }
    if (read_[static_cast<size_t>(id)]) return fail("gives a tensor that is something else");
    handles_[id] = std::move(name);
    return {};
  }

  /// A handle's tensor becomes the variable, of the type that the operator's other operand has.
  Result<void> read_variable(TensorId id, const Tensor& like) {
    std::string name = handle_of(id);
    if (name.empty()) {
      return fail("needs a variable's handle, from VAR_HANDLE, not tensor {}", id);
    }
    if (read_[static_cast<size_t>(id)]) return {};
    read_[static_cast<size_t>(id)] = true;
    graph_.tensor(id) = import_.variable(name, like);
    return {};
  }

  Error located(uint32_t op, const Error& error) const {
    return fail("{}: {}", tflite::operator_text(model_, subgraph_, op), error.message);
  }

  Result<void> read_tensor(TensorId id) {
    if (id < 0 || static_cast<size_t>(id) >= read_.size()) {
      return fail("tensor {} doesn't exist, the subgraph has {}", id, read_.size());
    }
    if (read_[static_cast<size_t>(id)]) return {};
    read_[static_cast<size_t>(id)] = true;
    const tflite_schema::Tensor& stored = *subgraph_.tensors()->Get(static_cast<uint32_t>(id));
    Result<Tensor> tensor = tflite::read_tensor(stored, import_.constants);
    Result<void> widened = tensor.ok() ? weights_.widen(&*tensor) : tensor.error();
    if (!widened.ok()) {
      return fail("{}: {}", tflite::tensor_text(subgraph_, id), widened.error().message);
    }
    graph_.tensor(id) = *std::move(tensor);
    Tensor& state = graph_.tensor(id);
    if (state.variable) state.name = import_.variable_tensor_name(index_, id, state.name);
    return {};
  }

  /// The subgraph's own inputs or outputs.
  Result<std::vector<TensorId>> read_ids(const Ids* ids, const char* kind) {
    std::vector<TensorId> result;
    for (uint32_t i = 0; ids && i < ids->size(); ++i) {
      if (handles_.count(ids->Get(i))) continue;
      Result<void> read = read_tensor(ids->Get(i));
      if (!read.ok()) return fail("{} {}: {}", kind, i, read.error().message);
      result.push_back(ids->Get(i));
    }
    return result;
  }

  Result<void> read_operator(uint32_t index, const OperatorRecord& record) {
    const Operator& op = *subgraph_.operators()->Get(index);
    MOTE_CHECK_OK(check_extras(op, record));
    Node node{&record, {}, {}, {}};
    std::vector<std::string> handles;  // of each input
    for (uint32_t i = 0; op.inputs() && i < op.inputs()->size(); ++i) {
      TensorId id = op.inputs()->Get(i);
      handles.push_back(handle_of(id));
      bool passed_on = !record.bodies.empty() && !handles.back().empty();
      if (passed_on) continue;
      node.inputs.push_back(id);
      if (id != kAbsent && !takes_handle(record, i)) MOTE_CHECK_OK(read_tensor(id));
    }
    MOTE_CHECK_OK(read_bodies(op, &node, handles));
    MOTE_TRY(node.outputs, read_outputs(op, index, record));
    MOTE_CHECK_OK(read_variables(node));
    MOTE_TRY(node.attributes, tflite::read_options(record, op));
    MOTE_CHECK_OK(weights_.expand_hybrid(&graph_, &node));
    if (tflite::is_float_identity(graph_, node)) {
      graph_.tensor(node.outputs[0]).data = graph_.tensor(node.inputs[0]).data;
      return {};
    }
    if (record.state) MOTE_CHECK_OK(add_state(node));
    MOTE_CHECK_OK(complete_shapes(node));
    MOTE_TRY(bool folded, fold_integers(node));
    if (!folded) graph_.nodes.push_back(std::move(node));
    return {};
  }

  /// Shapes that a model computes from shapes become constants at once, since the operators that
  /// take them need constants.
  Result<bool> fold_integers(const Node& node) {
    constexpr int64_t kMostElements = 1024;
    for (TensorId id : node.outputs) {
      const Tensor& tensor = graph_.tensor(id);
      bool integer = tensor.dtype == DType::kInt32 || tensor.dtype == DType::kInt64;
      if (!integer || tensor.shape.elements() > kMostElements || is_result(id)) return false;
    }
    if (changes_state(node)) return false;
    // What is wrong with the node, and with its bodies, verify() will say.
    if (!node.bodies.empty() || !inputs_known(node) || !verify_node(graph_, node).ok())
      return false;
    return fold_node(graph_, node);
  }

  bool is_result(TensorId id) const {
    const Ids* results = subgraph_.outputs();
    return results && std::find(results->begin(), results->end(), id) != results->end();
  }

  /// Whether each input is the subgraph's own, a constant, or computed by an operator before.
  bool inputs_known(const Node& node) const {
    return std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
      return id == kAbsent || graph_.tensor(id).constant() ||
             made_by_[static_cast<size_t>(id)] >= 0 ||
             std::find(graph_.inputs.begin(), graph_.inputs.end(), id) != graph_.inputs.end();
    });
  }

  /// Adds the variable that the node owns. Where the file has a tensor of that name which nothing
  /// refers to, that is its place, as the writer has left it.
  Result<void> add_state(Node& node) {
    if (node.inputs.size() >= node.record->inputs.size() || node.outputs.empty()) return {};
    MOTE_CHECK_OK(check_given(node));
    MOTE_TRY(Tensor state, make_state(graph_, node));
    TensorId id = find_unused(state.name);
    state.name = import_.variable_tensor_name(index_, id, state.name);
    if (static_cast<size_t>(id) == graph_.tensors.size()) graph_.tensors.emplace_back();
    if (static_cast<size_t>(id) < read_.size()) read_[static_cast<size_t>(id)] = true;
    graph_.tensor(id) = std::move(state);
    node.inputs.push_back(id);
    return {};
  }

  /// What state() may rely on: every input that the file should give is there.
  static Result<void> check_given(const Node& node) {
    size_t needed = node.record->inputs.size() - 1;
    bool absent = std::find(node.inputs.begin(), node.inputs.end(), kAbsent) != node.inputs.end();
    if (node.inputs.size() == needed && !absent) return {};
    return fail("has {} inputs, takes {}", node.inputs.size(), needed);
  }

  /// The tensor of that name that nothing has referred to, or the next new one.
  TensorId find_unused(const std::string& name) const {
    for (uint32_t i = 0; i < read_.size(); ++i) {
      const auto* stored = subgraph_.tensors()->Get(i)->name();
      if (!read_[i] && stored && stored->string_view() == name) return static_cast<TensorId>(i);
    }
    return static_cast<TensorId>(graph_.tensors.size());
  }

  static bool takes_handle(const OperatorRecord& record, size_t input) {
    if (record.inputs.empty()) return false;
    OperandSpec::Variable variable = input_spec(record, input).variable;
    return variable == OperandSpec::kReadHandle || variable == OperandSpec::kWriteHandle;
  }

  /// The variables that the node reads or assigns by handle.
  Result<void> read_variables(const Node& node) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kAbsent || !takes_handle(*node.record, i)) continue;
      TensorId value = !node.outputs.empty() ? node.outputs[0] : node.inputs.back();
      if (value == node.inputs[i] || value == kAbsent) return fail("has no value");
      MOTE_CHECK_OK(read_variable(node.inputs[i], graph_.tensor(value)));
    }
    return {};
  }

  /// Reads the subgraphs that the operator may call; the last inputs are theirs, handles among them
  /// become theirs, and handles that the last one gives back become its outputs.
  Result<void> read_bodies(const Operator& op, Node* node,
                           const std::vector<std::string>& handles) {
    MOTE_TRY(std::vector<uint32_t> indices, tflite::read_bodies(*node->record, op));
    for (uint32_t index : indices) {
      MOTE_CHECK_OK(import_.enter(index));
      const SubGraph& called = *model_.subgraphs()->Get(index);
      size_t inputs = called.inputs() ? called.inputs()->size() : 0;
      auto first = handles.end() - static_cast<std::ptrdiff_t>(std::min(inputs, handles.size()));
      SubgraphReader reader(import_, index, {first, handles.end()});
      Result<Graph> body = reader.run();
      if (!body.ok()) return fail("subgraph {}, {}", index, body.error().message);
      node->bodies.push_back(*std::move(body));
      MOTE_CHECK_OK(take_output_handles(op, reader.output_handles()));
      import_.leave();
    }
    return {};
  }

  /// Outputs of the operator that stand for variables, the same ones whichever body runs.
  Result<void> take_output_handles(const Operator& op, const std::vector<std::string>& names) {
    for (uint32_t i = 0; op.outputs() && i < op.outputs()->size() && i < names.size(); ++i) {
      if (names[i].empty()) continue;
      auto [entry, added] = handles_.try_emplace(op.outputs()->Get(i), names[i]);
      if (entry->second == names[i]) continue;
      return fail("output {} stands for variable '{}' or '{}', which only running could tell", i,
                  entry->second, names[i]);
    }
    return {};
  }

  /// What some operators have besides operands and options, none of them one that mote knows.
  static Result<void> check_extras(const Operator& op, const OperatorRecord& record) {
    // Of an LSTM they are scales that only layer normalisation needs.
    bool scales = record.name == "UNIDIRECTIONAL_SEQUENCE_LSTM";
    if (!scales && op.intermediates() && op.intermediates()->size() > 0) {
      return fail("has intermediate tensors, which mote doesn't support");
    }
    for (uint32_t i = 0; op.mutating_variable_inputs() && i < op.mutating_variable_inputs()->size();
         ++i) {
      bool known =
          !record.inputs.empty() && input_spec(record, i).variable == OperandSpec::kUpdated;
      if (op.mutating_variable_inputs()->Get(i) && !known) {
        return fail("changes its input {}, which mote doesn't support", i);
      }
    }
    return {};
  }

  Result<std::vector<TensorId>> read_outputs(const Operator& op, uint32_t index,
                                             const OperatorRecord& record) {
    std::vector<TensorId> outputs;
    bool none = !op.outputs() || op.outputs()->size() == 0;
    bool needed = !record.outputs.empty() && record.outputs[0].arity != OperandSpec::kAnyNumber;
    if (none && needed) return fail("has no output");
    if (none) return outputs;
    for (TensorId id : *op.outputs()) {
      if (!record.bodies.empty() && handles_.count(id)) continue;
      MOTE_CHECK_OK(read_tensor(id));
      size_t place = outputs.size();
      bool owned =
          place < record.outputs.size() && record.outputs[place].variable == OperandSpec::kOwned;
      if (owned) graph_.tensor(id).variable = false;
      int32_t& maker = made_by_[static_cast<size_t>(id)];
      if (maker >= 0) {
        return fail("{} already has a value, from operator {}", tflite::tensor_text(subgraph_, id),
                    maker);
      }
      maker = static_cast<int32_t>(index);
      outputs.push_back(id);
    }
    return outputs;
  }

  /// Shapes that the file leaves open. If they can't be inferred either, verify() will say why.
  Result<void> complete_shapes(const Node& node) {
    bool complete = true;
    for (TensorId id : node.outputs) complete = complete && !open(id);
    if (complete) return {};
    Result<std::vector<Shape>> shapes = infer_shapes(graph_, node);
    for (size_t i = 0; shapes.ok() && i < shapes->size() && i < node.outputs.size(); ++i) {
      if (!open(node.outputs[i])) continue;
      Result<void> checked = tflite::check_elements((*shapes)[i]);
      if (!checked.ok()) {
        return fail("{}: {}", tflite::tensor_text(subgraph_, node.outputs[i]),
                    checked.error().message);
      }
      graph_.tensor(node.outputs[i]).shape = (*shapes)[i];
    }
    return {};
  }

  bool open(TensorId id) const {
    return tflite::shape_unknown(*subgraph_.tensors()->Get(static_cast<uint32_t>(id))) &&
           !graph_.tensor(id).constant();
  }

  tflite::Import& import_;
  const Model& model_;
  uint32_t index_;
  const SubGraph& subgraph_;
  tflite::StoredWeights weights_;
  std::vector<std::string> given_;
  Handles handles_;
  Graph graph_;
  std::vector<bool> read_;        // tensors that graph_ has
  std::vector<int32_t> made_by_;  // the operator that computes a tensor, or -1
};

/// Adds all operators whose records don't take their operands' types. What has become of the file's
/// operators has other numbers, so they are told by their outputs.
void object_to_types(const Graph& graph, const std::string& place, tflite::Objections* objections) {
  for (const Node& node : graph.nodes) {
    Result<void> types = check_types(graph, node);
    if (!types.ok()) {
      std::string where = fmt::format("{}{}", place, node.record->name);
      if (!node.outputs.empty()) {
        where += fmt::format(" (output {})", tflite::quoted(graph.tensor(node.outputs[0]).name));
      }
      objections->add(std::move(where), node.record->name, types.error().message);
    }
    for (const Graph& body : node.bodies) object_to_types(body, body.name + ", ", objections);
  }
}

Result<Graph> read_subgraph(const Model& model, uint32_t index, const Bytes& file,
                            const OperatorBook& book) {
  tflite::Import import(model, file, book);
  Result<void> entered = import.enter(index);
  if (!entered.ok()) return fail("subgraph {}, {}", index, entered.error().message);
  Result<Graph> graph = SubgraphReader(import, index, {}).run();
  Result<void> read = graph.ok() ? tflite::sign_tensors(&*graph, book) : graph.error();
  if (read.ok()) object_to_types(*graph, "", &import.objections);
  if (!import.objections.empty()) return import.objections.error();
  if (read.ok()) tflite::expand_cycles(&*graph);
  if (read.ok()) read = verify(*graph);
  if (!read.ok()) return fail("subgraph {}, {}", index, read.error().message);
  return graph;
}

std::vector<std::string> signatures_of(const Model& model) {
  std::vector<std::string> names;
  for (uint32_t i = 0; model.signature_defs() && i < model.signature_defs()->size(); ++i) {
    const auto* key = model.signature_defs()->Get(i)->signature_key();
    names.push_back(key ? key->str() : "");
  }
  return names;
}

/// The subgraph that a signature calls.
Result<uint32_t> find_signature(const Model& model, const std::string& signature) {
  if (signature.empty()) return uint32_t{0};
  std::vector<std::string> names = signatures_of(model);
  for (uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] == signature) return model.signature_defs()->Get(i)->subgraph_index();
  }
  if (names.empty()) return fail("has no signatures, so none called '{}'", signature);
  return fail("has no signature '{}'; it has {}", signature, fmt::join(names, ", "));
}

}  // namespace

Result<Graph> read_tflite(const Bytes& file, const std::string& name, const OperatorBook& book,
                          const std::string& signature) {
  Result<const Model*> model = tflite::open_model(file);
  if (!model.ok()) return fail("{}: {}", name, model.error().message);
  Result<uint32_t> index = find_signature(**model, signature);
  if (!index.ok()) return fail("{}: {}", name, index.error().message);
  Result<Graph> graph = read_subgraph(**model, *index, file, book);
  if (!graph.ok()) return fail("{}: {}", name, graph.error().message);
  graph->name = std::filesystem::path(name).stem().string();
  return graph;
}

Result<std::vector<std::string>> tflite_signatures(const Bytes& file, const std::string& name) {
  Result<const Model*> model = tflite::open_model(file);
  if (!model.ok()) return fail("{}: {}", name, model.error().message);
  return signatures_of(**model);
}

}  // namespace mote
