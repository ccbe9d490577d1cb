// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/qlinear.h"

#include <map>

#include "compiler/onnx/tensor_reader.h"

namespace mote::onnx_import {
namespace {

using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

/// One QLinear operator: what it is between dequantised operands. Operands are triples (value,
/// scale, zero point); the result's scale and zero point follow at `result`.
struct Form {
  const char* name;
  const char* domain;
  const char* op;
  int operands;
  int result;
  int bias = -1;
};

constexpr Form kForms[] = {
    {"QLinearConv", "", "Conv", 2, 6, 8},
    {"QLinearMatMul", "", "MatMul", 2, 6},
    {"QLinearAdd", "com.microsoft", "Add", 2, 6},
    {"QLinearMul", "com.microsoft", "Mul", 2, 6},
    {"QLinearSigmoid", "com.microsoft", "Sigmoid", 1, 3},
    {"QLinearLeakyRelu", "com.microsoft", "LeakyRelu", 1, 3},
};

const Form* form_of(const NodeProto& node) {
  std::string domain = node.domain() == "ai.onnx" ? "" : node.domain();
  for (const Form& form : kForms) {
    if (node.op_type() == form.name && domain == form.domain) return &form;
  }
  return nullptr;
}

class Expander {
 public:
  explicit Expander(GraphProto* graph) : graph_(graph) {
    for (const TensorProto& tensor : graph->initializer()) constants_[tensor.name()] = &tensor;
    nodes_.Swap(graph->mutable_node());
  }

  Result<void> run() {
    for (NodeProto& node : nodes_) {
      const Form* form = form_of(node);
      if (!form) {
        graph_->add_node()->Swap(&node);
        continue;
      }
      Result<void> result = expand(node, *form);
      if (!result.ok()) {
        return fail("node {} ({}): {}", in_quotes(node.name()), node.op_type(),
                    result.error().message);
      }
    }
    return {};
  }

 private:
  Result<void> expand(const NodeProto& node, const Form& form) {
    if (node.input_size() < form.result + 1 || node.output_size() != 1) {
      return fail("has {} inputs and {} outputs", node.input_size(), node.output_size());
    }
    NodeProto between;
    between.set_name(node.name());
    between.set_op_type(form.op);
    *between.mutable_attribute() = node.attribute();
    std::string stem = node.output(0) + "/";
    for (int i = 0; i < form.operands; ++i) {
      std::string name = stem + "operand" + std::to_string(i);
      bool weights = form.bias >= 0 && i == 1;  // per channel along their first dimension
      linear(node, "DequantizeLinear", node.input(3 * i), at(node, 3 * i + 1), at(node, 3 * i + 2),
             name, weights ? 0 : 1);
      between.add_input(name);
    }
    if (form.bias >= 0 && !at(node, form.bias).empty()) {
      MOTE_CHECK_OK(dequantize_bias(node, form, stem));
      between.add_input(stem + "bias");
    }
    between.add_output(stem + "result");
    graph_->add_node()->Swap(&between);
    linear(node, "QuantizeLinear", stem + "result", at(node, form.result),
           at(node, form.result + 1), node.output(0), 1);
    return {};
  }

  static std::string at(const NodeProto& node, int i) {
    return i < node.input_size() ? node.input(i) : "";
  }

  void linear(const NodeProto& node, const char* op, const std::string& value,
              const std::string& scale, const std::string& zero_point, const std::string& output,
              int axis) {
    NodeProto* added = graph_->add_node();
    added->set_name(node.name());
    added->set_op_type(op);
    added->add_input(value);
    added->add_input(scale);
    if (!zero_point.empty()) added->add_input(zero_point);
    added->add_output(output);
    ::onnx::AttributeProto* attribute = added->add_attribute();
    attribute->set_name("axis");
    attribute->set_type(::onnx::AttributeProto::INT);
    attribute->set_i(axis);
  }

  /// The bias's scale is the product of the input's and the filter's.
  Result<void> dequantize_bias(const NodeProto& node, const Form& form, const std::string& stem) {
    std::vector<float> factors[2];
    for (int i : {0, 1}) {
      auto found = constants_.find(at(node, 3 * i + 1));
      if (found == constants_.end()) return fail("scales must be constants");
      MOTE_TRY(Tensor tensor, read_tensor(*found->second));
      MOTE_TRY(factors[i], reals_of(tensor));
    }
    if (factors[0].size() != 1) return fail("input 1 isn't one scale");
    TensorProto scale;
    scale.set_name(stem + "bias_scale");
    scale.set_data_type(TensorProto::FLOAT);
    if (factors[1].size() > 1) scale.add_dims(static_cast<int64_t>(factors[1].size()));
    for (float factor : factors[1]) scale.add_float_data(factor * factors[0][0]);
    graph_->add_initializer()->Swap(&scale);
    linear(node, "DequantizeLinear", at(node, form.bias), stem + "bias_scale", "", stem + "bias",
           0);
    return {};
  }

  GraphProto* graph_;
  google::protobuf::RepeatedPtrField<NodeProto> nodes_;
  std::map<std::string, const TensorProto*> constants_;
};

}  // namespace

Result<void> expand_qlinear(GraphProto* graph) {
  return Expander(graph).run();
}

}  // namespace mote::onnx_import
