// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/op.h"

#include "compiler/onnx/tensor_reader.h"

namespace mote::onnx_import {

using ::onnx::AttributeProto;

Result<TensorId> Op::input(int i) {
  if (!has(i)) return fail("has no input {}", i);
  if (!quantized_) return values_.plain(node_.input(i));
  const Value* value = values_.find(node_.input(i));
  if (!value || value->quantized == kAbsent) return fail("input {} isn't quantised", i);
  return value->quantized;
}

Result<std::vector<int64_t>> Op::integers(int i) {
  if (!has(i)) return fail("has no input {}", i);
  MOTE_TRY(TensorId id, values_.plain(node_.input(i)));
  const Tensor& tensor = out.tensor(id);
  if (!tensor.constant()) {
    return fail("input {} ({}) must be a constant", i, in_quotes(node_.input(i)));
  }
  Result<std::vector<int64_t>> values = integers_of(tensor);
  if (!values.ok()) return fail("input {} {}", i, values.error().message);
  return values;
}

Result<std::vector<float>> Op::reals(int i) {
  if (!has(i)) return fail("has no input {}", i);
  MOTE_TRY(TensorId id, values_.plain(node_.input(i)));
  const Tensor& tensor = out.tensor(id);
  if (!tensor.constant()) {
    return fail("input {} ({}) must be a constant", i, in_quotes(node_.input(i)));
  }
  Result<std::vector<float>> values = reals_of(tensor);
  if (!values.ok()) return fail("input {} {}", i, values.error().message);
  return values;
}

const AttributeProto* Op::attribute(const char* name, int type) {
  asked_.insert(name);
  for (const AttributeProto& one : node_.attribute()) {
    if (one.name() != name) continue;
    if (one.type() == type) return &one;
    wrong_ = fmt::format("attribute {} has the wrong type", name);
  }
  return nullptr;
}

bool Op::has_attribute(const char* name) {
  for (const AttributeProto& one : node_.attribute()) {
    if (one.name() == name) return true;
  }
  return false;
}

int64_t Op::integer(const char* name, int64_t fallback) {
  const AttributeProto* found = attribute(name, AttributeProto::INT);
  return found ? found->i() : fallback;
}

float Op::real(const char* name, float fallback) {
  const AttributeProto* found = attribute(name, AttributeProto::FLOAT);
  return found ? found->f() : fallback;
}

std::string Op::text(const char* name, const char* fallback) {
  const AttributeProto* found = attribute(name, AttributeProto::STRING);
  return found ? found->s() : fallback;
}

std::vector<int64_t> Op::list(const char* name) {
  const AttributeProto* found = attribute(name, AttributeProto::INTS);
  if (!found) return {};
  return {found->ints().begin(), found->ints().end()};
}

const ::onnx::TensorProto* Op::constant(const char* name) {
  const AttributeProto* found = attribute(name, AttributeProto::TENSOR);
  return found ? &found->t() : nullptr;
}

Result<std::vector<int64_t>> Op::list_or_input(const char* name, int i) {
  if (has(i)) return integers(i);
  return list(name);
}

Kind Op::result(TensorId like) const {
  if (quantized_) return {DType::kInt8, *quantized_};
  return {out.tensor(like).dtype, {}};
}

Kind Op::fixed(TensorId like, float scale, int32_t zero_point) const {
  if (quantized_) return {DType::kInt8, quantization(scale, zero_point)};
  return {out.tensor(like).dtype, {}};
}

Result<void> Op::finish(TensorId id, int i) {
  if (i >= node_.output_size() || node_.output(i).empty()) return {};
  const std::string& name = node_.output(i);
  if (values_.defined(name)) return fail("value {} is computed twice", in_quotes(name));
  if (quantized_) {
    MOTE_TRY(id, out.requantize(id, {DType::kInt8, *quantized_}));
    values_.set(name, {DType::kFloat32, kAbsent, id});
  } else {
    values_.set(name, {out.tensor(id).dtype, id, kAbsent});
  }
  if (out.tensor(id).name.empty()) out.graph().tensor(id).name = name;
  return {};
}

Result<void> Op::check_attributes() const {
  if (!wrong_.empty()) return Error{wrong_};
  for (const AttributeProto& one : node_.attribute()) {
    if (asked_.count(one.name()) == 0) {
      return fail("has attribute {}, which mote doesn't know", in_quotes(one.name()));
    }
  }
  return {};
}

Result<int> axis_of(int64_t axis, int rank) {
  int64_t resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved >= rank) {
    return fail("axis {} doesn't exist in {} dimensions", axis, rank);
  }
  return static_cast<int>(resolved);
}

}  // namespace mote::onnx_import
