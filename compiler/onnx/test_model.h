// SPDX-License-Identifier: Apache-2.0
// Test support: ONNX models written by hand, a line per value or node.
#ifndef MOTE_COMPILER_ONNX_TEST_MODEL_H_
#define MOTE_COMPILER_ONNX_TEST_MODEL_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "base/host/file.h"
#include "compiler/onnx/proto.h"

namespace mote {

class OnnxBuilder {
 public:
  explicit OnnxBuilder(int64_t opset = 13) {
    model_.set_ir_version(8);
    model_.add_opset_import()->set_version(opset);
  }

  ::onnx::ModelProto& model() { return model_; }
  ::onnx::GraphProto& graph() { return *model_.mutable_graph(); }

  void input(const std::string& name, int type, const std::vector<int64_t>& dims) {
    auto* info = graph().add_input();
    info->set_name(name);
    auto* tensor = info->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    tensor->mutable_shape();
    for (int64_t dim : dims) tensor->mutable_shape()->add_dim()->set_dim_value(dim);
  }
  void input(const std::string& name, const std::vector<int64_t>& dims) {
    input(name, ::onnx::TensorProto::FLOAT, dims);
  }
  void output(const std::string& name) { graph().add_output()->set_name(name); }

  ::onnx::TensorProto* constant(const std::string& name, int type,
                                const std::vector<int64_t>& dims) {
    ::onnx::TensorProto* tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    for (int64_t dim : dims) tensor->add_dims(dim);
    return tensor;
  }
  void floats(const std::string& name, const std::vector<int64_t>& dims,
              const std::vector<float>& values) {
    auto* tensor = constant(name, ::onnx::TensorProto::FLOAT, dims);
    for (float value : values) tensor->add_float_data(value);
  }
  void int32s(const std::string& name, int type, const std::vector<int64_t>& dims,
              const std::vector<int32_t>& values) {
    auto* tensor = constant(name, type, dims);
    for (int32_t value : values) tensor->add_int32_data(value);
  }
  void int64s(const std::string& name, const std::vector<int64_t>& values) {
    auto* tensor =
        constant(name, ::onnx::TensorProto::INT64, {static_cast<int64_t>(values.size())});
    for (int64_t value : values) tensor->add_int64_data(value);
  }

  ::onnx::NodeProto* node(const std::string& op, std::initializer_list<const char*> inputs,
                          const std::string& output) {
    ::onnx::NodeProto* added = graph().add_node();
    added->set_op_type(op);
    added->set_name(output + "_node");
    for (const char* input : inputs) added->add_input(input);
    added->add_output(output);
    return added;
  }
  static void attribute(::onnx::NodeProto* node, const std::string& name, int64_t value) {
    auto* one = node->add_attribute();
    one->set_name(name);
    one->set_type(::onnx::AttributeProto::INT);
    one->set_i(value);
  }
  static void attribute(::onnx::NodeProto* node, const std::string& name,
                        std::initializer_list<int64_t> values) {
    auto* one = node->add_attribute();
    one->set_name(name);
    one->set_type(::onnx::AttributeProto::INTS);
    for (int64_t value : values) one->add_ints(value);
  }

  Bytes file() const {
    std::string bytes = model_.SerializeAsString();
    return Bytes(bytes.begin(), bytes.end());
  }

 private:
  ::onnx::ModelProto model_;
};

}  // namespace mote

#endif  // MOTE_COMPILER_ONNX_TEST_MODEL_H_
