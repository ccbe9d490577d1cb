// SPDX-License-Identifier: Apache-2.0
// The records of elementwise functions without parameters: a float kernel each, a table for the
// types of 8 bits, an integer kernel for plain integers.
#include <cmath>

#include "base/fixed_functions.h"
#include "base/host/quantize_multiplier.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/unary/unary.op.h"

namespace mote {
namespace {

const KernelInfo kInt32 = MOTE_KERNEL(unary_int32, IntegerFunctionParams, "unary", "reference.cc",
                                      MOTE_FIELDS(IntegerFunctionParams, elements, function));
const KernelInfo kInt64 = MOTE_KERNEL(unary_int64, IntegerFunctionParams, "unary", "reference.cc",
                                      MOTE_FIELDS(IntegerFunctionParams, elements, function));

/// Lowers a function of reals: floats to its kernel, int8 to its table.
template <float (*kFunction)(float)>
Result<void> lower_real(Lowering& node) {
  if (node.input(0).dtype == DType::kFloat32) return lower_float_function(node);
  emit_real_table(node, kFunction);
  return {};
}

template <IntegerFunction kFunction>
Result<void> lower_integer(Lowering& node) {
  IntegerFunctionParams params{element_count(node), kFunction};
  switch (node.input(0).dtype) {
    case DType::kInt32:
      emit_map(node, kInt32, params);
      return {};
    case DType::kInt64:
      emit_map(node, kInt64, params);
      return {};
    default:
      return lower_float_function(node);
  }
}

/// A zero point that keeps the real input at 0 or above.
Quantization not_negative(std::mt19937& random, DType dtype) {
  Quantization q = random_quantization(random, dtype);
  if (q.quantized()) q.zero_points[0] = -128;
  return q;
}

/// A record of `types` with the kernels that lower_real() and lower_integer() use for them.
template <const OperatorRecord& (*kRecord)()>
OperatorRecord make_record(std::string_view name, int max_version, std::string_view options,
                           std::initializer_list<DType> types) {
  OperatorRecord record = unary_record(name, max_version, options);
  record.types = same_types(types);
  for (DType dtype : types) {
    record.kernels.push_back(dtype == DType::kFloat32 ? &float_kernel(name)
                             : dtype == DType::kInt32 ? &kInt32
                             : dtype == DType::kInt64 ? &kInt64
                                                      : &lookup_8_kernel());
  }
  record.lower = lower_float_function;
  record.cases = [](std::mt19937& random) {
    return unary_cases(random, kRecord(), not_negative, random_quantization);
  };
  return record;
}

// ---- RSQRT

/// 1 / sqrt(x) of an int8 element in fixed point; the largest value where there is none. (TFLite:
/// RsqrtEvalQuantized.)
Result<void> lower_rsqrt(Lowering& node) {
  if (node.input(0).dtype == DType::kFloat32) return lower_float_function(node);
  const Quantization &from = node.input(0).quantization, &to = node.output().quantization;
  constexpr int32_t kShift = 20;  // keeps the root an integer
  QuantizedMultiplier scale =
      quantize_multiplier(1.0 / static_cast<double>(std::sqrt(from.scale()) * to.scale()));
  emit_table(node, [&](int32_t value) {
    int32_t x = value - from.zero_point();
    if (x <= 0) return 127;
    QuantizedMultiplier root = inverse_sqrt(x);
    int32_t y = multiply_by_quantized_multiplier(1, {root.multiplier, root.shift + kShift});
    QuantizedMultiplier last{scale.multiplier, scale.shift - kShift};
    return wrapping_add(multiply_by_quantized_multiplier(y, last), to.zero_point());
  });
  return {};
}

Result<void> check_rsqrt(const NodeView& node) {
  MOTE_CHECK_OK(check_activations(node));
  if (node.input(0).dtype == DType::kFloat32) return {};
  float scale = std::sqrt(node.input(0).quantization.scale()) * node.output().quantization.scale();
  if (scale < 1e-3f || scale > 1e3f) {
    return fail("the scales of {} and {} are too far apart", node.input_text(0),
                node.output_text());
  }
  return {};
}

// ---- HARD_SWISH

/// The upper 16 bits of a multiplier, rounded. (TFLite: DownScaleInt32ToInt16Multiplier.)
int32_t upper_half(int32_t multiplier) {
  constexpr int32_t kMost = 0x7fffffff - (1 << 15);
  return multiplier >= kMost ? 32767 : (multiplier + (1 << 15)) >> 16;
}

/// a · b / 2^15 of int16 values, rounded half up. (gemmlowp: SaturatingRoundingDoublingHighMul.)
int32_t high_product(int32_t a, int32_t b) {
  if (a == -32768 && b == -32768) return 32767;
  int32_t product = a * b;
  return (product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15);
}

int32_t saturate16(int64_t x) {
  return static_cast<int32_t>(x < -32768 ? -32768 : x > 32767 ? 32767 : x);
}

/// relu6(x + 3) / 6 of an int16 value at 1/128 of the input's scale, in 2^-15 steps.
int32_t hard_gate(int32_t x, int32_t multiplier, int32_t shift) {
  if (shift > 0) x = saturate16(int64_t{x} << (shift - 1));
  x = high_product(x, multiplier);
  if (shift > 0) x = saturate16(int64_t{x} * 2);
  if (shift < 0) x = rounding_divide_by_pot(x, -shift);
  return (x + (1 << 15)) >> 1;
}

/// TFLite's int16 arithmetic, whose bits a table of real values wouldn't give.
Result<void> lower_hard_swish(Lowering& node) {
  if (node.input(0).dtype == DType::kFloat32) return lower_float_function(node);
  const Quantization &from = node.input(0).quantization, &to = node.output().quantization;
  float fine_scale = (1.0f / 128) * from.scale();
  QuantizedMultiplier output = quantize_multiplier(static_cast<double>(fine_scale / to.scale()));
  QuantizedMultiplier gate = quantize_multiplier(static_cast<double>(fine_scale / (3.0f / 32768)));
  emit_table(node, [&](int32_t value) {
    int32_t x = (value - from.zero_point()) * 128;
    int32_t scaled = high_product(x, upper_half(output.multiplier));
    int32_t gated = hard_gate(x, upper_half(gate.multiplier), gate.shift) * scaled / (1 << 15);
    return rounding_divide_by_pot(gated, -output.shift) + to.zero_point();
  });
  return {};
}

Result<void> check_hard_swish(const NodeView& node) {
  MOTE_CHECK_OK(check_activations(node));
  if (node.input(0).dtype == DType::kFloat32) return {};
  float ratio = node.input(0).quantization.scale() / node.output().quantization.scale();
  if (ratio < 128 && ratio > 1e-6f && node.input(0).quantization.scale() < 1000 &&
      node.input(0).quantization.scale() > 1e-6f) {
    return {};
  }
  return fail("the scale of {} is too large or small for that of {}", node.input_text(0),
              node.output_text());
}

// ---- GELU and LOGICAL_NOT

Result<void> lower_gelu(Lowering& node) {
  bool approximate = node.flag("approximate");
  if (node.input(0).dtype == DType::kFloat32) {
    emit_map(node, float_kernel(approximate ? "gelu_tanh" : "gelu"),
             ElementsParams{element_count(node)});
    return {};
  }
  emit_real_table(node, [&](float x) {
    if (!approximate) return 0.5f * x * (1.0f + std::erf(x * 0.70710678f));
    return 0.5f * x * (1.0f + std::tanh(0.79788456f * (x + 0.044715f * x * x * x)));
  });
  return {};
}

Result<void> lower_logical_not(Lowering& node) {
  emit_table(node, [](int32_t x) { return x == 0; });
  return {};
}

float real_elu(float x) {
  return x < 0 ? std::exp(x) - 1.0f : x;
}
float real_exp(float x) {
  return std::exp(x);
}
float real_log(float x) {
  return std::log(x);
}

}  // namespace

const KernelInfo& unary_int32_kernel() {
  return kInt32;
}

// The functions that are nothing but a float kernel.
#define MOTE_FLOAT_RECORD(name, NAME, options)                           \
  const OperatorRecord& name##_record() {                                \
    static const OperatorRecord record =                                 \
        make_record<name##_record>(NAME, 1, options, {DType::kFloat32}); \
    return record;                                                       \
  }
MOTE_FLOAT_RECORD(ceil, "CEIL", "")
MOTE_FLOAT_RECORD(cos, "COS", "CosOptions")
MOTE_FLOAT_RECORD(floor, "FLOOR", "")
MOTE_FLOAT_RECORD(round, "ROUND", "")
MOTE_FLOAT_RECORD(sin, "SIN", "")
MOTE_FLOAT_RECORD(sqrt, "SQRT", "")
MOTE_FLOAT_RECORD(square, "SQUARE", "SquareOptions")
#undef MOTE_FLOAT_RECORD

// The functions whose other types need a lowering of their own.
#define MOTE_RECORD(name, NAME, version, options, function, ...)                               \
  const OperatorRecord& name##_record() {                                                      \
    static const OperatorRecord record = [] {                                                  \
      OperatorRecord made = make_record<name##_record>(NAME, version, options, {__VA_ARGS__}); \
      made.lower = function;                                                                   \
      return made;                                                                             \
    }();                                                                                       \
    return record;                                                                             \
  }
MOTE_RECORD(elu, "ELU", 1, "", lower_real<real_elu>, DType::kInt8, DType::kFloat32)
MOTE_RECORD(exp, "EXP", 2, "ExpOptions", lower_real<real_exp>, DType::kInt8, DType::kFloat32)
MOTE_RECORD(log, "LOG", 2, "", lower_real<real_log>, DType::kInt8, DType::kFloat32)
MOTE_RECORD(neg, "NEG", 1, "NegOptions", lower_integer<kIntegerNeg>, DType::kInt32, DType::kInt64,
            DType::kFloat32)
MOTE_RECORD(sign, "SIGN", 2, "SignOptions", lower_integer<kIntegerSign>, DType::kInt32,
            DType::kFloat32)
MOTE_RECORD(logical_not, "LOGICAL_NOT", 1, "LogicalNotOptions", lower_logical_not, DType::kBool)
#undef MOTE_RECORD

const OperatorRecord& rsqrt_record() {
  static const OperatorRecord record = [] {
    OperatorRecord rsqrt =
        make_record<rsqrt_record>("RSQRT", 2, "", {DType::kInt8, DType::kFloat32});
    rsqrt.check = check_rsqrt;
    rsqrt.lower = lower_rsqrt;
    return rsqrt;
  }();
  return record;
}

const OperatorRecord& hard_swish_record() {
  static const OperatorRecord record = [] {
    OperatorRecord swish = unary_record("HARD_SWISH", 1, "HardSwishOptions");
    swish.types = same_types({DType::kInt8, DType::kFloat32});
    swish.kernels = {&lookup_8_kernel(), &float_kernel("hard_swish")};
    swish.check = check_hard_swish;
    swish.lower = lower_hard_swish;
    swish.cases = [](std::mt19937& random) { return unary_cases(random, hard_swish_record()); };
    return swish;
  }();
  return record;
}

const OperatorRecord& gelu_record() {
  static const OperatorRecord record = [] {
    OperatorRecord gelu = unary_record("GELU", 2, "GeluOptions");
    gelu.attributes = {{.name = "approximate", .fallback = false}};
    gelu.types = same_types({DType::kInt8, DType::kFloat32});
    gelu.kernels = {&lookup_8_kernel(), &float_kernel("gelu"), &float_kernel("gelu_tanh")};
    gelu.lower = lower_gelu;
    gelu.cases = [](std::mt19937& random) {
      std::vector<Graph> graphs = unary_cases(random, gelu_record());
      for (Graph& graph : unary_cases(random, gelu_record(), random_quantization,
                                      random_quantization, {{"approximate", true}})) {
        graphs.push_back(std::move(graph));
      }
      return graphs;
    };
    return gelu;
  }();
  return record;
}

}  // namespace mote
