// SPDX-License-Identifier: Apache-2.0
// The records of arithmetic: ADD, SUB, MUL, DIV, SQUARED_DIFFERENCE, MAXIMUM, MINIMUM, FLOOR_DIV,
// FLOOR_MOD, POW, BITWISE_XOR and RIGHT_SHIFT, a row each of one table of functions, and PRELU.
#include <algorithm>
#include <limits>

#include "base/host/quantize_multiplier.h"
#include "ops/book.h"
#include "ops/elementwise_binary/elementwise_binary.h"
#include "ops/elementwise_binary/elementwise_binary.op.h"
#include "ops/elementwise_binary/linear.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

#define MOTE_SCALED_FIELDS(P)                                                                 \
  MOTE_FIELDS(P, MOTE_LOOPS_2_FIELDS(loops), function, offsets[0], offsets[1], left_shift,    \
              MOTE_MULTIPLIER_FIELDS(multipliers[0]), MOTE_MULTIPLIER_FIELDS(multipliers[1]), \
              MOTE_MULTIPLIER_FIELDS(output_multiplier), MOTE_INT8_OUTPUT_FIELDS(output))
#define MOTE_PRODUCT_FIELDS(P)                                       \
  MOTE_FIELDS(P, MOTE_LOOPS_2_FIELDS(loops), offsets[0], offsets[1], \
              MOTE_MULTIPLIER_FIELDS(multiplier), MOTE_INT8_OUTPUT_FIELDS(output))
#define MOTE_PRELU_FIELDS(P)                                                \
  MOTE_FIELDS(P, MOTE_LOOPS_2_FIELDS(loops), offsets[0], offsets[1],        \
              MOTE_MULTIPLIER_FIELDS(above), MOTE_MULTIPLIER_FIELDS(below), \
              MOTE_INT8_OUTPUT_FIELDS(output))
#define MOTE_BINARY(kernel, P, file, fields) \
  MOTE_KERNEL(kernel, P, "elementwise_binary", file, fields)
#define MOTE_PLAIN(kernel)                          \
  MOTE_BINARY(kernel, BinaryParams, "reference.cc", \
              MOTE_FIELDS(BinaryParams, MOTE_LOOPS_2_FIELDS(loops), function))

const KernelInfo kScaledInt8 = MOTE_BINARY(scaled_int8, ScaledInt8Params, "quantized.cc",
                                           MOTE_SCALED_FIELDS(ScaledInt8Params));
const KernelInfo kScaledInt16 = MOTE_BINARY(scaled_int16, ScaledInt16Params, "quantized.cc",
                                            MOTE_SCALED_FIELDS(ScaledInt16Params));
const std::vector<ParamField> kLinearFields =
    MOTE_FIELDS(LinearInt8Params, MOTE_LOOPS_2_FIELDS(loops), coefficients[0], coefficients[1],
                addend, shift, min, max);
const KernelInfo kLinearInt8 =
    MOTE_BINARY(linear_int8, LinearInt8Params, "linear.cc", kLinearFields);
const KernelInfo kLinearInt8Mve =
    MOTE_BINARY(linear_int8_mve, LinearInt8Params, "mve.cc", kLinearFields);
const KernelInfo kMulInt8 = MOTE_BINARY(mul_int8, ProductInt8Params, "quantized.cc",
                                        MOTE_PRODUCT_FIELDS(ProductInt8Params));
const KernelInfo kMulInt16 = MOTE_BINARY(mul_int16, ProductInt16Params, "quantized.cc",
                                         MOTE_PRODUCT_FIELDS(ProductInt16Params));
const KernelInfo kDivInt8 = MOTE_BINARY(div_int8, ProductInt8Params, "quantized.cc",
                                        MOTE_PRODUCT_FIELDS(ProductInt8Params));
const KernelInfo kPreluInt8 =
    MOTE_BINARY(prelu_int8, PreluInt8Params, "quantized.cc", MOTE_PRELU_FIELDS(PreluInt8Params));
const KernelInfo kPreluInt16 =
    MOTE_BINARY(prelu_int16, PreluInt16Params, "quantized.cc", MOTE_PRELU_FIELDS(PreluInt16Params));
const KernelInfo kFloat32 = MOTE_BINARY(
    binary_float32, BinaryFloat32Params, "reference.cc",
    MOTE_FIELDS(BinaryFloat32Params, MOTE_LOOPS_2_FIELDS(loops), function, output_min, output_max));
const KernelInfo kInt32 = MOTE_BINARY(
    binary_int32, BinaryInt32Params, "reference.cc",
    MOTE_FIELDS(BinaryInt32Params, MOTE_LOOPS_2_FIELDS(loops), function, output_min, output_max));
const KernelInfo kWideFloat32 = MOTE_PLAIN(wide_binary_float32);
const KernelInfo kInt8 = MOTE_PLAIN(binary_int8);
const KernelInfo kInt16 = MOTE_PLAIN(binary_int16);
const KernelInfo kInt64 = MOTE_PLAIN(binary_int64);

template <typename Real>
Real scale_of(const Tensor& tensor) {
  return static_cast<Real>(tensor.quantization.scale());
}

// ---- quantised

/// Adds what depends on the function to params whose outputs are set: offsets and multipliers.
/// TFLite computes the multipliers of SUB in float and all others in double.
template <typename Real, typename Params>
void fill_scaled(const NodeView& node, BinaryFunction function, Params& params) {
  Real a = scale_of<Real>(node.input(0)), b = scale_of<Real>(node.input(1));
  Real twice_larger = 2 * std::max(a, b);
  bool wide = node.output().dtype == DType::kInt16;
  bool squared = function == kBinarySquaredDifference;
  params.loops = broadcast_loops(node);
  params.function = function;
  params.left_shift = squared ? (wide ? 0 : 7) : (wide ? 15 : 20);
  for (int i = 0; i < 2; ++i) params.offsets[i] = -node.input(i).quantization.zero_point();
  auto multiplier = [](Real real) { return quantize_multiplier(static_cast<double>(real)); };
  params.multipliers[0] = multiplier(a / twice_larger);
  params.multipliers[1] = multiplier(b / twice_larger);
  // The output's scale is raised in float by TFLite's SQUARED_DIFFERENCE; a power of two, it's
  // exact.
  Real raised = static_cast<Real>(1 << params.left_shift) *
                (squared ? static_cast<Real>(1 << params.left_shift) : 1);
  params.output_multiplier = multiplier((squared ? twice_larger * twice_larger : twice_larger) /
                                        (raised * scale_of<Real>(node.output())));
}

template <typename Params>
void fill_product(const NodeView& node, BinaryFunction function, Params& params) {
  params.loops = broadcast_loops(node);
  for (int i = 0; i < 2; ++i) params.offsets[i] = -node.input(i).quantization.zero_point();
  if (function == kBinaryDiv) {
    float a = scale_of<float>(node.input(0)), b = scale_of<float>(node.input(1));
    params.multiplier =
        quantize_multiplier(static_cast<double>(a / (b * scale_of<float>(node.output()))));
  } else {
    params.multiplier =
        quantize_multiplier(scale_of<double>(node.input(0)) * scale_of<double>(node.input(1)) /
                            scale_of<double>(node.output()));
  }
}

void emit_scaled(Lowering& node, const ScaledInt16Params& params) {
  emit_broadcast(node, kScaledInt16, params);
}

void emit_scaled(Lowering& node, const ScaledInt8Params& params) {
  std::optional<LinearInt8Params> linear;
  if (node.target().packed) linear = find_linear(params);
  if (linear) {
    return emit_broadcast(node, node.target().mve ? kLinearInt8Mve : kLinearInt8, *linear);
  }
  emit_broadcast(node, kScaledInt8, params);
}

template <typename Params>
void emit_quantized(Lowering& node, BinaryFunction function, const KernelInfo& product,
                    Params scaled_params, auto product_params) {
  if (function == kBinaryMul || function == kBinaryDiv) {
    fill_product(node, function, product_params);
    emit_broadcast(node, product, product_params);
    return;
  }
  if (function == kBinarySub) {
    fill_scaled<float>(node, function, scaled_params);
  } else {
    fill_scaled<double>(node, function, scaled_params);
  }
  emit_scaled(node, scaled_params);
}

std::string activation_of(const NodeView& node) {
  bool has_activation =
      std::ranges::any_of(node.node().record->attributes, [](const AttributeSpec& spec) {
        return std::string_view(spec.name) == "fused_activation_function";
      });
  return has_activation ? node.choice("fused_activation_function") : "NONE";
}

void lower_quantized(Lowering& node, BinaryFunction function) {
  if (node.output().dtype == DType::kInt16) {
    ScaledInt16Params scaled{};
    ProductInt16Params product{};
    scaled.output = product.output = int16_output(node.output(), activation_of(node));
    emit_quantized(node, function, kMulInt16, scaled, product);
    return;
  }
  ScaledInt8Params scaled{};
  ProductInt8Params product{};
  scaled.output = product.output = int8_output(node.output(), activation_of(node));
  emit_quantized(node, function, function == kBinaryDiv ? kDivInt8 : kMulInt8, scaled, product);
}

// ---- floats and plain integers

BinaryInt32Params int32_params(const NodeView& node, BinaryFunction function) {
  RealRange range = activation_range(activation_of(node));
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return {broadcast_loops(node), function,
          range.low == -kInfinity ? kInt32Min : static_cast<int32_t>(range.low),
          range.high == kInfinity ? kInt32Max : static_cast<int32_t>(range.high)};
}

void lower_float(Lowering& node, BinaryFunction function) {
  if (function > kBinaryPrelu) {
    emit_broadcast(node, kWideFloat32, BinaryParams{broadcast_loops(node), function});
    return;
  }
  RealRange range = activation_range(activation_of(node));
  emit_broadcast(node, kFloat32,
                 BinaryFloat32Params{broadcast_loops(node), function, range.low, range.high});
}

void lower_plain(Lowering& node, BinaryFunction function) {
  BinaryParams params{broadcast_loops(node), function};
  switch (node.output().dtype) {
    case DType::kFloat32:
      return lower_float(node, function);
    case DType::kInt32:
    case DType::kUInt32:
      return emit_broadcast(node, kInt32, int32_params(node, function));
    case DType::kInt64:
      return emit_broadcast(node, kInt64, params);
    case DType::kInt16:
    case DType::kUInt16:
      return emit_broadcast(node, kInt16, params);
    default:
      return emit_broadcast(node, kInt8, params);
  }
}

/// Whether the function computes with the real values of quantised operands.
bool is_real(BinaryFunction function) {
  return function <= kBinaryMul || function == kBinaryDiv || function == kBinarySquaredDifference;
}

template <BinaryFunction kFunction>
Result<void> lower(Lowering& node) {
  DType dtype = node.output().dtype;
  bool is_unsigned = dtype == DType::kUInt8 || dtype == DType::kUInt16 || dtype == DType::kUInt32;
  if (kFunction == kBinaryRightShift && is_unsigned) {
    lower_plain(node, kBinaryRightShiftUnsigned);
  } else if (is_real(kFunction) && node.output().quantization.quantized()) {
    lower_quantized(node, kFunction);
  } else {
    lower_plain(node, kFunction);
  }
  return {};
}

// ---- checks

/// int8 must be quantised; int16 may be plain integers if no operand has a scale.
Result<void> check_real(const NodeView& node) {
  bool plain = node.output().dtype == DType::kInt16 && !node.output().quantization.quantized() &&
               !node.input(0).quantization.quantized() && !node.input(1).quantization.quantized();
  if (!plain) MOTE_CHECK_OK(check_activations(node));
  bool bounded = node.output().dtype == DType::kInt64 || plain;
  if (bounded && activation_of(node) != "NONE") {
    return fail("{} can't have a fused activation", node.output_text());
  }
  return {};
}

/// Values are compared as they are, so their scales must agree.
Result<void> check_choice(const NodeView& node) {
  MOTE_CHECK_OK(check_same_quantization(node, 0));
  return check_same_quantization(node, 1);
}

// ---- sample cases

Quantization same_operands(std::mt19937&, const TypeRow& row, int) {
  DType dtype = row.outputs[0];
  if (dtype == DType::kInt8) return quantization(0.0625f, -7);
  return dtype == DType::kInt16 ? quantization(0.001f, 0) : Quantization();
}

Quantization plain_operands(std::mt19937&, const TypeRow&, int) {
  return {};
}

/// A divisor well above 0, where quotients aren't blurred by its rounding.
Quantization divided_operands(std::mt19937& random, const TypeRow& row, int i) {
  Quantization q = random_operand(random, row, i);
  if (i == 1 && q.quantized()) q.zero_points[0] = -128;
  return q;
}

Bytes draw_divisors(std::mt19937& random, DType dtype, uint64_t elements) {
  Bytes bytes = random_bytes(random, dtype, elements);
  for (uint8_t& byte : bytes) {
    if (dtype == DType::kInt8) byte &= 0x7f;  // at least 128 steps above the zero point
    if (dtype == DType::kInt32) byte |= 1;
  }
  return bytes;
}

/// Exponents and shifts that leave something.
Bytes draw_small(std::mt19937& random, DType dtype, uint64_t elements) {
  if (dtype == DType::kFloat32) return random_bytes(random, dtype, elements);
  size_t size = bits_of(dtype) / 8;
  Bytes bytes(elements * size);
  for (size_t at = 0; at < bytes.size(); at += size) {
    bytes[at] = static_cast<uint8_t>(random_int(random, 0, 9));
  }
  return bytes;
}

struct Family {
  bool activations = false;
  BinaryCaseQuantization quantize = plain_operands;
  Bytes (*draw_b)(std::mt19937&, DType, uint64_t) = nullptr;
};

template <BinaryFunction kFunction>
constexpr Family family() {
  if (kFunction <= kBinaryMul) return {true, random_operand};
  if (kFunction == kBinaryDiv) return {true, divided_operands, draw_divisors};
  if (kFunction == kBinarySquaredDifference) return {false, random_operand};
  if (kFunction == kBinaryMaximum || kFunction == kBinaryMinimum) return {false, same_operands};
  if (kFunction == kBinaryPow || kFunction == kBinaryRightShift) {
    return {false, plain_operands, draw_small};
  }
  return {};
}

template <BinaryFunction kFunction, const OperatorRecord& (*kRecord)()>
std::vector<Graph> cases(std::mt19937& random) {
  constexpr Family f = family<kFunction>();
  std::vector<Graph> graphs = binary_cases(random, kRecord(), f.quantize, f.activations, f.draw_b);
  if (!is_real(kFunction)) return graphs;
  // int16 without scales.
  OperatorRecord plain = kRecord();
  std::erase_if(plain.types, [](const TypeRow& row) { return row.outputs[0] != DType::kInt16; });
  for (Graph& graph : binary_cases(random, plain, plain_operands, false, f.draw_b)) {
    graph.nodes[0].record = &kRecord();
    graphs.push_back(std::move(graph));
  }
  return graphs;
}

template <BinaryFunction kFunction, const OperatorRecord& (*kRecord)()>
OperatorRecord make_record(std::string_view name, int max_version, std::string_view options,
                           std::initializer_list<DType> types) {
  OperatorRecord record = {
      .name = name,
      .max_version = max_version,
      .tflite_options = options,
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"output"}},
      .types = binary_types(types),
      .kernels = {&kScaledInt8, &kLinearInt8, &kLinearInt8Mve, &kScaledInt16, &kMulInt8, &kMulInt16,
                  &kDivInt8, &kFloat32, &kInt32, &kWideFloat32, &kInt8, &kInt16, &kInt64},
      .infer = infer_broadcast,
      .check = is_real(kFunction) ? check_real
               : kFunction == kBinaryMaximum || kFunction == kBinaryMinimum
                   ? check_choice
                   : accept_any_quantization,
      .lower = lower<kFunction>,
      .cases = cases<kFunction, kRecord>,
  };
  if (family<kFunction>().activations) record.attributes = {activation_attribute()};
  return record;
}

// ---- PRELU

template <typename Params>
void emit_prelu(Lowering& node, const KernelInfo& kernel, Params params) {
  double a = scale_of<double>(node.input(0)), b = scale_of<double>(node.input(1));
  params.loops = broadcast_loops(node);
  for (int i = 0; i < 2; ++i) params.offsets[i] = -node.input(i).quantization.zero_point();
  params.above = quantize_multiplier(a / scale_of<double>(node.output()));
  params.below = quantize_multiplier(a * b / scale_of<double>(node.output()));
  emit_broadcast(node, kernel, params);
}

Result<void> lower_prelu(Lowering& node) {
  if (node.output().dtype == DType::kInt8) {
    PreluInt8Params params{};
    params.output = int8_output(node.output(), "NONE");
    emit_prelu(node, kPreluInt8, params);
  } else if (node.output().dtype == DType::kInt16) {
    PreluInt16Params params{};
    params.output = int16_output(node.output(), "NONE");
    emit_prelu(node, kPreluInt16, params);
  } else {
    lower_float(node, kBinaryPrelu);
  }
  return {};
}

}  // namespace

#define MOTE_BINARY_RECORD(name, NAME, function, version, options, ...)              \
  const OperatorRecord& name##_record() {                                            \
    static const OperatorRecord record =                                             \
        make_record<function, name##_record>(NAME, version, options, {__VA_ARGS__}); \
    return record;                                                                   \
  }
#define MOTE_NUMBERS DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64, DType::kFloat32
#define MOTE_BITS \
  DType::kInt8, DType::kUInt8, DType::kInt16, DType::kUInt16, DType::kInt32, DType::kUInt32
MOTE_BINARY_RECORD(add, "ADD", kBinaryAdd, 5, "AddOptions", MOTE_NUMBERS)
MOTE_BINARY_RECORD(sub, "SUB", kBinarySub, 5, "SubOptions", MOTE_NUMBERS)
MOTE_BINARY_RECORD(mul, "MUL", kBinaryMul, 5, "MulOptions", MOTE_NUMBERS)
MOTE_BINARY_RECORD(maximum, "MAXIMUM", kBinaryMaximum, 4, "MaximumMinimumOptions", MOTE_NUMBERS)
MOTE_BINARY_RECORD(minimum, "MINIMUM", kBinaryMinimum, 4, "MaximumMinimumOptions", MOTE_NUMBERS)
MOTE_BINARY_RECORD(div, "DIV", kBinaryDiv, 2, "DivOptions", DType::kInt8, DType::kInt32,
                   DType::kFloat32)
MOTE_BINARY_RECORD(squared_difference, "SQUARED_DIFFERENCE", kBinarySquaredDifference, 2,
                   "SquaredDifferenceOptions", DType::kInt8, DType::kInt16, DType::kInt32,
                   DType::kFloat32)
MOTE_BINARY_RECORD(floor_div, "FLOOR_DIV", kBinaryFloorDiv, 3, "FloorDivOptions", DType::kInt8,
                   DType::kInt16, DType::kInt32, DType::kFloat32)
MOTE_BINARY_RECORD(floor_mod, "FLOOR_MOD", kBinaryFloorMod, 2, "FloorModOptions", MOTE_NUMBERS)
MOTE_BINARY_RECORD(pow, "POW", kBinaryPow, 1, "PowOptions", DType::kInt32, DType::kFloat32)
MOTE_BINARY_RECORD(bitwise_xor, "BITWISE_XOR", kBinaryXor, 1, "BitwiseXorOptions", MOTE_BITS)
MOTE_BINARY_RECORD(right_shift, "RIGHT_SHIFT", kBinaryRightShift, 1, "RightShiftOptions", MOTE_BITS)
// Of values that are 0 or 1, the smaller and the larger one.
MOTE_BINARY_RECORD(logical_and, "LOGICAL_AND", kBinaryMinimum, 1, "LogicalAndOptions", DType::kBool)
MOTE_BINARY_RECORD(logical_or, "LOGICAL_OR", kBinaryMaximum, 1, "LogicalOrOptions", DType::kBool)

const OperatorRecord& prelu_record() {
  static const OperatorRecord record = {
      .name = "PRELU",
      .inputs = {{"input"}, {"alpha"}},
      .outputs = {{"output"}},
      .types = {{{DType::kInt8, DType::kInt8}, {DType::kInt8}},
                {{DType::kInt16, DType::kInt8}, {DType::kInt16}},
                {{DType::kFloat32, DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kPreluInt8, &kPreluInt16, &kFloat32},
      .infer = infer_broadcast,
      .check = check_activations,
      .lower = lower_prelu,
      .cases =
          [](std::mt19937& random) {
            return binary_cases(random, prelu_record(), random_operand, false);
          },
  };
  return record;
}

}  // namespace mote
