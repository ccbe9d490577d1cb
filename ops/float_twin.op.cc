// SPDX-License-Identifier: Apache-2.0
#include "ops/float_twin.op.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "ir/comparator.h"
#include "ir/record.h"

namespace mote {
namespace {

Bytes to_float(const Tensor& tensor, const Bytes& bytes, const Quantization& q) {
  int64_t elements = tensor.shape.elements();
  int64_t inner = q.per_channel() ? tensor.shape.product(q.axis + 1, tensor.shape.rank) : 1;
  std::vector<float> values;
  for (int64_t i = 0; i < elements; ++i) {
    size_t c = static_cast<size_t>(i / inner) % q.scales.size();
    double element = element_value(tensor.dtype, bytes, i);
    values.push_back(
        static_cast<float>(static_cast<double>(q.scales[c]) * (element - q.zero_points[c])));
  }
  Bytes result(values.size() * sizeof(float));
  std::memcpy(result.data(), values.data(), result.size());
  return result;
}

void make_float(Tensor& tensor, const Quantization& q) {
  if (tensor.constant()) {
    tensor.data = std::make_shared<const Bytes>(to_float(tensor, *tensor.data, q));
  }
  tensor.dtype = DType::kFloat32;
  tensor.quantization = {};
}

bool has_bias(const Node& node) {
  const std::vector<OperandSpec>& inputs = node.record->inputs;
  return inputs.size() > 2 && std::string_view(inputs[2].name) == "bias" &&
         node.inputs.size() > 2 && node.inputs[2] != kAbsent;
}

Quantization bias_quantization(const Graph& graph, const Node& node) {
  Quantization q = graph.tensor(node.inputs[1]).quantization;
  q.axis = 0;
  for (float& scale : q.scales) scale *= graph.tensor(node.inputs[0]).quantization.scale();
  std::fill(q.zero_points.begin(), q.zero_points.end(), 0);
  return q;
}

bool has_float_form(const OperatorRecord& record) {
  return std::any_of(record.types.begin(), record.types.end(), [](const TypeRow& row) {
    return row.inputs[0] == DType::kFloat32 && row.outputs[0] == DType::kFloat32;
  });
}

bool quantized(const Tensor& tensor) {
  bool integer = tensor.dtype == DType::kInt8 || tensor.dtype == DType::kUInt8 ||
                 tensor.dtype == DType::kInt16;
  return integer && tensor.quantization.quantized();
}

}  // namespace

Bytes dequantize(const Tensor& tensor, const Bytes& bytes) {
  return quantized(tensor) ? to_float(tensor, bytes, tensor.quantization) : bytes;
}

std::optional<Graph> float_twin(const Graph& graph) {
  Graph twin = graph;
  for (const Node& node : graph.nodes) {
    if (!has_float_form(*node.record)) return std::nullopt;
    if (!has_bias(node) || graph.tensor(node.inputs[2]).dtype != DType::kInt32) continue;
    make_float(twin.tensor(node.inputs[2]), bias_quantization(graph, node));
  }
  for (Tensor& tensor : twin.tensors) {
    if (quantized(tensor)) make_float(tensor, Quantization(tensor.quantization));
  }
  return twin;
}

}  // namespace mote
