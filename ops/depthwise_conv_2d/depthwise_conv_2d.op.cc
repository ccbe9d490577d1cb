// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D's record. Filter [1, filter_h, filter_w, output_c]. The depth multiplier that
// counts is output_c / input_c; the attribute must agree where it is given.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"

#include <algorithm>

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/folding.op.h"
#include "ops/quantized/folding_wide.op.h"
#include "ops/quantized/linear_channels.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/window/window_shape.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 = MOTE_KERNEL(
    depthwise_conv_2d_int8, DepthwiseConv2dInt8Params, "depthwise_conv_2d", "reference.cc",
    MOTE_FIELDS(DepthwiseConv2dInt8Params, MOTE_WINDOW_FIELDS(window), input_offset,
                MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt8Avx2 = MOTE_KERNEL(
    depthwise_conv_2d_int8_avx2, DepthwiseConv2dInt8Params, "depthwise_conv_2d", "avx2.cc",
    MOTE_FIELDS(DepthwiseConv2dInt8Params, MOTE_WINDOW_FIELDS(window), input_offset,
                MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt8Avx2Rows = MOTE_KERNEL(
    depthwise_conv_2d_int8_avx2_3x3, DepthwiseConv2dInt8Params, "depthwise_conv_2d", "avx2_rows.cc",
    MOTE_FIELDS(DepthwiseConv2dInt8Params, MOTE_WINDOW_FIELDS(window), input_offset,
                MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt8Dsp = MOTE_KERNEL(
    depthwise_conv_2d_int8_dsp, DepthwiseConv2dInt8DspParams, "depthwise_conv_2d", "dsp.cc",
    MOTE_FIELDS(DepthwiseConv2dInt8DspParams, MOTE_WINDOW_FIELDS(window), sideways, input_offset,
                MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt8DspLinear =
    MOTE_KERNEL(depthwise_conv_2d_int8_dsp_linear, DepthwiseConv2dInt8DspParams,
                "depthwise_conv_2d", "linear.cc",
                MOTE_FIELDS(DepthwiseConv2dInt8DspParams, MOTE_WINDOW_FIELDS(window), sideways,
                            input_offset, MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt8Mve = MOTE_KERNEL(
    depthwise_conv_2d_int8_mve, DepthwiseConv2dInt8DspParams, "depthwise_conv_2d", "mve.cc",
    MOTE_FIELDS(DepthwiseConv2dInt8DspParams, MOTE_WINDOW_FIELDS(window), sideways, input_offset,
                MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt8Planes = MOTE_KERNEL(
    depthwise_conv_2d_int8_planes, DepthwiseConv2dInt8Params, "depthwise_conv_2d", "planes.cc",
    MOTE_FIELDS(DepthwiseConv2dInt8Params, MOTE_WINDOW_FIELDS(window), input_offset,
                MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kUnsigned =
    MOTE_KERNEL(depthwise_conv_2d_int8_unsigned, DepthwiseConv2dUnsignedParams, "depthwise_conv_2d",
                "reference.cc",
                MOTE_FIELDS(DepthwiseConv2dUnsignedParams, MOTE_WINDOW_FIELDS(window), input_offset,
                            filter_offset, MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt16 = MOTE_KERNEL(
    depthwise_conv_2d_int16, DepthwiseConv2dInt16Params, "depthwise_conv_2d", "reference.cc",
    MOTE_FIELDS(DepthwiseConv2dInt16Params, MOTE_WINDOW_FIELDS(window),
                MOTE_INT16_OUTPUT_FIELDS(output)));
const KernelInfo kInt16Dsp = MOTE_KERNEL(
    depthwise_conv_2d_int16_dsp, DepthwiseConv2dInt16Params, "depthwise_conv_2d", "dsp_int16.cc",
    MOTE_FIELDS(DepthwiseConv2dInt16Params, MOTE_WINDOW_FIELDS(window),
                MOTE_INT16_OUTPUT_FIELDS(output)));
const KernelInfo kInt16Mve = MOTE_KERNEL(
    depthwise_conv_2d_int16_mve, DepthwiseConv2dInt16Params, "depthwise_conv_2d", "mve_int16.cc",
    MOTE_FIELDS(DepthwiseConv2dInt16Params, MOTE_WINDOW_FIELDS(window),
                MOTE_INT16_OUTPUT_FIELDS(output)));
const KernelInfo kFloat32 = MOTE_KERNEL(
    depthwise_conv_2d_float32, DepthwiseConv2dFloat32Params, "depthwise_conv_2d", "reference.cc",
    MOTE_FIELDS(DepthwiseConv2dFloat32Params, MOTE_WINDOW_FIELDS(window), output_min, output_max));

const KernelInfo kFloat32Fpu = MOTE_KERNEL(
    depthwise_conv_2d_float32_fpu, DepthwiseConv2dFloat32Params, "depthwise_conv_2d", "fpu.cc",
    MOTE_FIELDS(DepthwiseConv2dFloat32Params, MOTE_WINDOW_FIELDS(window), output_min, output_max));
const KernelInfo kFloat32Fused = MOTE_KERNEL(
    depthwise_conv_2d_float32_fused, DepthwiseConv2dFloat32Params, "depthwise_conv_2d", "fpu.cc",
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

/// Three words a channel, as dsp.cc wants them.
std::vector<uint32_t> pack_rows(const WeightMatrix& weights, bool sideways) {
  std::vector<uint32_t> packed;
  for (int c = 0; c < weights.channels; ++c) {
    for (int i = 0; i < 3; ++i) {
      auto byte = [&](int j) {
        return static_cast<uint32_t>(weights.at(c, sideways ? 3 * j + i : 3 * i + j)) & 0xff;
      };
      packed.push_back(byte(0) | byte(1) << 8 | byte(1) << 16 | byte(2) << 24);
    }
  }
  return packed;
}

bool is_plain_3x3(const Window& w) {
  return w.filter_h == 3 && w.filter_w == 3 && w.dilation_h == 1 && w.dilation_w == 1 &&
         w.stride_h == w.stride_w && w.stride_w <= 2 && w.input_c == w.output_c;
}

/// One channel after the other, for planes.cc.
std::vector<int8_t> pack_channels(const WeightMatrix& weights) {
  std::vector<int8_t> packed;
  for (int c = 0; c < weights.channels; ++c) {
    for (int d = 0; d < weights.depth; ++d) packed.push_back(weights.at(c, d));
  }
  return packed;
}

/// Cycles of a channel on a Cortex-M4: rows, two outputs at a time, odd ones alone; and what its
/// planes cost more than those of linear.cc.
int plane_cycles(int height, int width) {
  return 250 + height * (20 + width / 2 * 50 + width % 2 * 45);
}

/// The same picture with rows for columns.
Window turned(Window w) {
  std::swap(w.input_h, w.input_w);
  std::swap(w.output_h, w.output_w);
  std::swap(w.pad_h, w.pad_w);
  return w;
}

/// Cycles of a channel in linear.cc on a Cortex-M4: strips, pairs of rows, pairs of outputs in
/// them, and an odd one.
int linear_cycles(int stride, int height, int width) {
  const int rows = (height + 1) / 2, pairs = (width + 1) / 2;
  const int strips = (width * stride + kStripColumns - 1) / kStripColumns;
  return strips * (90 + rows * 15) + rows * (pairs * (stride == 1 ? 62 : 73) + width % 2 * 14);
}

/// Whether the picture is quicker with rows for columns.
template <typename Cycles>
bool is_quicker_sideways(const Window& w, Cycles cycles) {
  return cycles(w.output_w, w.output_h) < cycles(w.output_h, w.output_w);
}

/// With channels that round once, on pairs; null if there are none, or not such a picture.
Step* emit_linear(Lowering& node, const DepthwiseConv2dInt8Params& params,
                  const WeightMatrix& all_weights,
                  const std::vector<ChannelRequantization>& channels) {
  const Window& upright = params.window;
  auto cycles = [&](int height, int width) {
    return linear_cycles(upright.stride_w, height, width);
  };
  bool sideways = is_quicker_sideways(upright, cycles);
  Window w = sideways ? turned(upright) : upright;
  if (w.output_c < 4 || w.pad_h > 1 || w.pad_w > 1) return nullptr;
  std::vector<int8_t> kept =
      without_constant_channels(all_weights, channels, -params.input_offset, params.output);
  WeightMatrix weights{kept.data(), all_weights.channels, all_weights.depth, true};
  auto linear = find_linear_channels(weights, channels, -params.input_offset, params.output,
                                     {kDepthwiseLinearSumShift, kDepthwiseLinearShift});
  if (!linear) return nullptr;
  DepthwiseConv2dInt8DspParams packed{w, sideways, params.input_offset, params.output};
  std::vector<uint32_t> rows = pack_rows(weights, sideways);
  std::vector<LinearFilter> filters;
  for (size_t c = 0; c < linear->size(); ++c) {
    filters.push_back({{rows[3 * c], rows[3 * c + 1], rows[3 * c + 2]}, (*linear)[c]});
  }
  return &node.emit(
      kInt8DspLinear, packed,
      {node.in(0), node.constant(filters),
       node.scratch(static_cast<uint32_t>(linear_rows(w) * kLinearPitch) * 2), node.out()});
}

/// With folded channels, on pairs: rows of three taps, in the direction that is quicker.
Step& emit_pairs(Lowering& node, const DepthwiseConv2dInt8Params& params,
                 const WeightMatrix& weights, const std::vector<FoldedChannel>& folded) {
  const Window& upright = params.window;
  bool sideways = is_quicker_sideways(upright, plane_cycles);
  Window w = sideways ? turned(upright) : upright;
  int rows = (w.output_h - 1) * w.stride_h + 3, pitch = (w.output_w * w.stride_w + 3) / 2 * 2;
  DepthwiseConv2dInt8DspParams packed{w, sideways, params.input_offset, params.output};
  return node.emit(kInt8Dsp, packed,
                   {node.in(0), node.constant(pack_rows(weights, sideways)), node.constant(folded),
                    node.scratch(static_cast<uint32_t>(rows * pitch) * 4), node.out()});
}

/// Three words a channel, as mve.cc wants them, and one that it reads without need.
std::vector<uint32_t> pack_columns(const WeightMatrix& weights, bool sideways) {
  std::vector<uint32_t> packed;
  for (int c = 0; c < weights.channels; ++c) {
    for (int j = 0; j < 3; ++j) {
      auto byte = [&](int i) {
        return static_cast<uint32_t>(weights.at(c, sideways ? 3 * j + i : 3 * i + j)) & 0xff;
      };
      packed.push_back(byte(0) | byte(1) << 8 | byte(2) << 16);
    }
  }
  packed.push_back(0);
  return packed;
}

/// Instructions of a channel on a Cortex-M55: rows, in vectors of four outputs.
int patch_instructions(int stride, int height, int width) {
  return stride == 1 ? (height + 1) / 2 * (30 + (width + 1) / 2 * 20)
                     : height * (25 + (width + 3) / 4 * 22);
}

/// With folded channels, on vectors, in the direction that is quicker.
Step& emit_patches(Lowering& node, const DepthwiseConv2dInt8Params& params,
                   const WeightMatrix& weights, const std::vector<FoldedChannel>& folded) {
  const Window& upright = params.window;
  auto instructions = [&](int height, int width) {
    return patch_instructions(upright.stride_w, height, width);
  };
  bool sideways = is_quicker_sideways(upright, instructions);
  Window w = sideways ? turned(upright) : upright;
  int patches = w.stride_w == 1 ? (w.output_w + 1) / 2 : (w.output_w + 3) / 4 * 4;
  DepthwiseConv2dInt8DspParams packed{w, sideways, params.input_offset, params.output};
  return node.emit(
      kInt8Mve, packed,
      {node.in(0), node.constant(pack_columns(weights, sideways)), node.constant(folded),
       node.scratch(static_cast<uint32_t>(2 * patches + 3) * 64), node.out()});
}

/// With folded channels, for any filter.
Step& emit_planes(Lowering& node, const DepthwiseConv2dInt8Params& params,
                  const WeightMatrix& weights, const std::vector<FoldedChannel>& folded) {
  const Window& w = params.window;
  int rows = (w.output_h - 1) * w.stride_h + (w.filter_h - 1) * w.dilation_h + 1;
  int columns = (w.output_w - 1) * w.stride_w + (w.filter_w - 1) * w.dilation_w + 1;
  return node.emit(kInt8Planes, params,
                   {node.in(0), node.constant(pack_channels(weights)), node.constant(folded),
                    node.scratch(static_cast<uint32_t>(rows * columns)), node.out()});
}

/// One tap after the other, for avx2.cc.
std::vector<int32_t> pack_taps(const WeightMatrix& weights) {
  std::vector<int32_t> words;
  for (int d = 0; d < weights.depth; ++d) {
    for (int c = 0; c < weights.channels; ++c) words.push_back(weights.at(c, d) & 0xffff);
  }
  return words;
}

/// One column after the other, its first two rows as pairs, for avx2_rows.cc.
std::vector<int32_t> pack_three_columns(const WeightMatrix& weights) {
  std::vector<int32_t> words;
  for (int column = 0; column < 3; ++column) {
    for (int c = 0; c < weights.channels; ++c) {
      words.push_back(weights.at(c, 3 + column) * 65536 + (weights.at(c, column) & 0xffff));
    }
    for (int c = 0; c < weights.channels; ++c) {
      words.push_back(weights.at(c, 6 + column) & 0xffff);
    }
  }
  return words;
}

/// With folded channels in eights; false if they or the taps don't come so.
bool lower_wide(Lowering& node, const DepthwiseConv2dInt8Params& params,
                const WeightMatrix& weights, const std::vector<FoldedChannel>& folded) {
  const Window& w = params.window;
  bool fits = w.input_c == w.output_c && w.output_c % 8 == 0 && weights.depth <= kMostWideTaps &&
              w.filter_h < 256 && w.filter_w < 256 && w.output_c <= 32767;
  if (!node.target().avx2 || !fits) return false;
  const bool plain = is_plain_3x3(w);
  node.emit(plain ? kInt8Avx2Rows : kInt8Avx2, params,
            {node.in(0), node.constant(plain ? pack_three_columns(weights) : pack_taps(weights)),
             node.constant(fold_eights(folded, 8)), node.scratch(static_cast<uint32_t>(w.output_c)),
             node.out()});
  return true;
}

std::vector<QuantizedMultiplier> multipliers(const NodeView& node) {
  return channel_multipliers(node.input(0), node.input(1), node.output(), node.input(1).shape[3]);
}

void lower_int8(Lowering& node, const DepthwiseConv2dInt8Params& params) {
  const Window& w = params.window;
  const Tensor* bias = node.has_input(2) ? &node.input(2) : nullptr;
  std::vector<ChannelRequantization> channels = with_bias(multipliers(node), bias);
  const Tensor& filter = node.input(1);
  auto symmetric = symmetric_weights(filter);
  if (!symmetric) {
    node.emit(kUnsigned,
              DepthwiseConv2dUnsignedParams{w, params.input_offset,
                                            -filter.quantization.zero_point(), params.output},
              {node.in(0), node.in(1), node.constant(channels), node.out()});
    return;
  }
  WeightMatrix weights{symmetric->data(), w.output_c, w.filter_h * w.filter_w, true};
  if (node.target().packed) {
    auto folded = fold_channels(weights, channels, -params.input_offset, params.output.offset);
    if (folded && lower_wide(node, params, weights, *folded)) return;
    if (folded) {
      bool plain = is_plain_3x3(w);
      bool vectors = plain && node.target().mve, pairs = plain && !vectors && node.target().dsp;
      Step* step = pairs ? emit_linear(node, params, weights, channels) : nullptr;
      if (!step) {
        step = vectors ? &emit_patches(node, params, weights, *folded)
               : pairs ? &emit_pairs(node, params, weights, *folded)
                       : &emit_planes(node, params, weights, *folded);
      }
      bool same = node.input(0).shape == node.output().shape;
      int output = step->kernel == &kInt8DspLinear ? 3 : 4;
      if (same && w.pad_h <= 2 && w.pad_w <= 2) step->in_place = {{output, 0}};
      return;
    }
  }
  Value stored = filter.dtype == DType::kInt8 ? node.in(1) : node.constant(*symmetric);
  node.emit(kInt8, params, {node.in(0), stored, node.constant(channels), node.out()});
}

/// Eight channels at a time, the even ones before the odd ones, filled up with zeros.
std::vector<FoldedWideFour> even_and_odd(const std::vector<FoldedWideChannel>& channels) {
  std::vector<FoldedWideChannel> ordered((channels.size() + 7) / 8 * 8);
  for (size_t c = 0; c < channels.size(); ++c) {
    ordered[c / 8 * 8 + c % 2 * 4 + c % 8 / 2] = channels[c];
  }
  return fold_wide_fours(ordered);
}

void lower_int16(Lowering& node, const DepthwiseConv2dInt16Params& params) {
  const Window& w = params.window;
  const Tensor& filter = node.input(1);
  const Tensor* bias = node.has_input(2) ? &node.input(2) : nullptr;
  auto channels = with_wide_bias(multipliers(node), bias);
  bool constant = filter.constant() && (!bias || bias->constant());
  if (node.target().dsp && constant && fits_side_by_side(w)) {
    WeightMatrix weights{filter.as<int8_t>(), w.output_c, w.filter_h * w.filter_w, true};
    if (auto folded = fold_wide_channels(weights, channels)) {
      std::vector<int16_t> words(weights.data, weights.data + filter.shape.elements());
      bool mve = node.target().mve;
      node.emit(mve ? kInt16Mve : kInt16Dsp, params,
                {node.in(0), node.constant(words),
                 mve ? node.constant(even_and_odd(*folded)) : node.constant(*folded), node.out()});
      return;
    }
  }
  node.emit(kInt16, params, {node.in(0), node.in(1), node.constant(channels), node.out()});
}

void lower_float32(Lowering& node, const DepthwiseConv2dFloat32Params& params) {
  const Target& target = node.target();
  Value bias = node.in(2);
  if (!target.fpu || params.window.output_c < 8 || !fits_side_by_side(params.window)) {
    node.emit(kFloat32, params, {node.in(0), node.in(1), bias, node.out()});
    return;
  }
  if (!node.has_input(2)) {
    bias = node.constant(std::vector<float>(static_cast<size_t>(params.window.output_c)));
  }
  node.emit(target.fused ? kFloat32Fused : kFloat32Fpu, params,
            {node.in(0), node.in(1), bias, node.out()});
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(Window w, window(node));
  const Tensor& filter = node.input(1);
  const std::string& activation = node.choice("fused_activation_function");
  if (filter.dtype == DType::kFloat32) {
    RealRange range = activation_range(activation);
    lower_float32(node, {w, range.low, range.high});
    return {};
  }
  if (node.output().dtype == DType::kInt16) {
    lower_int16(node, {w, int16_output(node.output(), activation)});
    return {};
  }
  lower_int8(node,
             {w, -node.input(0).quantization.zero_point(), int8_output(node.output(), activation)});
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

Graph make_case(std::mt19937& random, const TypeRow& row, const Variant& v) {
  GraphBuilder b("depthwise_conv_2d");
  DType dtype = row.inputs[0];
  auto q = [&] { return random_quantization(random, dtype); };
  int channels = v.input[3] * v.multiplier;
  Quantization weights = v.per_channel && row.inputs[1] == DType::kInt8
                             ? random_channel_quantization(random, 3, channels)
                             : random_weight_quantization(random, row.inputs[1]);
  TensorId input = b.input(dtype, v.input, q());
  TensorId filter =
      b.random_weights(random, row.inputs[1], Shape(1, v.filter_h, v.filter_w, channels), weights);
  TensorId bias = v.bias ? b.random_constant(random, row.inputs[2], Shape(channels)) : kAbsent;
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
      {Shape(2, 4, 6, 4), 3, 3, 1, "SAME", 1, 1, "RELU6", true, true},
      {Shape(1, 6, 8, 3), 3, 3, 1, "SAME", 2, 1, "NONE", true, true},
      {Shape(2, 5, 7, 2), 3, 3, 1, "VALID", 2, 1, "RELU", true, true},
      {Shape(1, 4, 3, 1), 3, 3, 1, "VALID", 1, 1, "NONE", true, true},
      {Shape(2, 3, 8, 18), 3, 3, 1, "SAME", 1, 1, "RELU6", true, true},
      {Shape(1, 9, 3, 33), 3, 3, 1, "SAME", 2, 1, "NONE", true, true},
      {Shape(1, 8, 7, 3), 3, 3, 1, "SAME", 1, 1, "RELU", true, true},
      {Shape(2, 9, 12, 2), 3, 3, 1, "SAME", 2, 1, "RELU", true, true},
      {Shape(1, 6, 6, 7), 3, 3, 1, "SAME", 1, 1, "RELU", true, true},
      {Shape(1, 4, 26, 5), 3, 3, 1, "SAME", 1, 1, "RELU", true, true},
      {Shape(1, 6, 12, 8), 3, 3, 1, "SAME", 2, 1, "RELU", true, true},
      {Shape(2, 3, 3, 6), 3, 3, 1, "SAME", 1, 1, "RELU", true, true},
      {Shape(1, 6, 6, 5), 3, 3, 1, "SAME", 2, 1, "RELU", true, true},
      {Shape(1, 5, 12, 4), 3, 3, 1, "VALID", 1, 1, "RELU", true, true},
      {Shape(1, 3, 6, 4), 3, 3, 1, "VALID", 1, 1, "RELU", true, true},
      {Shape(1, 51, 3, 9), 3, 3, 1, "SAME", 1, 1, "RELU", true, true},
      {Shape(2, 5, 51, 7), 3, 3, 1, "SAME", 2, 1, "RELU", true, true},
      {Shape(2, 7, 5, 24), 3, 3, 1, "SAME", 1, 1, "RELU", true, true},
      {Shape(2, 7, 6, 16), 3, 3, 1, "VALID", 2, 1, "NONE", true, true},
      {Shape(1, 1, 2, 8), 3, 3, 1, "SAME", 1, 1, "RELU6", true, true},
      {Shape(2, 6, 7, 16), 3, 2, 1, "SAME", 1, 2, "NONE", true, true},
  };
  std::vector<Graph> graphs;
  for (const TypeRow& row : depthwise_conv_2d_record().types) {
    for (const Variant& v : variants) graphs.push_back(make_case(random, row, v));
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
    graphs.push_back(make_case(random, row, drawn));
    drawn.filter_h = drawn.filter_w = 3, drawn.multiplier = drawn.dilation = 1;
    drawn.stride = random_int(random, 1, 2);
    graphs.push_back(make_case(random, row, drawn));
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
      .max_version = 7,
      .tflite_options = "DepthwiseConv2DOptions",
      .inputs = {{"input"}, {"filter"}, {"bias", OperandSpec::kOptional}},
      .outputs = {{"output"}},
      .attributes = attributes(),
      .types = {{{DType::kInt8, DType::kInt8, DType::kInt32}, {DType::kInt8}},
                {{DType::kInt8, DType::kUInt8, DType::kInt32}, {DType::kInt8}},
                {{DType::kInt16, DType::kInt8, DType::kInt64}, {DType::kInt16}},
                {{DType::kFloat32, DType::kFloat32, DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kInt8Dsp, &kInt8DspLinear, &kInt8Mve, &kInt8Avx2, &kInt8Avx2Rows,
                  &kInt8Planes, &kUnsigned, &kInt16, &kInt16Dsp, &kInt16Mve, &kFloat32,
                  &kFloat32Fpu, &kFloat32Fused},
      .infer = infer,
      .check = check,
      .lower = lower,
      .macs = macs,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
