// SPDX-License-Identifier: Apache-2.0
// TRANSPOSE_CONV's record. The output's shape is input 0, a constant; the padding is that of the
// convolution from that shape.
#include "ops/transpose_conv/transpose_conv.h"

#include <algorithm>

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/window/window_shape.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 =
    MOTE_KERNEL(transpose_conv_int8, TransposeConvInt8Params, "transpose_conv", "reference.cc",
                MOTE_FIELDS(TransposeConvInt8Params, MOTE_WINDOW_FIELDS(window), input_offset,
                            MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt16 =
    MOTE_KERNEL(transpose_conv_int16, TransposeConvInt16Params, "transpose_conv", "reference.cc",
                MOTE_FIELDS(TransposeConvInt16Params, MOTE_WINDOW_FIELDS(window),
                            MOTE_INT16_OUTPUT_FIELDS(output)));
const KernelInfo kFloat32 = MOTE_KERNEL(
    transpose_conv_float32, TransposeConvFloat32Params, "transpose_conv", "reference.cc",
    MOTE_FIELDS(TransposeConvFloat32Params, MOTE_WINDOW_FIELDS(window), output_min, output_max));

/// Padding before the picture of `size`, of which `places` windows are taken.
int32_t padding_before(const NodeView& node, int32_t size, int32_t filter, int32_t stride) {
  if (node.choice("padding") == "VALID") return 0;
  int64_t places = (int64_t{size} + stride - 1) / stride;
  return static_cast<int32_t>(std::max<int64_t>(0, (places - 1) * stride + filter - size) / 2);
}

Result<Window> window(const NodeView& node) {
  MOTE_TRY(Shape output, constant_shape(node, 0));
  const Shape &filter = node.input(1).shape, &input = node.input(2).shape;
  if (output.rank != 4 || filter.rank != 4 || input.rank != 4) {
    return fail("{}, {} and {} must have 4 dimensions", node.input_text(1), node.input_text(2),
                shape_text(output));
  }
  if (output[0] != input[0] || filter[0] != output[3] || filter[3] != input[3]) {
    return fail("{} doesn't lead from {} to {}", node.input_text(1), node.input_text(2),
                shape_text(output));
  }
  Window w{};
  w.batches = output[0], w.input_h = output[1], w.input_w = output[2], w.input_c = output[3];
  w.output_h = input[1], w.output_w = input[2], w.output_c = input[3];
  w.filter_h = filter[1], w.filter_w = filter[2];
  w.stride_h = node.integer("stride_h"), w.stride_w = node.integer("stride_w");
  w.dilation_h = w.dilation_w = 1;
  w.pad_h = padding_before(node, w.input_h, w.filter_h, w.stride_h);
  w.pad_w = padding_before(node, w.input_w, w.filter_w, w.stride_w);
  return w;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Window w, window(node));
  return std::vector<Shape>{Shape(w.batches, w.input_h, w.input_w, w.input_c)};
}

constexpr LayerInputs kLayerInputs = {.input = 2, .filter = 1, .bias = 3};

Result<void> check(const NodeView& node) {
  return check_weights(node, 0, node.output().shape[3], kLayerInputs);
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(Window w, window(node));
  const std::string& activation = node.choice("fused_activation_function");
  if (node.input(2).dtype == DType::kFloat32) {
    RealRange range = activation_range(activation);
    node.emit(kFloat32, TransposeConvFloat32Params{w, range.low, range.high},
              {node.in(2), node.in(1), node.in(3), node.out()});
    return {};
  }
  const Tensor* bias = node.has_input(3) ? &node.input(3) : nullptr;
  auto multipliers = channel_multipliers(node.input(2), node.input(1), node.output(), w.input_c);
  if (node.output().dtype == DType::kInt16) {
    Value channels = node.constant(with_wide_bias(multipliers, bias));
    node.emit(kInt16, TransposeConvInt16Params{w, int16_output(node.output(), activation)},
              {node.in(2), node.in(1), channels, node.out()});
    return {};
  }
  TransposeConvInt8Params params{w, -node.input(2).quantization.zero_point(),
                                 int8_output(node.output(), activation)};
  Value channels = node.constant(with_bias(multipliers, bias));
  node.emit(kInt8, params, {node.in(2), node.in(1), channels, node.out()});
  return {};
}

int64_t macs(const NodeView& node) {
  return node.input(2).shape.elements() * node.input(1).shape.product(0, 3);
}

struct Variant {
  Shape input, filter;
  std::vector<int32_t> output;
  const char* padding;
  int stride;
  bool bias;
};

Graph make_case(std::mt19937& random, const TypeRow& row, const Variant& v) {
  GraphBuilder b("transpose_conv");
  DType dtype = row.inputs[2];
  TensorId output = b.constant(Shape(4), v.output);
  TensorId input = b.input(dtype, v.input, random_quantization(random, dtype));
  TensorId filter = b.random_constant(random, row.inputs[1], v.filter,
                                      dtype == DType::kFloat32
                                          ? Quantization()
                                          : random_channel_quantization(random, 0, v.filter[0]));
  TensorId bias = v.bias ? b.random_constant(random, row.inputs[3], Shape(v.filter[0])) : kAbsent;
  return b.build({b.node(transpose_conv_record(), {output, filter, input, bias},
                         {{"padding", std::string(v.padding)},
                          {"stride_h", int64_t{v.stride}},
                          {"stride_w", int64_t{v.stride}},
                          {"fused_activation_function", std::string(v.bias ? "RELU" : "NONE")}},
                         dtype, random_quantization(random, dtype))});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : transpose_conv_record().types) {
    for (const Variant& v :
         {Variant{Shape(1, 3, 4, 2), Shape(3, 3, 3, 2), {1, 6, 8, 3}, "SAME", 2, true},
          Variant{Shape(2, 2, 3, 3), Shape(1, 2, 4, 3), {2, 5, 10, 1}, "VALID", 3, false},
          Variant{Shape(1, 4, 4, 1), Shape(2, 3, 3, 1), {1, 4, 4, 2}, "SAME", 1, true},
          Variant{Shape(1, 1, 1, 2), Shape(2, 1, 1, 2), {1, 2, 3, 2}, "VALID", 2, false}}) {
      graphs.push_back(make_case(random, row, v));
    }
  }
  return graphs;
}

}  // namespace

const OperatorRecord& transpose_conv_record() {
  static const OperatorRecord record = [] {
    OperatorRecord transpose = {
        .name = "TRANSPOSE_CONV",
        .max_version = 5,
        .tflite_options = "TransposeConvOptions",
        .inputs = {{"output_shape"}, {"filter"}, {"input"}, {"bias", OperandSpec::kOptional}},
        .outputs = {{"output"}},
        .attributes = window_attributes(),
        .types = {{{DType::kInt32, DType::kInt8, DType::kInt8, DType::kInt32}, {DType::kInt8}},
                  {{DType::kInt32, DType::kInt8, DType::kInt16, DType::kInt64}, {DType::kInt16}},
                  {{DType::kInt32, DType::kInt8, DType::kInt16, DType::kInt16}, {DType::kInt16}},
                  {{DType::kInt32, DType::kFloat32, DType::kFloat32, DType::kFloat32},
                   {DType::kFloat32}}},
        .kernels = {&kInt8, &kInt16, &kFloat32},
        .infer = infer,
        .check = check,
        .lower = lower,
        .macs = macs,
        .cases = cases,
    };
    transpose.attributes.push_back(activation_attribute());
    return transpose;
  }();
  return record;
}

}  // namespace mote
