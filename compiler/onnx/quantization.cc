// SPDX-License-Identifier: Apache-2.0
// The importer's part that knows QuantizeLinear and DequantizeLinear. ONNX's uint8 becomes int8
// with all values and the zero point 128 lower, which are the same real numbers.
#include <cmath>
#include <limits>

#include "compiler/onnx/importer.h"
#include "compiler/onnx/tensor_reader.h"

namespace mote::onnx_import {
namespace {

using ::onnx::NodeProto;

constexpr int32_t kUInt8Shift = 128;

int64_t axis_attribute(const NodeProto& node) {
  for (const ::onnx::AttributeProto& one : node.attribute()) {
    if (one.name() == "axis" && one.type() == ::onnx::AttributeProto::INT) return one.i();
  }
  return 1;
}

Result<void> check_range(const Quantization& q, DType type) {
  for (float scale : q.scales) {
    if (!(scale > 0) || !std::isfinite(scale)) return fail("scale {} isn't positive", scale);
  }
  for (int32_t zero_point : q.zero_points) {
    bool fits = type == DType::kInt32 ? zero_point == 0 : zero_point >= -128 && zero_point <= 127;
    if (!fits) return fail("zero point {} doesn't fit {}", zero_point, name_of(type));
  }
  return {};
}

/// The constant's bytes as int8.
std::shared_ptr<const Bytes> shifted(const Bytes& data) {
  Bytes bytes = data;
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(byte - kUInt8Shift);
  return std::make_shared<const Bytes>(std::move(bytes));
}

}  // namespace

Result<Quantization> Importer::quantization_of(const NodeProto& node, DType* type) {
  if (node.input_size() < 2) return fail("has no scale");
  MOTE_TRY(TensorId scale_id, values_.plain(node.input(1)));
  if (!out_.tensor(scale_id).constant()) return fail("its scale must be a constant");
  Quantization q;
  MOTE_TRY(q.scales, reals_of(out_.tensor(scale_id)));
  q.zero_points.assign(q.scales.size(), 0);
  bool quantize = node.op_type() == "QuantizeLinear";
  if (quantize) *type = DType::kUInt8;
  if (node.input_size() > 2 && !node.input(2).empty()) {
    MOTE_TRY(TensorId zero_id, values_.plain(node.input(2)));
    if (!out_.tensor(zero_id).constant()) return fail("its zero point must be a constant");
    MOTE_TRY(std::vector<int64_t> zeros, integers_of(out_.tensor(zero_id)));
    if (zeros.size() != q.scales.size()) {
      return fail("has {} scales and {} zero points", q.scales.size(), zeros.size());
    }
    q.zero_points.assign(zeros.begin(), zeros.end());
    if (quantize) *type = out_.tensor(zero_id).dtype;
  }
  if (*type == DType::kUInt8) {
    for (int32_t& zero_point : q.zero_points) zero_point -= kUInt8Shift;
  } else if (*type != DType::kInt8 && *type != DType::kInt32) {
    return fail("quantises to {}; int8 and uint8 are supported", name_of(*type));
  }
  MOTE_CHECK_OK(check_range(q, *type));
  return q;
}

Result<void> Importer::import_quantize(const NodeProto& node) {
  DType type = DType::kUInt8;
  MOTE_TRY(Quantization q, quantization_of(node, &type));
  if (q.scales.size() != 1) return fail("quantises a computed value with several scales");
  if (type == DType::kInt32) return fail("quantises to int32");
  if (node.output_size() != 1) return fail("has {} outputs", node.output_size());
  const Value* value = values_.find(node.input(0));
  TensorId id = value ? value->quantized : kAbsent;
  // From one scale to another there is no need of floats.
  if (id == kAbsent || out_.tensor(id).constant() || out_.tensor(id).dtype != DType::kInt8) {
    MOTE_TRY(id, values_.plain(node.input(0)));
  }
  MOTE_TRY(id, out_.requantize(id, {DType::kInt8, q}));
  if (out_.tensor(id).name.empty()) out_.graph().tensor(id).name = node.output(0);
  if (values_.defined(node.output(0))) return fail("its output is computed twice");
  values_.set(node.output(0), {type, type == DType::kInt8 ? id : kAbsent, id});
  return {};
}

/// A tensor of int8, uint8 or int32 numbers as one that has this quantisation.
Result<TensorId> Importer::quantized_as(TensorId id, const Quantization& q) {
  Tensor tensor = out_.tensor(id);
  if (tensor.constant()) {
    if (tensor.dtype == DType::kUInt8) {
      tensor.dtype = DType::kInt8;
      tensor.data = shifted(*tensor.data);
    }
    tensor.quantization = q;
    return out_.add(std::move(tensor));
  }
  if (q.per_channel()) return fail("dequantises a computed value with several scales");
  Quantization own = q;
  if (tensor.dtype == DType::kUInt8) own.zero_points[0] += kUInt8Shift;
  Quantization& stored = out_.graph().tensor(id).quantization;
  if (!stored.quantized()) stored = own;
  if (stored != own) return fail("dequantises a value with a scale other than it was given before");
  return out_.requantize(id, {tensor.dtype == DType::kUInt8 ? DType::kInt8 : tensor.dtype, q});
}

Result<void> Importer::import_dequantize(const NodeProto& node) {
  if (node.input_size() < 1 || node.output_size() != 1) return fail("has no operand");
  const Value* value = values_.find(node.input(0));
  DType type = value ? value->dtype : DType::kInt8;
  MOTE_TRY(Quantization q, quantization_of(node, &type));
  TensorId id = value ? value->quantized : kAbsent;
  bool known = id != kAbsent && out_.tensor(id).quantization == q;
  if (!known) {
    MOTE_TRY(id, values_.plain(node.input(0)));
    int rank = out_.tensor(id).shape.rank;
    if (q.per_channel()) {
      int64_t axis = axis_attribute(node);
      if (rank == 1) axis = 0;
      MOTE_TRY(q.axis, axis_of(axis, rank));
      if (static_cast<size_t>(out_.tensor(id).shape[q.axis]) != q.scales.size()) {
        return fail("has {} scales for {} channels", q.scales.size(),
                    out_.tensor(id).shape[q.axis]);
      }
    }
    MOTE_TRY(id, quantized_as(id, q));
  }
  if (values_.defined(node.output(0))) return fail("its output is computed twice");
  values_.set(node.output(0), {DType::kFloat32, kAbsent, id});
  return {};
}

/// What a Relu or Clip is as a fused activation; empty for anything else.
std::string Importer::activation_of(const NodeProto& node) {
  if (!node.domain().empty() && node.domain() != "ai.onnx") return {};
  if (node.op_type() == "Relu") return "RELU";
  if (node.op_type() != "Clip" || opset_ < 11) return {};
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float bounds[2] = {-kInfinity, kInfinity};
  for (int i : {0, 1}) {
    if (node.input_size() <= i + 1 || node.input(i + 1).empty()) continue;
    Result<TensorId> id = values_.plain(node.input(i + 1));
    if (!id.ok() || !out_.tensor(*id).constant()) return {};
    Result<std::vector<float>> value = reals_of(out_.tensor(*id));
    if (!value.ok() || value->size() != 1) return {};
    bounds[i] = (*value)[0];
  }
  if (bounds[0] == 0 && bounds[1] == kInfinity) return "RELU";
  if (bounds[0] == 0 && bounds[1] == 6) return "RELU6";
  if (bounds[0] == -1 && bounds[1] == 1) return "RELU_N1_TO_1";
  return {};
}

std::optional<Importer::QuantizedForm> Importer::quantized_form(const NodeProto& node,
                                                                const Row& row) {
  bool any = false;
  for (const std::string& input : node.input()) {
    const Value* value = values_.find(input);
    any = any || (value && value->dtype == DType::kFloat32 && value->quantized != kAbsent);
  }
  if (!row.int8 || !any || node.output_size() < 1) return {};
  QuantizedForm form;
  form.names = {node.output(0)};
  std::string name = node.output(0);
  auto only_user = [&]() -> const NodeProto* {
    auto users = users_.find(name);
    bool one = users != users_.end() && users->second.size() == 1 && !is_output(name);
    return one ? users->second[0] : nullptr;
  };
  const NodeProto* user = only_user();
  if (user && user->output_size() == 1 && !activation_of(*user).empty() && user->input(0) == name) {
    form.activation = activation_of(*user);
    name = user->output(0);
    form.names.push_back(name);
  }
  auto users = users_.find(name);
  if (users == users_.end() || is_output(name)) return {};
  for (const NodeProto* quantize : users->second) {
    DType type = DType::kUInt8;
    if (quantize->op_type() != "QuantizeLinear" || !quantize->domain().empty()) return {};
    if (quantize->output_size() != 1 || quantize->input(0) != name) return {};
    Result<Quantization> q = quantization_of(*quantize, &type);
    if (!q.ok() || q->scales.size() != 1 || type == DType::kInt32) return {};
    if (form.output.quantized() && form.output != *q) return {};
    form.output = *q;
    form.quantized.push_back({quantize->output(0), type});
  }
  return form;
}

}  // namespace mote::onnx_import
