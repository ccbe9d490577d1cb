// SPDX-License-Identifier: Apache-2.0
// Two graphs as one: what the first gives is what the second takes.
#include "compiler/passes/passes.h"
#include "ir/verifier.h"
#include "ops/book.h"
#include "train/features/front_end.h"
#include "train/quantize/values.h"

namespace mote::train {
namespace {

TensorId add(Graph& graph, Tensor tensor) {
  graph.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph.tensors.size()) - 1;
}

/// The front end's output in the shape, type and scale that the network takes.
TensorId adapt(Graph& graph, TensorId from, const Tensor& wanted) {
  if (graph.tensor(from).shape != wanted.shape) {
    Tensor dims;
    dims.name = wanted.name + "/shape";
    dims.dtype = DType::kInt32;
    dims.shape = Shape(wanted.shape.rank);
    dims.data = quantize::bytes_of_values(
        std::vector<int32_t>(wanted.shape.dims, wanted.shape.dims + wanted.shape.rank));
    Tensor shaped = graph.tensor(from);
    shaped.name += "/shaped";
    shaped.shape = wanted.shape;
    TensorId second = add(graph, std::move(dims)), to = add(graph, std::move(shaped));
    graph.nodes.push_back({&reshape_record(), {from, second}, {to}, {}});
    from = to;
  }
  const Tensor& has = graph.tensor(from);
  if (has.dtype == wanted.dtype && has.quantization == wanted.quantization) return from;
  Tensor converted = wanted;
  converted.name = wanted.name + "/converted";
  TensorId to = add(graph, std::move(converted));
  const OperatorRecord& record =
      wanted.dtype == DType::kFloat32 ? dequantize_record() : quantize_record();
  graph.nodes.push_back({&record, {from}, {to}, {}});
  return to;
}

}  // namespace

Result<Graph> join(const Graph& front_end, const Graph& network) {
  if (front_end.outputs.size() != 1 || network.inputs.size() != 1) {
    return fail("a front end has one output ({}) and a network one input ({})",
                front_end.outputs.size(), network.inputs.size());
  }
  const Tensor& given = front_end.tensor(front_end.outputs[0]);
  const Tensor& wanted = network.tensor(network.inputs[0]);
  if (given.shape.elements() != wanted.shape.elements()) {
    return fail("the front end gives {}, the network takes {}", type_text(given),
                type_text(wanted));
  }
  Graph graph = front_end;
  graph.name = network.name;
  TensorId features = adapt(graph, front_end.outputs[0], wanted);
  const auto first = static_cast<TensorId>(graph.tensors.size());
  for (const Tensor& tensor : network.tensors) graph.tensors.push_back(tensor);
  auto moved = [&](TensorId id) {
    if (id == kAbsent) return id;
    return id == network.inputs[0] ? features : first + id;
  };
  for (Node node : network.nodes) {
    for (TensorId& id : node.inputs) id = moved(id);
    for (TensorId& id : node.outputs) id = moved(id);
    graph.nodes.push_back(std::move(node));
  }
  graph.outputs.clear();
  for (TensorId id : network.outputs) graph.outputs.push_back(moved(id));
  MOTE_CHECK_OK(compact_tensors(graph));
  Result<void> fine = verify(graph);
  if (!fine.ok()) return fail("joined to its front end: {}", fine.error().message);
  return graph;
}

}  // namespace mote::train
