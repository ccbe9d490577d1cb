// SPDX-License-Identifier: Apache-2.0
// Imports an ONNX graph, node by node through the operator table. An operator between
// DequantizeLinear and QuantizeLinear (perhaps with a Relu or Clip before the latter) is first
// tried in int8; if mote has no such int8 operator, it computes on floats as the model is written.
#ifndef MOTE_COMPILER_ONNX_IMPORTER_H_
#define MOTE_COMPILER_ONNX_IMPORTER_H_

#include "compiler/onnx/table.h"

namespace mote::onnx_import {

class Importer {
 public:
  /// REQUIRES: graph outlives the importer.
  Importer(const ::onnx::GraphProto& graph, int64_t opset, const OperatorBook& book);

  /// The graph with ONNX's layouts, transposes around what mote does in NHWC. Not verified as a
  /// whole yet: constants that nobody uses may have no elements.
  Result<Graph> run(std::vector<std::string>* notes);

 private:
  /// What a node becomes in int8: its result's quantisation, an activation before it, and the
  /// values that the result stands for, floats first and then what QuantizeLinear makes of them.
  struct QuantizedForm {
    Quantization output;
    std::string activation;
    std::vector<std::string> names;
    std::vector<std::pair<std::string, DType>> quantized;
  };

  Result<void> check_operators() const;
  Result<void> import_node(const ::onnx::NodeProto& node);
  Result<void> import_row(const ::onnx::NodeProto& node, const Row& row,
                          const QuantizedForm* quantized);
  Result<void> fuse(const std::string& activation, Assembler::Mark mark);
  Result<void> import_quantize(const ::onnx::NodeProto& node);
  Result<void> import_dequantize(const ::onnx::NodeProto& node);
  Result<TensorId> quantized_as(TensorId id, const Quantization& q);
  Result<void> finish_outputs();

  /// Scale and zero point of a QuantizeLinear or DequantizeLinear, as int8 has them; `type` gets
  /// ONNX's type.
  Result<Quantization> quantization_of(const ::onnx::NodeProto& node, DType* type);
  std::optional<QuantizedForm> quantized_form(const ::onnx::NodeProto& node, const Row& row);
  std::string activation_of(const ::onnx::NodeProto& node);
  bool is_output(const std::string& name) const;

  const ::onnx::GraphProto& graph_;
  int64_t opset_;
  Assembler out_;
  Values values_;
  std::map<std::string, std::vector<const ::onnx::NodeProto*>> users_;
};

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_IMPORTER_H_
