// SPDX-License-Identifier: Apache-2.0
// Builds a graph node by node from records' names: shapes are inferred, every node is verified as
// it comes, and what depends only on constants is computed at once, so that a permuted filter or a
// computed shape is a constant for whoever asks next.
#ifndef MOTE_COMPILER_ONNX_ASSEMBLER_H_
#define MOTE_COMPILER_ONNX_ASSEMBLER_H_

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "ir/record.h"

namespace mote::onnx_import {

/// What an element of a tensor is: its type, and its scale if it is quantised.
struct Kind {
  DType dtype = DType::kFloat32;
  Quantization quantization = {};
};

class Assembler {
 public:
  explicit Assembler(const OperatorBook& book) : book_(book) {}

  Graph& graph() { return graph_; }
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  const Shape& shape(TensorId id) const { return tensor(id).shape; }
  Kind kind(TensorId id) const { return {tensor(id).dtype, tensor(id).quantization}; }
  /// The record of that name, or null.
  const OperatorRecord* record(std::string_view name) const { return find_record(book_, name); }

  TensorId add(Tensor tensor);
  /// A constant of given elements, T deciding its type.
  template <typename T>
  TensorId constant(Shape shape, const std::vector<T>& elements) {
    Bytes bytes(elements.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), elements.data(), bytes.size());
    return add({"", DTypeOf<T>::value, shape, {}, std::make_shared<const Bytes>(std::move(bytes))});
  }
  /// A list of integers as records want their axes, paddings and shapes.
  TensorId integers(const std::vector<int64_t>& values);
  TensorId real(float value) { return constant<float>(Shape(), {value}); }

  /// Appends a node. Errors: mote has no such operator, or it refuses these operands.
  Result<std::vector<TensorId>> append(std::string_view record, std::vector<TensorId> inputs,
                                       Attributes attributes, const std::vector<Kind>& outputs);
  /// The same with one output, which is of input 0's kind if none is given.
  Result<TensorId> append(std::string_view record, std::vector<TensorId> inputs,
                          Attributes attributes, const Kind& output);
  Result<TensorId> append(std::string_view record, std::vector<TensorId> inputs,
                          Attributes attributes = {});

  /// Output dimension d is input dimension perm[d]. Per-channel scales move along.
  Result<TensorId> transpose(TensorId id, const std::vector<int>& perm);
  Result<TensorId> reshape(TensorId id, const Shape& shape);
  /// The same numbers in another quantisation, if it isn't the same already.
  Result<TensorId> requantize(TensorId id, const Kind& kind);

  /// Takes back all that was appended since the graph had this many tensors and nodes.
  struct Mark {
    size_t tensors, nodes;
  };
  Mark mark() const { return {graph_.tensors.size(), graph_.nodes.size()}; }
  void rewind(Mark mark);

 private:
  Result<void> fold(const Node& node, bool* folded);

  const OperatorBook& book_;
  Graph graph_;
};

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_ASSEMBLER_H_
