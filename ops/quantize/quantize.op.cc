// SPDX-License-Identifier: Apache-2.0
// The records of QUANTIZE and DEQUANTIZE. QUANTIZE also brings integers to another scale or type;
// from 8 bits to 8 bits, that is a table.
#include "ops/quantize/quantize.op.h"

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/unary/unary.op.h"

namespace mote {
namespace {

const KernelInfo kQuantize =
    MOTE_KERNEL(quantize_8, Quantize8Params, "quantize", "reference.cc",
                MOTE_FIELDS(Quantize8Params, elements, scale, zero_point, min, max));
const KernelInfo kDequantize =
    MOTE_KERNEL(dequantize_8, Dequantize8Params, "quantize", "reference.cc",
                MOTE_FIELDS(Dequantize8Params, elements, scale, zero_point, is_signed));

const KernelInfo kQuantizeInt16 =
    MOTE_KERNEL(quantize_int16, QuantizeInt16Params, "quantize", "reference.cc",
                MOTE_FIELDS(QuantizeInt16Params, elements, scale, zero_point));
const KernelInfo kDequantizeInt16 =
    MOTE_KERNEL(dequantize_int16, QuantizeInt16Params, "quantize", "reference.cc",
                MOTE_FIELDS(QuantizeInt16Params, elements, scale, zero_point));

struct Requantization {
  DType from, to;
  KernelInfo kernel;
};

constexpr DType dtype_named(std::string_view name) {
  return name == "int8" ? DType::kInt8 : name == "int16" ? DType::kInt16 : DType::kInt32;
}

#define MOTE_ROW(from, From, to, To)                                                        \
  {dtype_named(#from), dtype_named(#to),                                                    \
   MOTE_KERNEL(requantize_##from##_##to, RequantizeParams, "quantize", "reference.cc",      \
               MOTE_FIELDS(RequantizeParams, elements, input_zero_point, output_zero_point, \
                           MOTE_MULTIPLIER_FIELDS(multiplier)))},
const Requantization kRequantizations[] = {MOTE_REQUANTIZED_TYPES(MOTE_ROW)};
#undef MOTE_ROW

/// Every integer operand has one scale.
Result<void> check(const NodeView& node) {
  if (node.input(0).dtype != DType::kFloat32) MOTE_CHECK_OK(check_per_tensor(node, false, 0));
  if (node.output().dtype != DType::kFloat32) MOTE_CHECK_OK(check_per_tensor(node, true, 0));
  return {};
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  return std::vector<Shape>{node.input(0).shape};
}

int32_t elements(const NodeView& node) {
  return static_cast<int32_t>(node.output().shape.elements());
}

Result<void> lower_quantize(Lowering& node) {
  const Quantization &from = node.input(0).quantization, &to = node.output().quantization;
  DType input = node.input(0).dtype, output = node.output().dtype;
  if (input == DType::kFloat32 && output == DType::kInt16) {
    node.emit(kQuantizeInt16, QuantizeInt16Params{elements(node), to.scale(), to.zero_point()},
              {node.in(0), node.out()});
    return {};
  }
  if (input == DType::kFloat32) {
    bool is_signed = node.output().dtype == DType::kInt8;
    Quantize8Params params{elements(node), to.scale(), to.zero_point(), is_signed ? -128 : 0,
                           is_signed ? 127 : 255};
    node.emit(kQuantize, params, {node.in(0), node.out()});
    return {};
  }
  QuantizedMultiplier multiplier =
      requantization(static_cast<double>(from.scale()), static_cast<double>(to.scale()));
  for (const Requantization& row : kRequantizations) {
    if (row.from != input || row.to != output) continue;
    node.emit(row.kernel,
              RequantizeParams{elements(node), from.zero_point(), to.zero_point(), multiplier},
              {node.in(0), node.out()});
    return {};
  }
  emit_table(node, [&](int32_t x) {
    return wrapping_add(multiply_by_quantized_multiplier(x - from.zero_point(), multiplier),
                        to.zero_point());
  });
  return {};
}

Result<void> lower_dequantize(Lowering& node) {
  const Tensor& input = node.input(0);
  if (input.dtype == DType::kInt16) {
    const Quantization& q = input.quantization;
    node.emit(kDequantizeInt16, QuantizeInt16Params{elements(node), q.scale(), q.zero_point()},
              {node.in(0), node.out()});
    return {};
  }
  emit_dequantize(node, node.input(0), node.in(0), node.out());
  return {};
}

Quantization quantization_of(std::mt19937& random, DType dtype) {
  if (dtype == DType::kInt32) return quantization(random_float(random, 0.00001f, 0.0001f), 0);
  return random_quantization(random, dtype);
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

const KernelInfo& dequantize_kernel() {
  return kDequantize;
}

void emit_dequantize(Lowering& node, const Tensor& tensor, Value from, Value to) {
  Dequantize8Params params{static_cast<int32_t>(tensor.shape.elements()),
                           tensor.quantization.scale(), tensor.quantization.zero_point(),
                           tensor.dtype == DType::kInt8};
  node.emit(kDequantize, params, {from, to});
}

const OperatorRecord& quantize_record() {
  static const OperatorRecord record = [] {
    OperatorRecord quantize = {
        .name = "QUANTIZE",
        .max_version = 2,
        .tflite_options = "QuantizeOptions",
        .inputs = {{"input"}},
        .outputs = {{"output"}},
        .types = {{{DType::kFloat32}, {DType::kInt8}},
                  {{DType::kFloat32}, {DType::kUInt8}},
                  {{DType::kInt8}, {DType::kInt8}},
                  {{DType::kUInt8}, {DType::kInt8}},
                  {{DType::kInt8}, {DType::kUInt8}},
                  {{DType::kFloat32}, {DType::kInt16}}},
        .kernels = {&kQuantize, &kQuantizeInt16, &lookup_8_kernel()},
        .infer = infer,
        .check = check,
        .lower = lower_quantize,
        .cases = [](std::mt19937& random) { return make_cases(random, quantize_record()); },
    };
    for (const Requantization& row : kRequantizations) {
      quantize.types.push_back({{row.from}, {row.to}});
      quantize.kernels.push_back(&row.kernel);
    }
    return quantize;
  }();
  return record;
}

const OperatorRecord& dequantize_record() {
  static const OperatorRecord record = {
      .name = "DEQUANTIZE",
      .max_version = 3,
      .tflite_options = "DequantizeOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = {{{DType::kInt8}, {DType::kFloat32}},
                {{DType::kUInt8}, {DType::kFloat32}},
                {{DType::kInt16}, {DType::kFloat32}}},
      .kernels = {&kDequantize, &kDequantizeInt16},
      .infer = infer,
      .check = check,
      .lower = lower_dequantize,
      .cases = [](std::mt19937& random) { return make_cases(random, dequantize_record()); },
  };
  return record;
}

}  // namespace mote
