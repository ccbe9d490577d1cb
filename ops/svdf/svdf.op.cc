// SPDX-License-Identifier: Apache-2.0
// SVDF's record. Its state is a variable tensor of the .tflite file, which the operator changes.
#include "ops/svdf/svdf.h"

#include <cmath>

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

enum Operands { kInput, kFeatures, kTime, kBias, kState };

#define MOTE_SVDF_FIELDS                                                             \
  MOTE_FIELDS(SvdfIntegerParams, batches, inputs, units, rank, memory, input_offset, \
              state_zero_point, MOTE_MULTIPLIER_FIELDS(feature_multiplier),          \
              MOTE_MULTIPLIER_FIELDS(output_multiplier), MOTE_INT8_OUTPUT_FIELDS(output))
const KernelInfo kInt8 =
    MOTE_KERNEL(svdf_int8, SvdfIntegerParams, "svdf", "reference.cc", MOTE_SVDF_FIELDS);
const KernelInfo kInt16 =
    MOTE_KERNEL(svdf_int8_int16, SvdfIntegerParams, "svdf", "reference.cc", MOTE_SVDF_FIELDS);
const KernelInfo kFloat32 =
    MOTE_KERNEL(svdf_float32, SvdfFloat32Params, "svdf", "reference.cc",
                MOTE_FIELDS(SvdfFloat32Params, batches, inputs, units, rank, memory, low, high));

Result<void> check_shapes(const NodeView& node) {
  for (int i : {kInput, kFeatures, kTime}) MOTE_CHECK_OK(check_rank(node, i, 2));
  const Shape &input = node.input(kInput).shape, &features = node.input(kFeatures).shape,
              &time = node.input(kTime).shape;
  if (features[1] != input[1]) {
    return fail("{} must have rows of {} as {}", node.input_text(kFeatures), input[1],
                node.input_text(kInput));
  }
  if (time[0] != features[0]) {
    return fail("{} must have {} rows as {}", node.input_text(kTime), features[0],
                node.input_text(kFeatures));
  }
  if (features[0] % node.integer("rank") != 0) {
    return fail("{} must have a multiple of rank = {} rows", node.input_text(kFeatures),
                node.integer("rank"));
  }
  int64_t kept = int64_t{time[1]} * time[0];
  const Shape& state = node.input(kState).shape;
  if (state.rank == 2 && state[0] == input[0] && state[1] == kept) return {};
  return fail("{} must be [{},{}]", node.input_text(kState), input[0], kept);
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_CHECK_OK(check_shapes(node));
  int32_t units = node.input(kFeatures).shape[0] / node.integer("rank");
  if (node.has_input(kBias) && node.input(kBias).shape.elements() != units) {
    return fail("{} must have {} elements, one for each output", node.input_text(kBias), units);
  }
  return std::vector<Shape>{Shape(node.input(kInput).shape[0], units)};
}

/// The bias is in units of what is summed up last, within what TFLite's Prepare allows.
Result<void> check_bias_scale(const NodeView& node) {
  if (!node.has_input(kBias) || !node.input(kBias).quantization.quantized()) return {};
  float product = node.input(kState).quantization.scale() * node.input(kTime).quantization.scale();
  float bias = node.input(kBias).quantization.scale();
  if (std::abs(static_cast<double>(bias) - static_cast<double>(product)) < 1e-5) return {};
  return fail("{} must have the scale of the state times that of weights_time, {}",
              node.input_text(kBias), product);
}

Result<void> check(const NodeView& node) {
  if (node.input(kInput).dtype == DType::kFloat32) return {};
  for (int i : {kInput, kFeatures, kTime, kState}) {
    MOTE_CHECK_OK(check_per_tensor(node, false, i));
  }
  for (int i : {kFeatures, kTime}) {
    if (node.input(i).quantization.zero_point() == 0) continue;
    return fail("{} must have zero point 0", node.input_text(i));
  }
  MOTE_CHECK_OK(check_bias_scale(node));
  return check_per_tensor(node, true, 0);
}

/// a · b / c, in float as TFLite has it.
QuantizedMultiplier scale_ratio(float a, float b, float c) {
  return quantize_multiplier(static_cast<double>(a * b / c));
}

Result<void> lower(Lowering& node) {
  const Shape &input = node.input(kInput).shape, &time = node.input(kTime).shape;
  int32_t rank = node.integer("rank");
  std::vector<Value> operands;
  for (int i : {kInput, kFeatures, kTime, kBias, kState}) operands.push_back(node.in(i));
  operands.push_back(node.out());
  if (node.input(kInput).dtype == DType::kFloat32) {
    RealRange range = activation_range(node.choice("fused_activation_function"));
    SvdfFloat32Params params{input[0], input[1],  time[0] / rank, rank,
                             time[1],  range.low, range.high};
    node.emit(kFloat32, params, operands);
    return {};
  }
  auto scale = [&](int i) { return node.input(i).quantization.scale(); };
  SvdfIntegerParams params{
      input[0],
      input[1],
      time[0] / rank,
      rank,
      time[1],
      -node.input(kInput).quantization.zero_point(),
      node.input(kState).quantization.zero_point(),
      scale_ratio(scale(kInput), scale(kFeatures), scale(kState)),
      scale_ratio(scale(kState), scale(kTime), node.output().quantization.scale()),
      {node.output().quantization.zero_point(), -128, 127}};
  node.emit(node.input(kState).dtype == DType::kInt8 ? kInt8 : kInt16, params, operands);
  return {};
}

int64_t macs(const NodeView& node) {
  const Shape &features = node.input(kFeatures).shape, &time = node.input(kTime).shape;
  return int64_t{node.input(kInput).shape[0]} * features[0] * (features[1] + time[1]);
}

struct Variant {
  DType state;
  int batches, inputs, units, rank, memory;
  bool bias;
  const char* activation;
};

Graph make_case(std::mt19937& random, const Variant& v) {
  GraphBuilder b("svdf");
  bool real = v.state == DType::kFloat32;
  DType dtype = real ? DType::kFloat32 : DType::kInt8;
  int32_t filters = v.units * v.rank;
  auto weights = [&](float low, float high) {
    return real ? Quantization() : quantization(random_float(random, low, high), 0);
  };
  auto activations = [&] { return random_quantization(random, dtype); };
  Quantization time_q = weights(0.01f, 0.02f), state_q = weights(0.02f, 0.05f);
  if (v.state == DType::kInt8) state_q.zero_points[0] = random_int(random, -9, 9);
  TensorId input = b.input(dtype, Shape(v.batches, v.inputs), activations());
  TensorId features =
      b.random_weights(random, dtype, Shape(filters, v.inputs), weights(0.002f, 0.02f));
  TensorId time = b.random_constant(random, v.state, Shape(filters, v.memory), time_q);
  TensorId bias = kAbsent;
  if (v.bias) {
    bias = b.random_constant(
        random, real ? dtype : DType::kInt32, Shape(v.units),
        real ? Quantization() : quantization(state_q.scale() * time_q.scale(), 0));
  }
  TensorId state = b.variable(v.state, Shape(v.batches, filters * v.memory), "state", state_q);
  TensorId output =
      b.node(svdf_record(), {input, features, time, bias, state},
             {{"rank", int64_t{v.rank}}, {"fused_activation_function", std::string(v.activation)}},
             dtype, activations());
  return b.build({output});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType state : {DType::kInt8, DType::kInt16, DType::kFloat32}) {
    graphs.push_back(make_case(random, {state, 1, 8, 4, 1, 6, true, "NONE"}));
    graphs.push_back(make_case(random, {state, 2, 3, 2, 2, 1, false, "RELU"}));
    graphs.push_back(
        make_case(random, {state, random_int(random, 1, 3), random_int(random, 1, 20),
                           random_int(random, 1, 9), random_int(random, 1, 3),
                           random_int(random, 1, 9), random_int(random, 0, 1) == 1, "RELU6"}));
  }
  return graphs;
}

TypeRow row(DType io, DType state, DType bias) {
  return {{io, io, state, bias, state}, {io}};
}

}  // namespace

const OperatorRecord& svdf_record() {
  static const OperatorRecord record = {
      .name = "SVDF",
      .max_version = 4,
      .tflite_options = "SVDFOptions",
      .inputs = {{"input"},
                 {"weights_feature"},
                 {"weights_time"},
                 {"bias", OperandSpec::kOptional},
                 {"state", OperandSpec::kOne, OperandSpec::kUpdated}},
      .outputs = {{"output"}},
      .attributes = {{.name = "rank", .fallback = int64_t{0}, .low = 1}, activation_attribute()},
      .types = {row(DType::kInt8, DType::kInt16, DType::kInt32),
                row(DType::kInt8, DType::kInt8, DType::kInt32),
                row(DType::kFloat32, DType::kFloat32, DType::kFloat32)},
      .kernels = {&kInt8, &kInt16, &kFloat32},
      .infer = infer,
      .check = check,
      .lower = lower,
      .macs = macs,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
