// SPDX-License-Identifier: Apache-2.0
#include "ops/book.h"
#include "train/quantize/quantize.h"

namespace mote::quantize {
namespace {

/// A float32 tensor in the place of `id`, which is "…/quantized" from now on.
TensorId add_outside(Graph* graph, TensorId id) {
  Tensor real = graph->tensor(id);
  real.dtype = DType::kFloat32;
  real.quantization = {};
  graph->tensor(id).name += "/quantized";
  graph->tensors.push_back(std::move(real));
  return static_cast<TensorId>(graph->tensors.size()) - 1;
}

}  // namespace

Graph with_float_ends(Graph graph) {
  for (TensorId& id : graph.inputs) {
    TensorId outside = add_outside(&graph, id);
    graph.nodes.insert(graph.nodes.begin(),
                       Node{find_record(operator_book(), "QUANTIZE"), {outside}, {id}, {}, {}});
    id = outside;
  }
  for (TensorId& id : graph.outputs) {
    TensorId outside = add_outside(&graph, id);
    graph.nodes.push_back(
        Node{find_record(operator_book(), "DEQUANTIZE"), {id}, {outside}, {}, {}});
    id = outside;
  }
  return graph;
}

}  // namespace mote::quantize
