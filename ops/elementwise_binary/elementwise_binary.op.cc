// SPDX-License-Identifier: Apache-2.0
// The records of ADD, SUB and MUL, a row each of one table of functions.
#include "ops/elementwise_binary/elementwise_binary.h"

#include <algorithm>
#include <limits>

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/strided/strided.op.h"

namespace mote {
namespace {

#define MOTE_MULTIPLIER_FIELDS(m) m.multiplier, m.shift

const KernelInfo kAddInt8 = MOTE_KERNEL(
    add_int8, AddInt8Params, "elementwise_binary", "reference.cc",
    MOTE_FIELDS(AddInt8Params, MOTE_LOOPS_2_FIELDS(loops), offsets[0], offsets[1],
                MOTE_MULTIPLIER_FIELDS(multipliers[0]), MOTE_MULTIPLIER_FIELDS(multipliers[1]),
                MOTE_MULTIPLIER_FIELDS(output_multiplier), subtract,
                MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kMulInt8 =
    MOTE_KERNEL(mul_int8, MulInt8Params, "elementwise_binary", "reference.cc",
                MOTE_FIELDS(MulInt8Params, MOTE_LOOPS_2_FIELDS(loops), offsets[0], offsets[1],
                            MOTE_MULTIPLIER_FIELDS(multiplier), MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kFloat32 = MOTE_KERNEL(
    binary_float32, BinaryFloat32Params, "elementwise_binary", "reference.cc",
    MOTE_FIELDS(BinaryFloat32Params, MOTE_LOOPS_2_FIELDS(loops), function, output_min, output_max));
const KernelInfo kInt32 = MOTE_KERNEL(
    binary_int32, BinaryInt32Params, "elementwise_binary", "reference.cc",
    MOTE_FIELDS(BinaryInt32Params, MOTE_LOOPS_2_FIELDS(loops), function, output_min, output_max));

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Shape shape, broadcast_shape(node.input(0).shape, node.input(1).shape));
  return std::vector<Shape>{shape};
}

StridedLoops<2> loops(const NodeView& node) {
  const Shape& shape = node.output().shape;
  return make_loops<2>(shape, {broadcast_strides(node.input(0).shape, shape),
                               broadcast_strides(node.input(1).shape, shape)});
}

/// ADD's and SUB's multipliers. TFLite computes those of ADD in double and those of SUB in float.
template <typename Real>
AddInt8Params add_params(const NodeView& node, bool subtract) {
  auto scale = [](const Tensor& t) { return static_cast<Real>(t.quantization.scale()); };
  Real a = scale(node.input(0)), b = scale(node.input(1));
  Real twice_larger = 2 * std::max(a, b);
  Real output = static_cast<Real>(1 << 20) * scale(node.output());
  auto multiplier = [](Real real) { return quantize_multiplier(static_cast<double>(real)); };
  AddInt8Params params{};
  params.loops = loops(node);
  for (int i = 0; i < 2; ++i) params.offsets[i] = -node.input(i).quantization.zero_point();
  params.multipliers[0] = multiplier(a / twice_larger);
  params.multipliers[1] = multiplier(b / twice_larger);
  params.output_multiplier = multiplier(twice_larger / output);
  params.subtract = subtract;
  params.output = int8_output(node.output(), node.choice("fused_activation_function"));
  return params;
}

MulInt8Params mul_params(const NodeView& node) {
  auto scale = [](const Tensor& t) { return static_cast<double>(t.quantization.scale()); };
  MulInt8Params params{};
  params.loops = loops(node);
  for (int i = 0; i < 2; ++i) params.offsets[i] = -node.input(i).quantization.zero_point();
  params.multiplier =
      quantize_multiplier(scale(node.input(0)) * scale(node.input(1)) / scale(node.output()));
  params.output = int8_output(node.output(), node.choice("fused_activation_function"));
  return params;
}

BinaryInt32Params int32_params(const NodeView& node, BinaryFunction function) {
  RealRange range = activation_range(node.choice("fused_activation_function"));
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return {loops(node), function,
          range.low == -kInfinity ? kInt32Min : static_cast<int32_t>(range.low),
          range.high == kInfinity ? kInt32Max : static_cast<int32_t>(range.high)};
}

template <typename Params>
void emit(Lowering& node, const KernelInfo& kernel, const Params& params) {
  Step& step = node.emit(kernel, params, {node.in(0), node.in(1), node.out()});
  for (int i = 0; i < 2; ++i) {
    bool repeated = node.input(i).shape.elements() != node.output().shape.elements();
    if (!repeated) step.in_place.push_back({2, i});
  }
}

template <BinaryFunction kFunction>
Result<void> lower(Lowering& node) {
  switch (node.output().dtype) {
    case DType::kFloat32: {
      RealRange range = activation_range(node.choice("fused_activation_function"));
      emit(node, kFloat32, BinaryFloat32Params{loops(node), kFunction, range.low, range.high});
      break;
    }
    case DType::kInt32:
      emit(node, kInt32, int32_params(node, kFunction));
      break;
    default:
      if (kFunction == kBinaryMul) emit(node, kMulInt8, mul_params(node));
      if (kFunction == kBinaryAdd) emit(node, kAddInt8, add_params<double>(node, false));
      if (kFunction == kBinarySub) emit(node, kAddInt8, add_params<float>(node, true));
  }
  return {};
}

struct Variant {
  Shape a, b;
  const char* activation;
  bool constant_b = false;
};

Graph make_case(std::mt19937& random, const OperatorRecord& record, DType dtype, const Variant& v) {
  GraphBuilder builder("elementwise_binary");
  auto q = [&] { return dtype == DType::kInt8 ? random_quantization(random) : Quantization(); };
  TensorId a = builder.input(dtype, v.a, q());
  TensorId b = v.constant_b ? builder.random_constant(random, dtype, v.b, q())
                            : builder.input(dtype, v.b, q());
  TensorId output = builder.node(
      record, {a, b}, {{"fused_activation_function", std::string(v.activation)}}, dtype, q());
  return builder.build({output});
}

std::vector<Graph> make_cases(std::mt19937& random, const OperatorRecord& record) {
  int h = random_int(random, 1, 5), c = random_int(random, 2, 6);
  const Variant variants[] = {
      {Shape(1, 4, 3, 2), Shape(1, 4, 3, 2), "NONE"},
      {Shape(2, 3, 4), Shape(4), "RELU", true},
      {Shape(5), Shape(), "RELU6", true},
      {Shape(3, 1, 2), Shape(1, 4, 1), "RELU_N1_TO_1"},            // both are repeated
      {Shape(2, 1, 3, 1, 2, 1), Shape(1, 2, 1, 2, 1, 3), "NONE"},  // at every other dimension
      {Shape(1, h, 1, c), Shape(2, h, 3, c), "NONE"},
  };
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kFloat32, DType::kInt32}) {
    for (const Variant& v : variants) graphs.push_back(make_case(random, record, dtype, v));
  }
  return graphs;
}

template <BinaryFunction kFunction, const OperatorRecord& (*kRecord)()>
OperatorRecord make_record(std::string_view name, std::string_view options,
                           const KernelInfo& int8) {
  return {
      .name = name,
      .max_version = 3,
      .tflite_options = options,
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"output"}},
      .attributes = {activation_attribute()},
      .types = {{{DType::kInt8, DType::kInt8}, {DType::kInt8}},
                {{DType::kFloat32, DType::kFloat32}, {DType::kFloat32}},
                {{DType::kInt32, DType::kInt32}, {DType::kInt32}}},
      .kernels = {&int8, &kFloat32, &kInt32},
      .infer = infer,
      .lower = lower<kFunction>,
      .cases = [](std::mt19937& random) { return make_cases(random, kRecord()); },
  };
}

}  // namespace

const OperatorRecord& add_record() {
  static const OperatorRecord record =
      make_record<kBinaryAdd, add_record>("ADD", "AddOptions", kAddInt8);
  return record;
}

const OperatorRecord& sub_record() {
  static const OperatorRecord record =
      make_record<kBinarySub, sub_record>("SUB", "SubOptions", kAddInt8);
  return record;
}

const OperatorRecord& mul_record() {
  static const OperatorRecord record =
      make_record<kBinaryMul, mul_record>("MUL", "MulOptions", kMulInt8);
  return record;
}

}  // namespace mote
