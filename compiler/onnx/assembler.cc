// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/assembler.h"

#include <algorithm>

#include "ir/interpreter.h"
#include "ir/verifier.h"

namespace mote::onnx_import {
namespace {

/// A constant may be this much larger than what it is computed from, so that a small file can't
/// fill the memory.
constexpr uint64_t kMostFoldedBytes = 1 << 20;

/// The node alone, as a graph of constants.
Graph alone(const Graph& graph, Node node) {
  Graph one;
  auto take = [&](TensorId& id) {
    if (id == kAbsent) return;
    one.tensors.push_back(graph.tensor(id));
    id = static_cast<TensorId>(one.tensors.size()) - 1;
  };
  for (TensorId& id : node.inputs) take(id);
  for (TensorId& id : node.outputs) take(id);
  one.outputs = node.outputs;
  one.nodes = {std::move(node)};
  return one;
}

}  // namespace

TensorId Assembler::add(Tensor tensor) {
  graph_.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph_.tensors.size()) - 1;
}

TensorId Assembler::integers(const std::vector<int64_t>& values) {
  std::vector<int32_t> narrow;
  for (int64_t value : values) {
    narrow.push_back(static_cast<int32_t>(std::clamp<int64_t>(value, INT32_MIN, INT32_MAX)));
  }
  return constant<int32_t>(Shape(static_cast<int32_t>(narrow.size())), narrow);
}

Result<std::vector<TensorId>> Assembler::append(std::string_view record,
                                                std::vector<TensorId> inputs, Attributes attributes,
                                                const std::vector<Kind>& outputs) {
  Node node{find_record(book_, record), std::move(inputs), {}, std::move(attributes)};
  if (!node.record) return fail("needs the operator {}, which mote doesn't have", record);
  for (TensorId id : node.inputs) {
    if (id != kAbsent && shape(id).elements() < 1) {
      return fail("has an operand without elements, {}", type_text(tensor(id)));
    }
  }
  for (const Kind& kind : outputs) {
    node.outputs.push_back(add({"", kind.dtype, {}, kind.quantization, nullptr}));
  }
  auto refused = [&](const Error& error) { return fail("becomes {}: {}", record, error.message); };
  Result<std::vector<Shape>> shapes = infer_shapes(graph_, node);
  if (!shapes.ok()) return refused(shapes.error());
  for (size_t i = 0; i < node.outputs.size() && i < shapes->size(); ++i) {
    Tensor& output = graph_.tensor(node.outputs[i]);
    output.shape = (*shapes)[i];
    if (output.bytes() > INT32_MAX) return fail("has a result of {}", type_text(output));
    if (output.quantization.per_channel() && output.quantization.axis >= output.shape.rank) {
      return fail("has a result without its channels");
    }
  }
  Result<void> verified = verify_node(graph_, node);
  if (!verified.ok()) return refused(verified.error());
  bool folded = false;
  MOTE_CHECK_OK(fold(node, &folded));
  if (!folded) graph_.nodes.push_back(node);
  return node.outputs;
}

Result<void> Assembler::fold(const Node& node, bool* folded) {
  uint64_t from = 0, to = 0;
  for (TensorId id : node.inputs) {
    if (id == kAbsent) continue;
    if (!tensor(id).constant()) return {};
    from += tensor(id).bytes();
  }
  for (TensorId id : node.outputs) to += tensor(id).bytes();
  if (to > from + kMostFoldedBytes) return {};
  MOTE_TRY(std::vector<Bytes> values, interpret(alone(graph_, node), {}));
  for (size_t i = 0; i < values.size(); ++i) {
    graph_.tensor(node.outputs[i]).data = std::make_shared<const Bytes>(std::move(values[i]));
  }
  *folded = true;
  return {};
}

Result<TensorId> Assembler::append(std::string_view record, std::vector<TensorId> inputs,
                                   Attributes attributes, const Kind& output) {
  MOTE_TRY(std::vector<TensorId> outputs,
           append(record, std::move(inputs), std::move(attributes), std::vector<Kind>{output}));
  return outputs[0];
}

Result<TensorId> Assembler::append(std::string_view record, std::vector<TensorId> inputs,
                                   Attributes attributes) {
  Kind kind_of_first = kind(inputs[0]);
  return append(record, std::move(inputs), std::move(attributes), kind_of_first);
}

Result<TensorId> Assembler::transpose(TensorId id, const std::vector<int>& perm) {
  if (std::is_sorted(perm.begin(), perm.end())) return id;
  Kind result = kind(id);
  auto channels = std::find(perm.begin(), perm.end(), result.quantization.axis);
  if (result.quantization.per_channel()) {
    result.quantization.axis = static_cast<int>(channels - perm.begin());
  }
  TensorId order = integers({perm.begin(), perm.end()});
  return append("TRANSPOSE", {id, order}, {}, result);
}

Result<TensorId> Assembler::reshape(TensorId id, const Shape& to) {
  if (to == shape(id)) return id;
  std::vector<int64_t> dims(to.dims, to.dims + to.rank);
  return append("RESHAPE", {id}, {{"new_shape", dims}});
}

Result<TensorId> Assembler::requantize(TensorId id, const Kind& to) {
  if (tensor(id).dtype == to.dtype && tensor(id).quantization == to.quantization) return id;
  return append("QUANTIZE", {id}, {}, to);
}

void Assembler::rewind(Mark mark) {
  graph_.tensors.resize(mark.tensors);
  graph_.nodes.resize(mark.nodes);
}

}  // namespace mote::onnx_import
