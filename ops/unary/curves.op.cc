// SPDX-License-Identifier: Apache-2.0
// The records of LOGISTIC and TANH, whose range fixes the output's quantisation.
#include <cmath>

#include "base/fixed_functions.h"
#include "base/host/quantize_multiplier.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/unary/unary.op.h"

namespace mote {
namespace {

const KernelInfo kCurveInt16 =
    MOTE_KERNEL(curve_int16, CurveInt16Params, "unary", "reference.cc",
                MOTE_FIELDS(CurveInt16Params, elements, multiplier, shift, tanh));

// ---- int8

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

// ---- int16

/// 3 · 2^12 · input_scale as multiplier / 2^shift; exact for the power of two, 2^-12, and for TANH
/// also 2^-11. The multiplier is cut, not rounded. (TFLite: TanhPrepare.)
CurveInt16Params curve_params(const NodeView& node, bool tanh) {
  double real = static_cast<double>(node.input(0).quantization.scale()) * 4096 * 3;
  CurveInt16Params params{element_count(node), 0, 0, tanh};
  if (real == 3 || (tanh && real == 6)) {
    params.multiplier = static_cast<int32_t>(real);
    return params;
  }
  while (real <= 32767.0 / 2 && params.shift <= 30) {
    ++params.shift;
    real *= 2;
  }
  params.multiplier = static_cast<int32_t>(std::min(real, 65535.0));
  return params;
}

Result<void> lower_curve(Lowering& node, bool tanh) {
  if (node.input(0).dtype == DType::kFloat32) return lower_float_function(node);
  if (node.input(0).dtype == DType::kInt16) {
    std::vector<Value> operands = {node.in(0), node.constant(logistic_table()), node.out()};
    node.emit(kCurveInt16, curve_params(node, tanh), operands).in_place = {{2, 0}};
    return {};
  }
  if (node.input(0).dtype == DType::kUInt8) {
    // TFLite's table for uint8 is made with floats, unlike that for int8.
    emit_real_table(
        node, tanh ? [](float x) { return std::tanh(x); }
                   : [](float x) { return 1.0f / (1.0f + std::exp(-x)); });
    return {};
  }
  Int8Curve curve(node.input(0).quantization);
  emit_table(node,
             [&](int32_t x) { return tanh ? tanh_entry(curve, x) : logistic_entry(curve, x); });
  return {};
}

Quantization logistic_quantization(std::mt19937&, DType dtype) {
  if (dtype == DType::kFloat32) return {};
  if (dtype == DType::kUInt8) return quantization(1.0f / 256, 0);
  return dtype == DType::kInt16 ? quantization(1.0f / 32768, 0) : quantization(1.0f / 256, -128);
}

Quantization tanh_quantization(std::mt19937&, DType dtype) {
  if (dtype == DType::kFloat32) return {};
  if (dtype == DType::kUInt8) return quantization(1.0f / 128, 128);
  return quantization(dtype == DType::kInt16 ? 1.0f / 32768 : 1.0f / 128, 0);
}

template <CaseQuantization kOutput>
Result<void> check_curve(const NodeView& node) {
  MOTE_CHECK_OK(check_activations(node));
  std::mt19937 unused;
  Quantization q = kOutput(unused, node.output().dtype);
  if (!q.quantized()) return {};
  return check_output_quantization(node, q.scale(), q.zero_point());
}

Quantization power_of_two_scale(std::mt19937&, DType dtype) {
  return dtype == DType::kFloat32 ? Quantization() : quantization(1.0f / 4096, 0);
}

template <const OperatorRecord& (*kRecord)(), CaseQuantization kOutput>
std::vector<Graph> curve_cases(std::mt19937& random) {
  std::vector<Graph> graphs = unary_cases(random, kRecord(), random_quantization, kOutput);
  for (Graph& graph : unary_cases(random, kRecord(), power_of_two_scale, kOutput)) {
    if (graph.tensors[0].dtype == DType::kInt16) graphs.push_back(std::move(graph));
  }
  return graphs;
}

template <const OperatorRecord& (*kRecord)(), CaseQuantization kOutput, bool kTanh>
OperatorRecord make_record(std::string_view name) {
  OperatorRecord record = unary_record(name, 3);
  record.types = same_types({DType::kInt8, DType::kUInt8, DType::kInt16, DType::kFloat32});
  record.kernels = {&lookup_8_kernel(), &kCurveInt16, &float_kernel(name)};
  record.check = check_curve<kOutput>;
  record.lower = [](Lowering& node) { return lower_curve(node, kTanh); };
  record.cases = curve_cases<kRecord, kOutput>;
  return record;
}

}  // namespace

std::vector<uint16_t> logistic_table() {
  constexpr uint8_t kRaised[] = {4,  8,  12, 14, 15, 16, 17, 19, 20,  21,  22,  25,  27,  28, 29,
                                 30, 31, 33, 34, 35, 37, 39, 40, 41,  43,  44,  45,  46,  49, 50,
                                 54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255};
  std::vector<uint16_t> table;
  for (int i = 0; i < 256; ++i) {
    table.push_back(static_cast<uint16_t>(std::lround(65536 / (1 + std::exp(-i / 24.0)))));
  }
  for (uint8_t i : kRaised) ++table[i];
  return table;
}

const OperatorRecord& logistic_record() {
  static const OperatorRecord record =
      make_record<logistic_record, logistic_quantization, false>("LOGISTIC");
  return record;
}

const OperatorRecord& tanh_record() {
  static const OperatorRecord record = make_record<tanh_record, tanh_quantization, true>("TANH");
  return record;
}

}  // namespace mote
