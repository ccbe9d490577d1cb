// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/values.h"

#include "compiler/onnx/tensor_reader.h"

namespace mote::onnx_import {
namespace {

using Dimension = ::onnx::TensorShapeProto_Dimension;

/// A dimension's size. An open batch is 1; any other open dimension is the user's decision.
Result<int64_t> size_of(const Dimension& dim, int index, const std::string& input,
                        std::vector<std::string>* notes) {
  if (dim.has_dim_value() && dim.dim_value() > 0) return dim.dim_value();
  if (dim.has_dim_value() && dim.dim_value() == 0) return fail("dimension {} is 0", index);
  std::string name = dim.dim_param().empty() ? "without a name" : in_quotes(dim.dim_param());
  if (index == 0) {
    notes->push_back(
        fmt::format("input {}: its batch ({}) is open and was set to 1", in_quotes(input), name));
    return 1;
  }
  return fail(
      "dimension {} ({}) has no fixed size; fix it before the import: python3 -m "
      "onnxruntime.tools.make_dynamic_shape_fixed --input_name {} --input_shape … in.onnx out.onnx",
      index, name, in_quotes(input));
}

}  // namespace

Result<void> Values::define_input(const ::onnx::ValueInfoProto& input,
                                  std::vector<std::string>* notes) {
  if (!input.type().has_tensor_type()) return fail("isn't a tensor");
  const auto& type = input.type().tensor_type();
  Tensor tensor;
  tensor.name = input.name();
  MOTE_TRY(tensor.dtype, dtype_of(type.elem_type()));
  if (!type.has_shape()) {
    return fail("has no shape; run onnx.shape_inference.infer_shapes() or export it with one");
  }
  std::vector<int64_t> dims;
  for (int i = 0; i < type.shape().dim_size(); ++i) {
    MOTE_TRY(int64_t size, size_of(type.shape().dim(i), i, input.name(), notes));
    dims.push_back(size);
  }
  MOTE_TRY(tensor.shape, shape_of(dims));
  Value value{tensor.dtype, out_.add(std::move(tensor)), kAbsent};
  out_.graph().inputs.push_back(value.tensor);
  set(input.name(), value);
  return {};
}

Result<void> Values::define(const ::onnx::GraphProto& graph, std::vector<std::string>* notes) {
  if (graph.sparse_initializer_size() > 0) {
    return fail("has sparse initialisers; convert the model with dense weights");
  }
  for (const ::onnx::TensorProto& stored : graph.initializer()) {
    Result<Tensor> tensor = read_tensor(stored);
    if (!tensor.ok()) {
      unreadable_[stored.name()] = tensor.error().message;
      continue;
    }
    DType dtype = tensor->dtype;
    set(stored.name(), {dtype, out_.add(*std::move(tensor)), kAbsent});
  }
  for (const ::onnx::ValueInfoProto& input : graph.input()) {
    if (defined(input.name()) || unreadable_.count(input.name()) != 0) continue;
    Result<void> result = define_input(input, notes);
    if (!result.ok()) return fail("input {} {}", in_quotes(input.name()), result.error().message);
  }
  return {};
}

const Value* Values::find(const std::string& name) const {
  auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

Result<TensorId> Values::dequantized(TensorId id) {
  const Tensor& tensor = out_.tensor(id);
  if (!tensor.constant()) {
    return out_.append("DEQUANTIZE", {id}, {}, Kind{DType::kFloat32, {}});
  }
  MOTE_TRY(std::vector<float> reals, reals_of(tensor));
  return out_.constant<float>(tensor.shape, reals);
}

Result<TensorId> Values::plain(const std::string& name) {
  auto unreadable = unreadable_.find(name);
  if (unreadable != unreadable_.end()) {
    return fail("initialiser {} {}", in_quotes(name), unreadable->second);
  }
  auto found = values_.find(name);
  if (found == values_.end()) return fail("value {} is never computed", in_quotes(name));
  Value& value = found->second;
  if (value.tensor != kAbsent) return value.tensor;
  if (value.dtype == DType::kFloat32) {
    MOTE_TRY(value.tensor, dequantized(value.quantized));
    return value.tensor;
  }
  Kind kind = out_.kind(value.quantized);
  if (value.dtype == DType::kUInt8) {
    for (int32_t& zero_point : kind.quantization.zero_points) zero_point += 128;
  }
  kind.dtype = value.dtype;
  MOTE_TRY(value.tensor, out_.requantize(value.quantized, kind));
  return value.tensor;
}

void Values::rewind(Assembler::Mark mark) {
  auto forget = [&](TensorId& id) {
    if (id != kAbsent && static_cast<size_t>(id) >= mark.tensors) id = kAbsent;
  };
  for (auto& entry : values_) {
    forget(entry.second.tensor);
    forget(entry.second.quantized);
  }
  out_.rewind(mark);
}

}  // namespace mote::onnx_import
