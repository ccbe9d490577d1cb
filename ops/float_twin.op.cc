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

/// The place of the operand that the record calls `name`, or -1 if the node hasn't one.
int find_input(const Node& node, std::string_view name) {
  for (size_t i = 0; i < node.inputs.size() && i < node.record->inputs.size(); ++i) {
    if (node.record->inputs[i].name == name && node.inputs[i] != kAbsent) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

/// Input scale times filter scale; the filter is input 1 wherever there is a bias.
Quantization bias_quantization(const Graph& graph, const Node& node) {
  TensorId input = node.inputs[static_cast<size_t>(find_input(node, "input"))];
  Quantization q = graph.tensor(node.inputs[1]).quantization;
  q.axis = 0;
  for (float& scale : q.scales) scale *= graph.tensor(input).quantization.scale();
  std::fill(q.zero_points.begin(), q.zero_points.end(), 0);
  return q;
}

bool has_float_form(const OperatorRecord& record) {
  return std::any_of(record.types.begin(), record.types.end(), [](const TypeRow& row) {
    return row.outputs[0] == DType::kFloat32 &&
           std::find(row.inputs.begin(), row.inputs.end(), DType::kFloat32) != row.inputs.end();
  });
}

/// A state that is updated in place is rounded in every run, so no bound holds.
bool rounds_state(const OperatorRecord& record) {
  return std::any_of(record.inputs.begin(), record.inputs.end(), [](const OperandSpec& input) {
    return input.variable == OperandSpec::kUpdated;
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
    if (!has_float_form(*node.record) || rounds_state(*node.record)) return std::nullopt;
    int bias = find_input(node, "bias");
    if (bias < 0) continue;
    TensorId id = node.inputs[static_cast<size_t>(bias)];
    if (graph.tensor(id).dtype == DType::kFloat32) continue;
    make_float(twin.tensor(id), bias_quantization(graph, node));
  }
  for (Tensor& tensor : twin.tensors) {
    if (quantized(tensor)) make_float(tensor, Quantization(tensor.quantization));
  }
  return twin;
}

}  // namespace mote
