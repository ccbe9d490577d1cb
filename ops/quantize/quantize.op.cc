// SPDX-License-Identifier: Apache-2.0
// The records of QUANTIZE and DEQUANTIZE. QUANTIZE also brings 8-bit tensors to another scale or
// sign, which is a table.
#include "ops/quantize/quantize.h"

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/unary/unary.op.h"

namespace mote {
namespace {

const KernelInfo kQuantize =
    MOTE_KERNEL(quantize_8, Quantize8Params, "quantize", "reference.cc",
                MOTE_FIELDS(Quantize8Params, elements, scale, zero_point, min, max));
const KernelInfo kDequantize =
    MOTE_KERNEL(dequantize_8, Dequantize8Params, "quantize", "reference.cc",
                MOTE_FIELDS(Dequantize8Params, elements, scale, zero_point, is_signed));

Result<std::vector<Shape>> infer(const NodeView& node) {
  return std::vector<Shape>{node.input(0).shape};
}

int32_t elements(const NodeView& node) {
  return static_cast<int32_t>(node.output().shape.elements());
}

Result<void> lower_quantize(Lowering& node) {
  const Quantization &from = node.input(0).quantization, &to = node.output().quantization;
  if (node.input(0).dtype == DType::kFloat32) {
    bool is_signed = node.output().dtype == DType::kInt8;
    Quantize8Params params{elements(node), to.scale(), to.zero_point(), is_signed ? -128 : 0,
                           is_signed ? 127 : 255};
    node.emit(kQuantize, params, {node.in(0), node.out()});
    return {};
  }
  QuantizedMultiplier multiplier =
      requantization(static_cast<double>(from.scale()), static_cast<double>(to.scale()));
  emit_table(node, [&](int32_t x) {
    return wrapping_add(multiply_by_quantized_multiplier(x - from.zero_point(), multiplier),
                        to.zero_point());
  });
  return {};
}

Result<void> lower_dequantize(Lowering& node) {
  const Tensor& input = node.input(0);
  Dequantize8Params params{elements(node), input.quantization.scale(),
                           input.quantization.zero_point(), input.dtype == DType::kInt8};
  node.emit(kDequantize, params, {node.in(0), node.out()});
  return {};
}

Quantization quantization_of(std::mt19937& random, DType dtype) {
  if (dtype == DType::kFloat32) return {};
  Quantization q = random_quantization(random);
  if (dtype == DType::kUInt8) q.zero_points[0] += 128;
  return q;
}

Graph make_case(std::mt19937& random, const OperatorRecord& record, DType from, DType to,
                Shape shape) {
  GraphBuilder b("quantize");
  TensorId input = b.input(from, shape, quantization_of(random, from));
  return b.build({b.node(record, {input}, {}, to, quantization_of(random, to))});
}

std::vector<Graph> make_cases(std::mt19937& random, const OperatorRecord& record) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : record.types) {
    graphs.push_back(make_case(random, record, row.inputs[0], row.outputs[0], Shape(1, 7, 40)));
    graphs.push_back(make_case(random, record, row.inputs[0], row.outputs[0], Shape()));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& quantize_record() {
  static const OperatorRecord record = {
      .name = "QUANTIZE",
      .max_version = 2,
      .tflite_options = "QuantizeOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = {{{DType::kFloat32}, {DType::kInt8}},
                {{DType::kFloat32}, {DType::kUInt8}},
                {{DType::kInt8}, {DType::kInt8}},
                {{DType::kUInt8}, {DType::kInt8}},
                {{DType::kInt8}, {DType::kUInt8}}},
      .kernels = {&kQuantize, &lookup_8_kernel()},
      .infer = infer,
      .lower = lower_quantize,
      .cases = [](std::mt19937& random) { return make_cases(random, quantize_record()); },
  };
  return record;
}

const OperatorRecord& dequantize_record() {
  static const OperatorRecord record = {
      .name = "DEQUANTIZE",
      .max_version = 2,
      .tflite_options = "DequantizeOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = {{{DType::kInt8}, {DType::kFloat32}}, {{DType::kUInt8}, {DType::kFloat32}}},
      .kernels = {&kDequantize},
      .infer = infer,
      .lower = lower_dequantize,
      .cases = [](std::mt19937& random) { return make_cases(random, dequantize_record()); },
  };
  return record;
}

}  // namespace mote
