// SPDX-License-Identifier: Apache-2.0
// The records of functions that are straight on either side of zero: RELU and its bounded kin,
// LEAKY_RELU and ABS.
#include "base/host/quantize_multiplier.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/unary/unary.op.h"

namespace mote {
namespace {

const KernelInfo kLeakyFloat32 =
    MOTE_KERNEL(leaky_relu_float32, LeakyReluFloat32Params, "unary", "reference.cc",
                MOTE_FIELDS(LeakyReluFloat32Params, elements, alpha));
const KernelInfo kIntegerInt16 =
    MOTE_KERNEL(unary_int16, IntegerFunctionParams, "unary", "reference.cc",
                MOTE_FIELDS(IntegerFunctionParams, elements, function));

/// The slopes of a quantised tensor, with the node's scales inside.
struct Slopes {
  QuantizedMultiplier below, above;
  bool negate_below;
};

/// The two slopes as a table for int8, as a kernel for int16, which compute the same.
void emit_slopes(Lowering& node, const Slopes& slopes, const std::string& activation) {
  int32_t zero_point = node.input(0).quantization.zero_point();
  if (node.input(0).dtype == DType::kInt16) {
    Int16Output output = int16_output(node.output(), activation);
    emit_map(node, two_slopes_int16_kernel(),
             TwoSlopesInt16Params{element_count(node), zero_point, slopes.below, slopes.above,
                                  slopes.negate_below, output.offset, output.min, output.max});
    return;
  }
  Int8Output output = int8_output(node.output(), activation);
  emit_table(node, [&](int32_t value) {
    int32_t x = value - zero_point;
    int32_t y = multiply_by_quantized_multiplier(x, x < 0 ? slopes.below : slopes.above);
    if (x < 0 && slopes.negate_below) y = wrapping_sub(0, y);
    return clamp(wrapping_add(y, output.offset), output.min, output.max);
  });
}

// ---- RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1

Result<void> lower_clamp(Lowering& node) {
  std::string activation(node.node().record->name);
  if (node.input(0).dtype == DType::kFloat32) {
    RealRange range = activation_range(activation);
    emit_map(node, clamp_float32_kernel(),
             ClampFloat32Params{element_count(node), range.low, range.high});
    return {};
  }
  QuantizedMultiplier multiplier = float_requantization(node);
  emit_slopes(node, {multiplier, multiplier, false}, activation);
  return {};
}

/// Random quantisations, and the case where nothing is rescaled.
std::vector<Graph> slope_cases(std::mt19937& random, const OperatorRecord& record,
                               const Attributes& attributes = {}) {
  std::vector<Graph> graphs =
      unary_cases(random, record, random_quantization, random_quantization, attributes);
  auto same = [](std::mt19937&, DType dtype) {
    return dtype == DType::kFloat32 || dtype == DType::kInt32 ? Quantization()
                                                              : quantization(1.0f / 32, 0);
  };
  for (Graph& graph : unary_cases(random, record, same, same, attributes)) {
    if (graph.tensors[0].quantization.quantized()) graphs.push_back(std::move(graph));
  }
  return graphs;
}

template <const OperatorRecord& (*kRecord)()>
OperatorRecord make_clamp(std::string_view name, int max_version) {
  OperatorRecord record = unary_record(name, max_version);
  record.types = same_types({DType::kInt8, DType::kInt16, DType::kFloat32});
  record.kernels = {&lookup_8_kernel(), &two_slopes_int16_kernel(), &clamp_float32_kernel()};
  record.lower = lower_clamp;
  record.cases = [](std::mt19937& random) { return slope_cases(random, kRecord()); };
  return record;
}

// ---- LEAKY_RELU

Result<void> lower_leaky_relu(Lowering& node) {
  float alpha = node.real("alpha");
  if (node.input(0).dtype == DType::kFloat32) {
    emit_map(node, kLeakyFloat32, LeakyReluFloat32Params{element_count(node), alpha});
    return {};
  }
  // TFLite's product is taken in this order, and its multipliers are positive.
  Slopes slopes{float_requantization(node, alpha < 0 ? -alpha : alpha), float_requantization(node),
                alpha < 0};
  emit_slopes(node, slopes, "NONE");
  return {};
}

std::vector<Graph> leaky_relu_cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (double alpha : {0.2, -0.5, 1.5}) {
    for (Graph& graph : slope_cases(random, leaky_relu_record(), {{"alpha", alpha}})) {
      graphs.push_back(std::move(graph));
    }
  }
  return graphs;
}

// ---- ABS

Result<void> check_abs(const NodeView& node) {
  bool plain = node.input(0).dtype == DType::kInt16 && !node.input(0).quantization.quantized() &&
               !node.output().quantization.quantized();
  if (plain) return {};
  return check_activations(node);
}

Result<void> lower_abs(Lowering& node) {
  const Tensor& input = node.input(0);
  IntegerFunctionParams plain{element_count(node), kIntegerAbs};
  if (input.dtype == DType::kFloat32) return lower_float_function(node);
  if (input.dtype == DType::kInt32) {
    emit_map(node, unary_int32_kernel(), plain);
  } else if (input.dtype == DType::kInt16 && !input.quantization.quantized()) {
    emit_map(node, kIntegerInt16, plain);
  } else {
    QuantizedMultiplier multiplier = float_requantization(node);
    emit_slopes(node, {multiplier, multiplier, true}, "NONE");
  }
  return {};
}

std::vector<Graph> abs_cases(std::mt19937& random) {
  std::vector<Graph> graphs = slope_cases(random, abs_record());
  auto plain_int16 = [](std::mt19937& draw, DType dtype) {
    return dtype == DType::kInt16 ? Quantization() : random_quantization(draw, dtype);
  };
  for (Graph& graph : unary_cases(random, abs_record(), plain_int16, plain_int16)) {
    if (graph.tensors[0].dtype == DType::kInt16) graphs.push_back(std::move(graph));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& relu_record() {
  static const OperatorRecord record = make_clamp<relu_record>("RELU", 3);
  return record;
}

const OperatorRecord& relu6_record() {
  static const OperatorRecord record = make_clamp<relu6_record>("RELU6", 3);
  return record;
}

const OperatorRecord& relu_n1_to_1_record() {
  static const OperatorRecord record = make_clamp<relu_n1_to_1_record>("RELU_N1_TO_1", 1);
  return record;
}

const OperatorRecord& relu_0_to_1_record() {
  static const OperatorRecord record = make_clamp<relu_0_to_1_record>("RELU_0_TO_1", 1);
  return record;
}

const OperatorRecord& leaky_relu_record() {
  static const OperatorRecord record = [] {
    OperatorRecord leaky = unary_record("LEAKY_RELU", 2, "LeakyReluOptions");
    leaky.attributes = {{.name = "alpha", .fallback = 0.0}};
    leaky.types = same_types({DType::kInt8, DType::kInt16, DType::kFloat32});
    leaky.kernels = {&lookup_8_kernel(), &two_slopes_int16_kernel(), &kLeakyFloat32};
    leaky.lower = lower_leaky_relu;
    leaky.cases = leaky_relu_cases;
    return leaky;
  }();
  return record;
}

const OperatorRecord& abs_record() {
  static const OperatorRecord record = [] {
    OperatorRecord abs = unary_record("ABS", 5, "AbsOptions");
    abs.types = same_types({DType::kInt8, DType::kInt16, DType::kInt32, DType::kFloat32});
    abs.kernels = {&lookup_8_kernel(), &two_slopes_int16_kernel(), &kIntegerInt16,
                   &unary_int32_kernel(), &float_kernel("abs")};
    abs.check = check_abs;
    abs.lower = lower_abs;
    abs.cases = abs_cases;
    return abs;
  }();
  return record;
}

}  // namespace mote
