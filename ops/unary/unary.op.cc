// SPDX-License-Identifier: Apache-2.0
// The records of LOGISTIC, TANH, RELU and RELU6.
#include "ops/unary/unary.op.h"

#include <cmath>
#include <limits>

#include "base/fixed_functions.h"
#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"

namespace mote {
namespace {

const KernelInfo kLookup = MOTE_KERNEL(lookup_8, ElementsParams, "unary", "reference.cc",
                                       MOTE_FIELDS(ElementsParams, elements));
const KernelInfo kLogistic = MOTE_KERNEL(logistic_float32, ElementsParams, "unary", "reference.cc",
                                         MOTE_FIELDS(ElementsParams, elements));
const KernelInfo kTanh = MOTE_KERNEL(tanh_float32, ElementsParams, "unary", "reference.cc",
                                     MOTE_FIELDS(ElementsParams, elements));
const KernelInfo kClamp = MOTE_KERNEL(clamp_float32, ClampFloat32Params, "unary", "reference.cc",
                                      MOTE_FIELDS(ClampFloat32Params, elements, low, high));

Result<std::vector<Shape>> infer(const NodeView& node) {
  return std::vector<Shape>{node.input(0).shape};
}

int32_t elements(const NodeView& node) {
  return static_cast<int32_t>(node.output().shape.elements());
}

template <typename Params>
void emit_float(Lowering& node, const KernelInfo& kernel, const Params& params) {
  node.emit(kernel, params, {node.in(0), node.out()}).in_place = {{1, 0}};
}

// ---- LOGISTIC and TANH

/// The quantised input in fixed point with 4 integer bits, as TFLite's LOGISTIC and TANH take it.
/// Inputs at `radius` and beyond would overflow the format; the function is flat there.
struct Int8Curve {
  int32_t zero_point;
  QuantizedMultiplier multiplier;
  double radius;

  explicit Int8Curve(const Quantization& input) : zero_point(input.zero_point()) {
    multiplier = quantize_multiplier(std::ldexp(static_cast<double>(input.scale()), 31 - kBits));
    double most = ((1 << kBits) - 1) * std::ldexp(1.0, 31 - kBits);
    radius = std::floor(std::ldexp(most, -multiplier.shift));
  }

  /// The function's value times 2^31 by `curve`, or ±`flat` outside the radius.
  static constexpr int kBits = 4;
  bool below(int32_t x) const { return x - zero_point <= -radius; }
  bool above(int32_t x) const { return x - zero_point >= radius; }
  int32_t fixed(int32_t x) const {
    return multiply_by_quantized_multiplier(x - zero_point, multiplier);
  }
};

int32_t logistic_entry(const Int8Curve& curve, int32_t x) {
  if (curve.below(x)) return -128;
  if (curve.above(x)) return 127;
  return rounding_divide_by_pot(fixed_logistic(curve.fixed(x), Int8Curve::kBits), 31 - 8) - 128;
}

int32_t tanh_entry(const Int8Curve& curve, int32_t x) {
  if (curve.below(x)) return -128;
  if (curve.above(x)) return 127;
  return rounding_divide_by_pot(fixed_tanh(curve.fixed(x), Int8Curve::kBits), 31 - 7);
}

Result<void> lower_logistic(Lowering& node) {
  if (node.input(0).dtype == DType::kFloat32) {
    emit_float(node, kLogistic, ElementsParams{elements(node)});
    return {};
  }
  Int8Curve curve(node.input(0).quantization);
  emit_table(node, [&](int32_t x) { return logistic_entry(curve, x); });
  return {};
}

Result<void> lower_tanh(Lowering& node) {
  if (node.input(0).dtype == DType::kFloat32) {
    emit_float(node, kTanh, ElementsParams{elements(node)});
    return {};
  }
  Int8Curve curve(node.input(0).quantization);
  emit_table(node, [&](int32_t x) { return tanh_entry(curve, x); });
  return {};
}

/// The output has the one quantisation that the function's range asks for.
template <int kSteps, int32_t kZeroPoint>
Result<void> check_curve(const NodeView& node) {
  if (node.input(0).dtype == DType::kFloat32) return {};
  MOTE_CHECK_OK(check_per_tensor(node, false, 0));
  return check_output_quantization(node, 1.0f / kSteps, kZeroPoint);
}

// ---- RELU and RELU6

Result<void> lower_clamp(Lowering& node, const std::string& activation) {
  if (node.input(0).dtype == DType::kFloat32) {
    RealRange range = activation_range(activation);
    emit_float(node, kClamp, ClampFloat32Params{elements(node), range.low, range.high});
    return {};
  }
  const Quantization &from = node.input(0).quantization, &to = node.output().quantization;
  // TFLite divides these two scales in float.
  QuantizedMultiplier multiplier =
      quantize_multiplier(static_cast<double>(from.scale() / to.scale()));
  Int8Output output = int8_output(node.output(), activation);
  emit_table(node, [&](int32_t x) {
    int32_t scaled = multiply_by_quantized_multiplier(x - from.zero_point(), multiplier);
    return clamp(wrapping_add(scaled, output.offset), output.min, output.max);
  });
  return {};
}

// ---- records

Graph make_case(std::mt19937& random, const OperatorRecord& record, DType dtype, Shape shape,
                const Quantization* output, bool same = false) {
  GraphBuilder b("unary");
  Quantization in, out;
  if (dtype == DType::kInt8) {
    in = random_quantization(random);
    out = output ? *output : same ? in : random_quantization(random);
  }
  return b.build({b.node(record, {b.input(dtype, shape, in)}, {}, dtype, out)});
}

std::vector<Graph> make_cases(std::mt19937& random, const OperatorRecord& record,
                              const Quantization* output) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kFloat32}) {
    graphs.push_back(make_case(random, record, dtype, Shape(1, 300), output));
    graphs.push_back(make_case(random, record, dtype, Shape(2, 1, 3, 1, 2), output));
    graphs.push_back(make_case(random, record, dtype, Shape(7, 9), output, true));
    graphs.push_back(make_case(random, record, dtype, Shape(), output));
  }
  return graphs;
}

OperatorRecord make_record(std::string_view name, const KernelInfo& float32) {
  return {
      .name = name,
      .max_version = 2,
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = {{{DType::kInt8}, {DType::kInt8}}, {{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kLookup, &float32},
      .infer = infer,
      .lower = nullptr,
      .cases = nullptr,
  };
}

}  // namespace

const KernelInfo& lookup_8_kernel() {
  return kLookup;
}

QuantizedMultiplier requantization(double input_scale, double output_scale) {
  return quantize_multiplier(input_scale / output_scale);
}

void emit_table(Lowering& node, const std::function<int32_t(int32_t)>& function) {
  bool signed_input = node.input(0).dtype == DType::kInt8;
  bool signed_output = node.output().dtype == DType::kInt8;
  std::vector<uint8_t> table;
  for (int32_t bits = 0; bits < 256; ++bits) {
    int32_t y = function(signed_input ? static_cast<int8_t>(bits) : bits);
    table.push_back(static_cast<uint8_t>(signed_output ? clamp(y, -128, 127) : clamp(y, 0, 255)));
  }
  ElementsParams params{elements(node)};
  node.emit(kLookup, params, {node.in(0), node.constant(table), node.out()}).in_place = {{2, 0}};
}

const OperatorRecord& logistic_record() {
  static const OperatorRecord record = [] {
    OperatorRecord logistic = make_record("LOGISTIC", kLogistic);
    logistic.check = check_curve<256, -128>;
    logistic.lower = lower_logistic;
    logistic.cases = [](std::mt19937& random) {
      Quantization output = quantization(1.0f / 256, -128);
      return make_cases(random, logistic_record(), &output);
    };
    return logistic;
  }();
  return record;
}

const OperatorRecord& tanh_record() {
  static const OperatorRecord record = [] {
    OperatorRecord tanh = make_record("TANH", kTanh);
    tanh.check = check_curve<128, 0>;
    tanh.lower = lower_tanh;
    tanh.cases = [](std::mt19937& random) {
      Quantization output = quantization(1.0f / 128, 0);
      return make_cases(random, tanh_record(), &output);
    };
    return tanh;
  }();
  return record;
}

const OperatorRecord& relu_record() {
  static const OperatorRecord record = [] {
    OperatorRecord relu = make_record("RELU", kClamp);
    relu.lower = [](Lowering& node) { return lower_clamp(node, "RELU"); };
    relu.cases = [](std::mt19937& random) { return make_cases(random, relu_record(), nullptr); };
    return relu;
  }();
  return record;
}

const OperatorRecord& relu6_record() {
  static const OperatorRecord record = [] {
    OperatorRecord relu6 = make_record("RELU6", kClamp);
    relu6.lower = [](Lowering& node) { return lower_clamp(node, "RELU6"); };
    relu6.cases = [](std::mt19937& random) { return make_cases(random, relu6_record(), nullptr); };
    return relu6;
  }();
  return record;
}

}  // namespace mote
