// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D's record. Filter [1, filter_h, filter_w, output_c]. The depth multiplier that
// counts is output_c / input_c; the attribute must agree where it is given.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/window/window_shape.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 = MOTE_KERNEL(
    depthwise_conv_2d_int8, DepthwiseConv2dInt8Params, "depthwise_conv_2d", "reference.cc",
    MOTE_FIELDS(DepthwiseConv2dInt8Params, MOTE_WINDOW_FIELDS(window), input_offset,
                MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kFloat32 = MOTE_KERNEL(
    depthwise_conv_2d_float32, DepthwiseConv2dFloat32Params, "depthwise_conv_2d", "reference.cc",
    MOTE_FIELDS(DepthwiseConv2dFloat32Params, MOTE_WINDOW_FIELDS(window), output_min, output_max));

Result<Window> window(const NodeView& node) {
  const Shape& filter = node.input(1).shape;
  if (filter.rank != 4 || filter[0] != 1) {
    return fail("{} must have 4 dimensions, the first of them 1", node.input_text(1));
  }
  MOTE_TRY(Window w, window_of(node, filter[1], filter[2], filter[3]));
  if (w.output_c % w.input_c != 0) {
    return fail("{} has {} channels, which isn't a multiple of the {} of {}", node.input_text(1),
                w.output_c, w.input_c, node.input_text(0));
  }
  int32_t multiplier = node.integer("depth_multiplier");
  if (multiplier != 0 && multiplier != w.output_c / w.input_c) {
    return fail("attribute depth_multiplier is {}, the operands make it {}", multiplier,
                w.output_c / w.input_c);
  }
  return w;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Window w, window(node));
  return std::vector<Shape>{output_shape(w)};
}

Result<void> check(const NodeView& node) {
  return check_weights(node, 3, node.input(1).shape[3]);
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(Window w, window(node));
  const Tensor& filter = node.input(1);
  const std::string& activation = node.choice("fused_activation_function");
  if (filter.dtype == DType::kFloat32) {
    RealRange range = activation_range(activation);
    DepthwiseConv2dFloat32Params params{w, range.low, range.high};
    node.emit(kFloat32, params, {node.in(0), node.in(1), node.in(2), node.out()});
    return {};
  }
  const Tensor* bias = node.has_input(2) ? &node.input(2) : nullptr;
  Value channels =
      node.constant(channel_requantization(node.input(0), filter, bias, node.output(), w.output_c));
  DepthwiseConv2dInt8Params params{w, -node.input(0).quantization.zero_point(),
                                   int8_output(node.output(), activation)};
  node.emit(kInt8, params, {node.in(0), node.in(1), channels, node.out()});
  return {};
}

int64_t macs(const NodeView& node) {
  const Shape& filter = node.input(1).shape;
  return node.output().shape.elements() * filter.product(1, 3);
}

struct Variant {
  Shape input;
  int filter_h, filter_w, multiplier;
  const char* padding;
  int stride, dilation;
  const char* activation;
  bool bias, per_channel;
};

Graph make_case(std::mt19937& random, DType dtype, const Variant& v) {
  GraphBuilder b("depthwise_conv_2d");
  bool integer = dtype == DType::kInt8;
  auto q = [&] { return integer ? random_quantization(random) : Quantization(); };
  int channels = v.input[3] * v.multiplier;
  Quantization weights =
      v.per_channel ? random_channel_quantization(random, 3, channels) : quantization(0.01f, 0);
  TensorId input = b.input(dtype, v.input, q());
  TensorId filter = b.random_constant(random, dtype, Shape(1, v.filter_h, v.filter_w, channels),
                                      integer ? weights : Quantization());
  TensorId bias = v.bias
                      ? b.random_constant(random, integer ? DType::kInt32 : dtype, Shape(channels))
                      : kAbsent;
  TensorId output = b.node(depthwise_conv_2d_record(), {input, filter, bias},
                           {{"padding", std::string(v.padding)},
                            {"stride_h", int64_t{v.stride}},
                            {"stride_w", int64_t{v.stride}},
                            {"dilation_h_factor", int64_t{v.dilation}},
                            {"dilation_w_factor", int64_t{v.dilation}},
                            {"depth_multiplier", int64_t{v.multiplier}},
                            {"fused_activation_function", std::string(v.activation)}},
                           dtype, q());
  return b.build({output});
}

std::vector<Graph> cases(std::mt19937& random) {
  const Variant variants[] = {
      {Shape(1, 5, 5, 3), 3, 3, 1, "SAME", 1, 1, "NONE", true, true},
      {Shape(2, 6, 5, 2), 3, 2, 2, "VALID", 2, 1, "RELU", true, true},
      {Shape(1, 7, 7, 1), 3, 3, 8, "SAME", 1, 2, "RELU6", false, true},
      {Shape(1, 9, 6, 1), 5, 4, 4, "SAME", 2, 1, "RELU_N1_TO_1", true, false},
  };
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kFloat32}) {
    for (const Variant& v : variants) graphs.push_back(make_case(random, dtype, v));
    Variant drawn = {
        Shape(1, random_int(random, 3, 9), random_int(random, 3, 9), random_int(random, 1, 5)),
        random_int(random, 1, 4),
        random_int(random, 1, 4),
        random_int(random, 1, 3),
        "SAME",
        random_int(random, 1, 3),
        random_int(random, 1, 2),
        "NONE",
        true,
        true};
    graphs.push_back(make_case(random, dtype, drawn));
  }
  return graphs;
}

std::vector<AttributeSpec> attributes() {
  std::vector<AttributeSpec> all = window_attributes();
  for (AttributeSpec& spec : dilation_attributes()) all.push_back(spec);
  all.push_back({.name = "depth_multiplier", .fallback = int64_t{0}, .low = 0, .high = INT32_MAX});
  all.push_back(activation_attribute());
  return all;
}

}  // namespace

const OperatorRecord& depthwise_conv_2d_record() {
  static const OperatorRecord record = {
      .name = "DEPTHWISE_CONV_2D",
      .max_version = 6,
      .tflite_options = "DepthwiseConv2DOptions",
      .inputs = {{"input"}, {"filter"}, {"bias", OperandSpec::kOptional}},
      .outputs = {{"output"}},
      .attributes = attributes(),
      .types = {{{DType::kInt8, DType::kInt8, DType::kInt32}, {DType::kInt8}},
                {{DType::kFloat32, DType::kFloat32, DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kFloat32},
      .infer = infer,
      .check = check,
      .lower = lower,
      .macs = macs,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
