// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/reader.h"

#include <algorithm>
#include <filesystem>

#include "compiler/tflite/file_checks.h"
#include "compiler/tflite/operator_codes.h"
#include "compiler/tflite/options.h"
#include "compiler/tflite/stored_weights.h"
#include "compiler/tflite/tensor_reader.h"
#include "ir/fold.h"
#include "ir/verifier.h"

namespace mote {
namespace {

using tflite_schema::Model;
using tflite_schema::Operator;
using tflite_schema::SubGraph;

using Ids = flatbuffers::Vector<int32_t>;

/// Reads one subgraph. Tensors are read when something first refers to them, so that a message can
/// say who needs the tensor, and tensors that nobody needs can't do harm.
class SubgraphReader {
 public:
  SubgraphReader(const Model& model, const SubGraph& subgraph, const Bytes& file)
      : model_(model), subgraph_(subgraph), constants_(model, file) {
    size_t tensors = subgraph.tensors() ? subgraph.tensors()->size() : 0;
    graph_.tensors.resize(tensors);
    read_.resize(tensors);
    made_by_.resize(tensors, -1);
  }

  Result<Graph> run(const OperatorBook& book) {
    MOTE_TRY(graph_.inputs, read_ids(subgraph_.inputs(), "input"));
    MOTE_TRY(auto records, tflite::resolve_operators(model_, subgraph_, book));
    for (uint32_t i = 0; i < records.size(); ++i) {
      Result<void> result = read_operator(i, *records[i]);
      if (!result.ok()) return located(i, result.error());
    }
    MOTE_TRY(graph_.outputs, read_ids(subgraph_.outputs(), "output"));
    return std::move(graph_);
  }

 private:
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
    Result<Tensor> tensor = tflite::read_tensor(stored, constants_);
    Result<void> widened = tensor.ok() ? weights_.widen(&*tensor) : tensor.error();
    if (!widened.ok()) {
      return fail("{}: {}", tflite::tensor_text(subgraph_, id), widened.error().message);
    }
    graph_.tensor(id) = *std::move(tensor);
    return {};
  }

  /// The subgraph's own inputs or outputs.
  Result<std::vector<TensorId>> read_ids(const Ids* ids, const char* kind) {
    std::vector<TensorId> result;
    for (uint32_t i = 0; ids && i < ids->size(); ++i) {
      Result<void> read = read_tensor(ids->Get(i));
      if (!read.ok()) return fail("{} {}: {}", kind, i, read.error().message);
      result.push_back(ids->Get(i));
    }
    return result;
  }

  Result<void> read_operator(uint32_t index, const OperatorRecord& record) {
    const Operator& op = *subgraph_.operators()->Get(index);
    MOTE_CHECK_OK(check_extras(op));
    Node node{&record, {}, {}, {}};
    for (uint32_t i = 0; op.inputs() && i < op.inputs()->size(); ++i) {
      node.inputs.push_back(op.inputs()->Get(i));
      if (node.inputs.back() != kAbsent) MOTE_CHECK_OK(read_tensor(node.inputs.back()));
    }
    MOTE_TRY(node.outputs, read_outputs(op, index));
    MOTE_TRY(node.attributes, tflite::read_options(record, op));
    MOTE_CHECK_OK(weights_.expand_hybrid(&graph_, &node));
    if (tflite::is_float_identity(graph_, node)) {
      graph_.tensor(node.outputs[0]).data = graph_.tensor(node.inputs[0]).data;
      return {};
    }
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
    // What is wrong with the node, verify() will say.
    if (!inputs_known(node) || !verify_node(graph_, node).ok()) return false;
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

  /// What some operators have besides operands and options, none of them one that mote knows.
  static Result<void> check_extras(const Operator& op) {
    if (op.intermediates() && op.intermediates()->size() > 0) {
      return fail("has intermediate tensors, which mote doesn't support");
    }
    for (uint32_t i = 0; op.mutating_variable_inputs() && i < op.mutating_variable_inputs()->size();
         ++i) {
      if (op.mutating_variable_inputs()->Get(i)) {
        return fail("changes its input {}, which mote doesn't support", i);
      }
    }
    return {};
  }

  Result<std::vector<TensorId>> read_outputs(const Operator& op, uint32_t index) {
    std::vector<TensorId> outputs;
    if (!op.outputs() || op.outputs()->size() == 0) return fail("has no output");
    for (TensorId id : *op.outputs()) {
      MOTE_CHECK_OK(read_tensor(id));
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

  const Model& model_;
  const SubGraph& subgraph_;
  tflite::Constants constants_;
  tflite::StoredWeights weights_;
  Graph graph_;
  std::vector<bool> read_;        // tensors that graph_ has
  std::vector<int32_t> made_by_;  // the operator that computes a tensor, or -1
};

Result<Graph> read_subgraph(const Model& model, const Bytes& file, const OperatorBook& book) {
  MOTE_TRY(Graph graph, SubgraphReader(model, *model.subgraphs()->Get(0), file).run(book));
  MOTE_CHECK_OK(verify(graph));
  return graph;
}

}  // namespace

Result<Graph> read_tflite(const Bytes& file, const std::string& name, const OperatorBook& book) {
  Result<const Model*> model = tflite::open_model(file);
  if (!model.ok()) return fail("{}: {}", name, model.error().message);
  Result<Graph> graph = read_subgraph(**model, file, book);
  if (!graph.ok()) return fail("{}: subgraph 0, {}", name, graph.error().message);
  graph->name = std::filesystem::path(name).stem().string();
  return graph;
}

}  // namespace mote
