// SPDX-License-Identifier: Apache-2.0
// CONV_2D's record. Filter [output_c, filter_h, filter_w, input_c / groups].
#include "ops/conv_2d/conv_2d.op.h"

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/conv_2d/dot_linear.h"
#include "ops/conv_2d/packing.op.h"
#include "ops/quantized/linear_channels.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/window/window_shape.op.h"

namespace mote {
namespace {

const std::vector<ParamField> kInt8Fields =
    MOTE_FIELDS(Conv2dInt8Params, MOTE_WINDOW_FIELDS(window), filter_c, input_offset,
                MOTE_INT8_OUTPUT_FIELDS(output));
const KernelInfo kInt8 =
    MOTE_KERNEL(conv_2d_int8, Conv2dInt8Params, "conv_2d", "reference.cc", kInt8Fields);
const KernelInfo kInt8Dsp =
    MOTE_KERNEL(conv_2d_int8_dsp_folded, Conv2dInt8Params, "conv_2d", "dsp.cc", kInt8Fields);
const KernelInfo kInt8DspLinear =
    MOTE_KERNEL(conv_2d_int8_dsp_linear, Conv2dInt8Params, "conv_2d", "dsp_linear.cc", kInt8Fields);
const KernelInfo kInt8DspInt4 = MOTE_KERNEL(conv_2d_int8_dsp_folded_int4, Conv2dInt8Params,
                                            "conv_2d", "dsp_int4.cc", kInt8Fields);
const KernelInfo kInt8Lanes =
    MOTE_KERNEL(conv_2d_int8_lanes, Conv2dInt8Params, "conv_2d", "lanes.cc", kInt8Fields);
const KernelInfo kInt8Mve =
    MOTE_KERNEL(conv_2d_int8_mve, Conv2dInt8Params, "conv_2d", "mve.cc", kInt8Fields);
const KernelInfo kUnsigned =
    MOTE_KERNEL(conv_2d_int8_unsigned, Conv2dUnsignedParams, "conv_2d", "reference.cc",
                MOTE_FIELDS(Conv2dUnsignedParams, MOTE_WINDOW_FIELDS(window), filter_c,
                            input_offset, filter_offset, MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt8Avx2 =
    MOTE_KERNEL(conv_2d_int8_avx2, Conv2dInt8Params, "conv_2d", "avx2.cc", kInt8Fields);

Result<Window> window(const NodeView& node) {
  const Shape& filter = node.input(1).shape;
  if (filter.rank != 4) return fail("{} must have 4 dimensions", node.input_text(1));
  MOTE_TRY(Window w, window_of(node, filter[1], filter[2], filter[0]));
  if (w.input_c % filter[3] != 0 || w.output_c % (w.input_c / filter[3]) != 0) {
    return fail("{} has {} channels, which {} can't divide into groups", node.input_text(0),
                w.input_c, node.input_text(1));
  }
  return w;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Window w, window(node));
  return std::vector<Shape>{output_shape(w)};
}

Result<void> check(const NodeView& node) {
  return check_weights(node, 0, node.input(1).shape[0]);
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(Window w, window(node));
  const Tensor& filter = node.input(1);
  const std::string& activation = node.choice("fused_activation_function");
  if (filter.dtype == DType::kFloat32) {
    RealRange range = activation_range(activation);
    lower_conv_2d_float32(node, {w, filter.shape[3], range.low, range.high});
    return {};
  }
  auto multipliers = channel_multipliers(node.input(0), filter, node.output(), w.output_c);
  if (node.output().dtype == DType::kInt16) {
    lower_conv_2d_int16(node, {w, filter.shape[3], int16_output(node.output(), activation)},
                        multipliers);
    return {};
  }
  Conv2dInt8Params params{w, filter.shape[3], -node.input(0).quantization.zero_point(),
                          int8_output(node.output(), activation)};
  lower_conv_2d_int8(node, params,
                     with_bias(multipliers, node.has_input(2) ? &node.input(2) : nullptr));
  return {};
}

int64_t macs(const NodeView& node) {
  const Shape& filter = node.input(1).shape;
  return node.output().shape.elements() * filter.product(1, 4);
}

struct Variant {
  Shape input, filter;
  const char* padding;
  int stride, dilation;
  const char* activation;
  bool bias;
  bool int4 = false;  // int8 weights have 4 bits
};

/// A case of a row of the record's types; without a bias, the row's bias type is an attribute.
Graph make_case(std::mt19937& random, const TypeRow& row, const Variant& v) {
  GraphBuilder b("conv_2d");
  DType dtype = row.inputs[0];
  auto q = [&] { return random_quantization(random, dtype); };
  TensorId input = b.input(dtype, v.input, q());
  TensorId filter = b.random_weights(
      random, v.int4 && row.inputs[1] == DType::kInt8 ? DType::kInt4 : row.inputs[1], v.filter,
      row.inputs[1] == DType::kInt8 ? random_channel_quantization(random, 0, v.filter[0])
                                    : random_weight_quantization(random, row.inputs[1]));
  TensorId bias = v.bias ? b.random_constant(random, row.inputs[2], Shape(v.filter[0])) : kAbsent;
  TensorId output = b.node(conv_2d_record(), {input, filter, bias},
                           {{"padding", std::string(v.padding)},
                            {"stride_h", int64_t{v.stride}},
                            {"stride_w", int64_t{v.stride}},
                            {"dilation_h_factor", int64_t{v.dilation}},
                            {"dilation_w_factor", int64_t{v.dilation}},
                            {"quantized_bias_type", bias_type_choice(row.inputs[2])},
                            {"fused_activation_function", std::string(v.activation)}},
                           dtype, q());
  return b.build({output});
}

std::vector<Graph> cases(std::mt19937& random) {
  const Variant variants[] = {
      {Shape(1, 5, 5, 3), Shape(4, 3, 3, 3), "SAME", 1, 1, "NONE", true},
      {Shape(2, 6, 5, 2), Shape(3, 3, 2, 2), "VALID", 2, 1, "RELU", true},
      {Shape(1, 7, 7, 1), Shape(2, 3, 3, 1), "SAME", 1, 2, "RELU6", false},
      {Shape(1, 4, 4, 8), Shape(5, 1, 1, 8), "VALID", 1, 1, "RELU_N1_TO_1", true},
      {Shape(1, 5, 4, 4), Shape(6, 3, 3, 2), "SAME", 2, 1, "NONE", true},  // two groups
      {Shape(2, 3, 5, 8), Shape(3, 3, 3, 8), "SAME", 1, 1, "RELU6", true},
      {Shape(1, 6, 7, 4), Shape(2, 3, 2, 4), "SAME", 1, 3, "NONE", true},
      {Shape(1, 3, 3, 20), Shape(9, 1, 1, 20), "SAME", 2, 1, "RELU", true},
      {Shape(1, 5, 5, 8), Shape(8, 1, 1, 8), "VALID", 1, 1, "RELU6", true, true},
      {Shape(1, 7, 6, 2), Shape(4, 1, 1, 2), "VALID", 1, 1, "RELU", true, true},  // many pixels
      {Shape(2, 4, 5, 5), Shape(6, 3, 2, 5), "SAME", 1, 1, "NONE", true, true},
      {Shape(1, 5, 3, 4), Shape(4, 2, 3, 4), "SAME", 2, 1, "NONE", false, true},
      {Shape(2, 3, 8, 17), Shape(8, 3, 2, 17), "SAME", 1, 1, "NONE", true},
      {Shape(1, 9, 2, 3), Shape(7, 3, 2, 3), "VALID", 2, 1, "RELU", true},
      {Shape(1, 5, 7, 3), Shape(9, 3, 3, 3), "SAME", 2, 1, "RELU", true},
      {Shape(1, 7, 12, 3), Shape(8, 3, 3, 3), "SAME", 2, 1, "RELU", true},
      {Shape(1, 5, 3, 8), Shape(8, 1, 1, 8), "VALID", 1, 1, "RELU", true},
      {Shape(2, 9, 1, 4), Shape(4, 3, 1, 4), "SAME", 1, 1, "RELU", true},  // narrow as its filter
  };
  std::vector<Graph> graphs;
  for (const TypeRow& row : conv_2d_record().types) {
    for (const Variant& v : variants) graphs.push_back(make_case(random, row, v));
    int channels = random_int(random, 1, 9) * random_int(random, 1, 4);
    Variant drawn = {Shape(1, random_int(random, 3, 9), random_int(random, 3, 9), channels),
                     Shape(random_int(random, 1, 9), random_int(random, 1, 4),
                           random_int(random, 1, 4), channels),
                     "SAME",
                     random_int(random, 1, 3),
                     random_int(random, 1, 2),
                     "NONE",
                     true};
    graphs.push_back(make_case(random, row, drawn));
  }
  return graphs;
}

std::vector<AttributeSpec> attributes() {
  std::vector<AttributeSpec> all = window_attributes();
  for (AttributeSpec& spec : dilation_attributes()) all.push_back(spec);
  all.push_back(activation_attribute());
  all.push_back(bias_type_attribute());
  return all;
}

}  // namespace

namespace {

bool lower_strips(Lowering& node, const Conv2dInt8Params& params, const WeightMatrix& weights,
                  const std::vector<FoldedChannel>& folded) {
  const Window& w = params.window;
  // Rows of a byte or two, as of a filter over sound, don't fill vectors.
  if (!node.target().mve || w.dilation_w != 1 || w.filter_w * w.input_c < 3) return false;
  bool single = w.filter_h == 1 && w.filter_w == 1 && w.pad_h == 0 && w.pad_w == 0;
  int columns = (w.output_w - 1) * w.stride_w + w.filter_w + 1;
  uint32_t strip_bytes = static_cast<uint32_t>(columns * w.filter_h * w.input_c);
  node.emit(kInt8Mve, params,
            {node.in(0), node.constant(pack_strips(weights, w)), node.constant(fold_fours(folded)),
             single ? node.nothing() : node.scratch(strip_bytes), node.out()});
  return true;
}

/// Weights of 4 bits that are stored 16-fold as int8, because each is used so often that an output
/// costs more beside its products: a 4-bit layer rounds twice.
bool is_stored_wide(const Conv2dInt8Params& params, const WeightMatrix& weights) {
  const Window& w = params.window;
  return w.output_h * w.output_w >= 8 * weights.depth;
}

std::vector<int8_t> sixteen_fold(const WeightMatrix& weights) {
  std::vector<int8_t> all(weights.data, weights.data + weights.channels * weights.depth);
  for (int8_t& weight : all) weight = static_cast<int8_t>(16 * weight);
  return all;
}

/// With channels that round once; false if they don't, or if weights don't fit. Weights are
/// 2^`scale` times what they stand for.
bool lower_linear(Lowering& node, const Conv2dInt8Params& params, const WeightMatrix& live,
                  const WeightMatrix& rows, const std::vector<ChannelRequantization>& channels,
                  Value columns, int scale) {
  if (!fit_in_pairs(rows) || rows.depth > kMostLinearDepth) return false;
  auto linear = find_linear_channels(live, channels, -params.input_offset, params.output,
                                     {kConv2dLinearSumShift + scale, kConv2dLinearShift});
  if (!linear) return false;
  node.emit(kInt8DspLinear, params,
            {node.in(0), node.constant(pack_linear(rows, *linear)), columns, node.out()});
  return true;
}

bool lower_pairs(Lowering& node, const Conv2dInt8Params& params, const WeightMatrix& weights,
                 const std::vector<ChannelRequantization>& channels,
                 const std::vector<FoldedChannel>& folded) {
  if (!node.target().dsp) return false;
  bool narrow = weights.channels >= 4 && fit_in_quads(weights);
  if (!narrow && !fit_in_pairs(weights)) return false;
  int words = (weights.depth + 3) / 4, patch = params.window.input_c % 4 != 0 ? words : 0;
  std::vector<int8_t> kept =
      without_constant_channels(weights, channels, -params.input_offset, params.output);
  WeightMatrix live{kept.data(), weights.channels, weights.depth};
  std::vector<int8_t> ordered = in_row_words(live, params.window);
  WeightMatrix rows{ordered.data(), weights.channels, weights.depth};
  Value columns = node.scratch(static_cast<uint32_t>(4 * words + patch) * 4);
  if (narrow && is_stored_wide(params, weights)) {
    std::vector<int8_t> wide = sixteen_fold(rows);
    WeightMatrix many{wide.data(), rows.channels, rows.depth};
    if (lower_linear(node, params, live, many, channels, columns, 4)) return true;
  }
  if (narrow) {
    node.emit(
        kInt8DspInt4, params,
        {node.in(0), node.constant(pack_quads(rows)), node.constant(folded), columns, node.out()});
    return true;
  }
  if (lower_linear(node, params, live, rows, channels, columns, 0)) return true;
  node.emit(
      kInt8Dsp, params,
      {node.in(0), node.constant(pack_pairs(rows)), node.constant(folded), columns, node.out()});
  return true;
}

bool lower_lanes(Lowering& node, const Conv2dInt8Params& params, const WeightMatrix& weights,
                 const std::vector<FoldedChannel>& folded) {
  auto chunks = cut_chunks(weights, 2);
  if (!chunks) return false;
  uint32_t steps = static_cast<uint32_t>(weights.depth + 1) / 2;
  node.emit(kInt8Lanes, params,
            {node.in(0), node.constant(pack_lanes(weights)), node.constant(*chunks),
             node.constant(folded), node.scratch(16 * steps), node.out()});
  return true;
}

bool lower_wide(Lowering& node, const Conv2dInt8Params& params, const WeightMatrix& weights,
                const std::vector<FoldedChannel>& folded) {
  if (!node.target().avx2) return false;
  uint32_t pairs = static_cast<uint32_t>(weights.depth + 1) / 2;
  node.emit(kInt8Avx2, params,
            {node.in(0), node.constant(pack_wide<int16_t>(weights, 16)),
             node.constant(fold_eights(folded, 16)), node.scratch(16 * pairs), node.out()});
  return true;
}

}  // namespace

namespace {

/// A picture as narrow as its filter, laid on its side: its rows are the pixels of a single one, of
/// the same bytes, so that windows lie side by side.
Conv2dInt8Params laid_flat(Conv2dInt8Params params) {
  Window& w = params.window;
  if (w.filter_w != w.input_w || w.pad_w != 0 || w.output_w != 1 || w.dilation_h != 1 ||
      int64_t{w.input_w} * w.input_c > INT16_MAX) {
    return params;
  }
  w.input_c *= w.input_w, params.filter_c *= w.input_w;
  w.input_w = w.input_h, w.filter_w = w.filter_h, w.output_w = w.output_h;
  w.stride_w = w.stride_h, w.pad_w = w.pad_h;
  w.input_h = w.filter_h = w.output_h = w.stride_h = w.dilation_w = 1, w.pad_h = 0;
  return params;
}

}  // namespace

void lower_conv_2d_int8(Lowering& node, const Conv2dInt8Params& given,
                        const std::vector<ChannelRequantization>& channels) {
  const bool ungrouped = given.filter_c == given.window.input_c;
  const Conv2dInt8Params params = ungrouped ? laid_flat(given) : given;
  const Window& w = params.window;
  const Tensor& filter = node.input(1);
  auto symmetric = symmetric_weights(filter);
  if (!symmetric) {
    node.emit(kUnsigned,
              Conv2dUnsignedParams{w, params.filter_c, params.input_offset,
                                   -filter.quantization.zero_point(), params.output},
              {node.in(0), node.in(1), node.constant(channels), node.out()});
    return;
  }
  int depth = w.filter_h * w.filter_w * params.filter_c;
  WeightMatrix weights{symmetric->data(), w.output_c, depth};
  bool plain = params.filter_c == w.input_c && w.filter_h < 256 && w.filter_w < 256;
  if (node.target().packed && plain) {
    auto folded = fold_channels(weights, channels, -params.input_offset, params.output.offset);
    if (folded && (lower_wide(node, params, weights, *folded) ||
                   lower_strips(node, params, weights, *folded) ||
                   lower_pairs(node, params, weights, channels, *folded) ||
                   lower_lanes(node, params, weights, *folded))) {
      return;
    }
  }
  Value stored = filter.dtype == DType::kInt8 ? node.in(1) : node.constant(*symmetric);
  node.emit(kInt8, params, {node.in(0), stored, node.constant(channels), node.out()});
}

std::vector<const KernelInfo*> conv_2d_integer_kernels() {
  std::vector<const KernelInfo*> all = {&kInt8,    &kInt8Dsp,  &kInt8DspLinear, &kInt8DspInt4,
                                        &kInt8Mve, &kInt8Avx2, &kInt8Lanes,     &kUnsigned};
  for (const KernelInfo* kernel : conv_2d_int16_kernels()) all.push_back(kernel);
  return all;
}

namespace {

std::vector<const KernelInfo*> all_kernels() {
  std::vector<const KernelInfo*> all = conv_2d_integer_kernels();
  for (const KernelInfo* kernel : conv_2d_float32_kernels()) all.push_back(kernel);
  return all;
}

}  // namespace

const OperatorRecord& conv_2d_record() {
  static const OperatorRecord record = {
      .name = "CONV_2D",
      .max_version = 8,
      .tflite_options = "Conv2DOptions",
      .inputs = {{"input"}, {"filter"}, {"bias", OperandSpec::kOptional}},
      .outputs = {{"output"}},
      .attributes = attributes(),
      .types = {{{DType::kInt8, DType::kInt8, DType::kInt32}, {DType::kInt8}},
                {{DType::kInt8, DType::kUInt8, DType::kInt32}, {DType::kInt8}},
                {{DType::kInt16, DType::kInt8, DType::kInt64}, {DType::kInt16}},
                {{DType::kInt16, DType::kInt8, DType::kInt32}, {DType::kInt16}},
                {{DType::kFloat32, DType::kFloat32, DType::kFloat32}, {DType::kFloat32}}},
      .kernels = all_kernels(),
      .infer = infer,
      .check = check,
      .lower = lower,
      .macs = macs,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
