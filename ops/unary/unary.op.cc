// SPDX-License-Identifier: Apache-2.0
#include "ops/unary/unary.op.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/host/quantize_multiplier.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kLookup = MOTE_KERNEL(lookup_8, ElementsParams, "unary", "reference.cc",
                                       MOTE_FIELDS(ElementsParams, elements));
const KernelInfo kClamp = MOTE_KERNEL(clamp_float32, ClampFloat32Params, "unary", "reference.cc",
                                      MOTE_FIELDS(ClampFloat32Params, elements, low, high));
const KernelInfo kTwoSlopes = MOTE_KERNEL(
    two_slopes_int16, TwoSlopesInt16Params, "unary", "reference.cc",
    MOTE_FIELDS(TwoSlopesInt16Params, elements, input_zero_point, MOTE_MULTIPLIER_FIELDS(below),
                MOTE_MULTIPLIER_FIELDS(above), negate_below, offset, min, max));

bool same_letters(std::string_view name, std::string_view upper) {
  return std::ranges::equal(name, upper, [](char a, char b) {
    return a == b || (b >= 'A' && b <= 'Z' && a == b - 'A' + 'a');
  });
}

Graph make_case(std::mt19937& random, const OperatorRecord& record, const TypeRow& row, Shape shape,
                CaseQuantization input, CaseQuantization output, const Attributes& attributes) {
  GraphBuilder b("unary");
  DType to = row.outputs[0];
  Quantization in = input(random, row.inputs[0]), out = output(random, to);
  return b.build({b.node(record, {b.input(row.inputs[0], shape, in)}, attributes, to, out)});
}

}  // namespace

const KernelInfo& lookup_8_kernel() {
  return kLookup;
}
const KernelInfo& clamp_float32_kernel() {
  return kClamp;
}
const KernelInfo& two_slopes_int16_kernel() {
  return kTwoSlopes;
}

const KernelInfo& float_kernel(std::string_view name) {
  struct Row {
    std::string_view name;
    KernelInfo kernel;
  };
#define MOTE_ROW(name)                                                         \
  {#name, MOTE_KERNEL(name##_float32, ElementsParams, "unary", "reference.cc", \
                      MOTE_FIELDS(ElementsParams, elements))},
  static const Row rows[] = {MOTE_FLOAT_FUNCTIONS(MOTE_ROW)};
#undef MOTE_ROW
  const Row* row =
      std::ranges::find_if(rows, [&](const Row& one) { return same_letters(one.name, name); });
  assert(row != std::end(rows) && "add the function to MOTE_FLOAT_FUNCTIONS");
  return row->kernel;
}

void emit_table(Lowering& node, const std::function<int32_t(int32_t)>& function) {
  bool signed_input = node.input(0).dtype == DType::kInt8;
  bool signed_output = node.output().dtype == DType::kInt8;
  std::vector<uint8_t> table;
  for (int32_t bits = 0; bits < 256; ++bits) {
    int32_t y = function(signed_input ? static_cast<int8_t>(bits) : bits);
    table.push_back(static_cast<uint8_t>(signed_output ? clamp(y, -128, 127) : clamp(y, 0, 255)));
  }
  ElementsParams params{element_count(node)};
  node.emit(kLookup, params, {node.in(0), node.constant(table), node.out()}).in_place = {{2, 0}};
}

void emit_real_table(Lowering& node, const std::function<float(float)>& function) {
  const Quantization &from = node.input(0).quantization, &to = node.output().quantization;
  float inverse_scale = 1.0f / to.scale();
  emit_table(node, [&](int32_t x) {
    float real = from.scale() * static_cast<float>(x - from.zero_point());
    float y = std::round(function(real) * inverse_scale);
    if (!(y > -1e6f)) return -1000000;  // NaN too
    return static_cast<int32_t>(std::min(y, 1e6f) + static_cast<float>(to.zero_point()));
  });
}

Result<void> lower_float_function(Lowering& node) {
  emit_map(node, float_kernel(node.node().record->name), ElementsParams{element_count(node)});
  return {};
}

QuantizedMultiplier requantization(double input_scale, double output_scale) {
  return quantize_multiplier(input_scale / output_scale);
}

QuantizedMultiplier float_requantization(const NodeView& node, float factor) {
  float scale = node.input(0).quantization.scale() * factor / node.output().quantization.scale();
  return quantize_multiplier(static_cast<double>(scale));
}

std::vector<TypeRow> same_types(std::initializer_list<DType> types) {
  std::vector<TypeRow> rows;
  for (DType dtype : types) rows.push_back({{dtype}, {dtype}});
  return rows;
}

std::vector<Graph> unary_cases(std::mt19937& random, const OperatorRecord& record,
                               CaseQuantization input, CaseQuantization output,
                               const Attributes& attributes) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : record.types) {
    for (const Shape& shape : {Shape(1, 300), Shape(2, 1, 3, 1, 2), Shape()}) {
      graphs.push_back(make_case(random, record, row, shape, input, output, attributes));
    }
  }
  return graphs;
}

OperatorRecord unary_record(std::string_view name, int max_version, std::string_view options) {
  return {
      .name = name,
      .max_version = max_version,
      .tflite_options = options,
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = {},
      .kernels = {},
      .infer = infer_same_shape,
      .check = check_activations,
      .lower = nullptr,
      .cases = nullptr,
  };
}

}  // namespace mote
