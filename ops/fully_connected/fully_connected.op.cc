// SPDX-License-Identifier: Apache-2.0
// FULLY_CONNECTED's record. Filter [outputs, depth]; the input's elements are rows of `depth`,
// whatever its shape. int8 weights with one scale have a kernel of their own for int8 activations,
// so that an image carries one multiplier and not one per output; all others are 1×1 convolutions.
#include "ops/fully_connected/fully_connected.h"

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/conv_2d/conv_2d.op.h"
#include "ops/conv_2d/packing.op.h"
#include "ops/quantized/quantization_rules.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 = MOTE_KERNEL(
    fully_connected_int8, FullyConnectedInt8Params, "fully_connected", "reference.cc",
    MOTE_FIELDS(FullyConnectedInt8Params, rows, depth, outputs, input_offset, filter_offset,
                multiplier.multiplier, multiplier.shift, MOTE_INT8_OUTPUT_FIELDS(output)));

const std::vector<ParamField> kPackedFields =
    MOTE_FIELDS(FullyConnectedInt8PackedParams, rows, depth, outputs, scale.multiplier,
                scale.addend, scale.shift, MOTE_INT8_OUTPUT_FIELDS(output));

const KernelInfo kInt8Dsp = MOTE_KERNEL(fully_connected_int8_dsp, FullyConnectedInt8PackedParams,
                                        "fully_connected", "dsp.cc", kPackedFields);

const KernelInfo kInt8DspInt4 =
    MOTE_KERNEL(fully_connected_int8_dsp_int4, FullyConnectedInt8PackedParams, "fully_connected",
                "dsp.cc", kPackedFields);

const KernelInfo kInt8Mve = MOTE_KERNEL(fully_connected_int8_mve, FullyConnectedInt8PackedParams,
                                        "fully_connected", "mve.cc", kPackedFields);

const KernelInfo kInt8Lanes =
    MOTE_KERNEL(fully_connected_int8_lanes, FullyConnectedInt8PackedParams, "fully_connected",
                "lanes.cc", kPackedFields);

const KernelInfo kInt8Avx2 = MOTE_KERNEL(fully_connected_int8_avx2, FullyConnectedInt8WideParams,
                                         "fully_connected", "avx2.cc",
                                         MOTE_FIELDS(FullyConnectedInt8WideParams, rows, depth,
                                                     outputs, MOTE_INT8_OUTPUT_FIELDS(output)));

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape &input = node.input(0).shape, &filter = node.input(1).shape;
  if (filter.rank != 2) return fail("{} must have 2 dimensions", node.input_text(1));
  if (input.rank == 0) return fail("{} must have a dimension", node.input_text(0));
  int64_t rows = input.elements() / filter[1];
  if (rows * filter[1] != input.elements() || rows > INT32_MAX) {
    return fail("{} can't be cut into rows of {}, as {} needs them", node.input_text(0), filter[1],
                node.input_text(1));
  }
  if (!node.flag("keep_num_dims")) {
    return std::vector<Shape>{Shape(static_cast<int32_t>(rows), filter[0])};
  }
  Shape output = input;
  if (input.back(0) != filter[1]) {
    return fail("with keep_num_dims, {} must have {} in its last dimension", node.input_text(0),
                filter[1]);
  }
  output[output.rank - 1] = filter[0];
  return std::vector<Shape>{output};
}

bool per_tensor(const NodeView& node) {
  return node.input(1).quantization.scales.size() == 1;
}

Result<void> check(const NodeView& node) {
  int outputs = node.input(1).shape[0];
  if (node.input(0).dtype != DType::kInt8 || !per_tensor(node)) {
    return check_weights(node, 0, outputs);
  }
  MOTE_CHECK_OK(check_bias(node, outputs));
  MOTE_CHECK_OK(check_per_tensor(node, false, 0));
  return check_per_tensor(node, true, 0);
}

/// One row, depth channels, of a 1×1 convolution for each row of the input.
Window pixels(const NodeView& node) {
  const Shape& filter = node.input(1).shape;
  Window w{};
  w.batches = static_cast<int32_t>(node.input(0).shape.elements() / filter[1]);
  w.input_c = filter[1], w.output_c = filter[0];
  w.input_h = w.input_w = w.output_h = w.output_w = 1;
  w.filter_h = w.filter_w = w.stride_h = w.stride_w = w.dilation_h = w.dilation_w = 1;
  return w;
}

void lower_float32(Lowering& node) {
  RealRange range = activation_range(node.choice("fused_activation_function"));
  lower_conv_2d_float32(node, {pixels(node), node.input(1).shape[1], range.low, range.high});
}

Conv2dInt8Params convolution(const Lowering& node) {
  Window w = pixels(node);
  return {w, w.input_c, -node.input(0).quantization.zero_point(),
          int8_output(node.output(), node.choice("fused_activation_function"))};
}

QuantizedMultiplier multiplier(const NodeView& node) {
  // TFLite multiplies these two scales in float, unlike those of convolutions.
  float product = node.input(0).quantization.scale() * node.input(1).quantization.scale();
  return quantize_multiplier(static_cast<double>(product) /
                             static_cast<double>(node.output().quantization.scale()));
}

/// Of each output; all the same for weights with one scale.
std::vector<QuantizedMultiplier> multipliers(const NodeView& node) {
  int outputs = node.input(1).shape[0];
  if (per_tensor(node)) return {static_cast<size_t>(outputs), multiplier(node)};
  return channel_multipliers(node.input(0), node.input(1), node.output(), outputs);
}

std::vector<ChannelRequantization> channels_of(const NodeView& node) {
  return with_bias(multipliers(node), node.has_input(2) ? &node.input(2) : nullptr);
}

void lower_int16(Lowering& node) {
  Window w = pixels(node);
  Int16Output output = int16_output(node.output(), node.choice("fused_activation_function"));
  lower_conv_2d_int16(node, {w, w.input_c, output}, multipliers(node));
}

/// For fully_connected_int8_dsp: outputs eight by eight, of each the depths four by four, of each
/// four pairs of outputs at depths 0 and 2, then at 1 and 3.
std::vector<uint32_t> pack_eights(const WeightMatrix& weights) {
  std::vector<uint32_t> packed;
  for (int o = 0; o < weights.channels; o += 8) {
    for (int d = 0; d < weights.depth; d += 4) {
      for (int k = 0; k < 8; ++k) {
        packed.push_back(pack_two_channels(weights, o + k % 4 * 2, d + k / 4, d + k / 4 + 2));
      }
    }
  }
  return packed;
}

/// For fully_connected_int8_dsp_int4: the same with two quads of outputs instead of four pairs.
std::vector<uint32_t> pack_eights_int4(const WeightMatrix& weights) {
  std::vector<uint32_t> packed;
  for (int o = 0; o < weights.channels; o += 8) {
    for (int d = 0; d < weights.depth; d += 4) {
      for (int k = 0; k < 4; ++k) {
        packed.push_back(pack_four_channels(weights, o + k % 2 * 4, d + k / 2, d + k / 2 + 2));
      }
    }
  }
  return packed;
}

/// For fully_connected_int8_lanes: outputs eight by eight, of each the depths one by one.
std::vector<uint8_t> pack_biased(const WeightMatrix& weights) {
  std::vector<uint8_t> packed;
  for (int o = 0; o < weights.channels; o += 8) {
    for (int d = 0; d < weights.depth; ++d) {
      for (int k = 0; k < 8; ++k)
        packed.push_back(static_cast<uint8_t>(weights.at(o + k, d) + 128));
    }
  }
  return packed;
}

/// The filter as it is, for cores with MVE.
void emit_vectors(Lowering& node, const FullyConnectedInt8PackedParams& params,
                  std::vector<int32_t> biases) {
  for (int32_t& bias : biases) bias /= 2;
  node.emit(kInt8Mve, params, {node.in(0), node.in(1), node.constant(biases), node.out()});
}

/// Eight outputs at a time, weights of 4 bits; of any scale.
bool lower_eights_int4(Lowering& node, const FullyConnectedInt8PackedParams& params,
                       const WeightMatrix& weights, const std::vector<int32_t>& biases) {
  if (params.outputs % 8 != 0 || !fit_in_quads(weights)) return false;
  node.emit(
      kInt8DspInt4, params,
      {node.in(0), node.constant(pack_eights_int4(weights)), node.constant(biases), node.out()});
  return true;
}

/// Eight outputs at a time, if that is possible.
bool lower_eights(Lowering& node, const FullyConnectedInt8PackedParams& params,
                  const WeightMatrix& weights, const std::vector<int32_t>& biases) {
  if (params.outputs % 8 != 0) return false;
  if (node.target().dsp && fit_in_pairs(weights)) {
    node.emit(kInt8Dsp, params,
              {node.in(0), node.constant(pack_eights(weights)), node.constant(biases), node.out()});
    return true;
  }
  auto chunks = cut_chunks(weights, 8);
  if (!chunks || params.depth % 4 != 0) return false;
  node.emit(kInt8Lanes, params,
            {node.in(0), node.constant(pack_biased(weights)), node.constant(*chunks),
             node.constant(biases), node.out()});
  return true;
}

void emit_wide(Lowering& node, const Conv2dInt8Params& p, const WeightMatrix& weights,
               const std::vector<FoldedChannel>& folded) {
  FullyConnectedInt8WideParams params{p.window.batches, p.filter_c, weights.channels, p.output};
  uint32_t pairs = static_cast<uint32_t>(weights.depth + 1) / 2;
  node.emit(kInt8Avx2, params,
            {node.in(0), node.constant(pack_wide<int8_t>(weights, 32)),
             node.constant(fold_eights(folded, 32)), node.scratch(4 * pairs), node.out()});
}

/// The scale, if all channels have the same.
std::optional<FoldedScale> common_scale(const std::vector<FoldedChannel>& folded) {
  const FoldedScale& first = folded.front().scale;
  for (const FoldedChannel& channel : folded) {
    if (std::memcmp(&channel.scale, &first, sizeof first) != 0) return {};
  }
  return first;
}

std::vector<int32_t> biases_of(const std::vector<FoldedChannel>& folded) {
  std::vector<int32_t> biases;
  for (const FoldedChannel& channel : folded) biases.push_back(channel.bias);
  return biases;
}

/// With folded channels, or false: eight by eight where all have one scale, else as a convolution.
bool lower_folded(Lowering& node) {
  const Tensor& filter = node.input(1);
  bool constant = filter.constant() && (!node.has_input(2) || node.input(2).constant());
  if (!constant || filter.quantization.zero_point() != 0) return false;
  Conv2dInt8Params params = convolution(node);
  WeightMatrix weights{filter.as<int8_t>(), params.window.output_c, params.filter_c};
  std::vector<ChannelRequantization> channels = channels_of(node);
  auto fold = [&](int least_shift) {
    return fold_channels(weights, channels, -params.input_offset, params.output.offset,
                         least_shift);
  };
  auto packed = [&](const FoldedScale& scale) {
    return FullyConnectedInt8PackedParams{params.window.batches, params.filter_c, weights.channels,
                                          scale, params.output};
  };
  const Target& target = node.target();
  if (auto any = fold(kLeastAnyShift); any && target.dsp && !target.mve) {
    auto scale = common_scale(*any);
    if (scale && lower_eights_int4(node, packed(*scale), weights, biases_of(*any))) return true;
  }
  auto folded = fold(1);
  if (!folded) return false;
  if (target.avx2) return emit_wide(node, params, weights, *folded), true;
  if (auto scale = common_scale(*folded)) {
    const std::vector<int32_t> biases = biases_of(*folded);
    if (target.mve) return emit_vectors(node, packed(*scale), biases), true;
    if (lower_eights(node, packed(*scale), weights, biases)) return true;
  }
  lower_conv_2d_int8(node, params, channels);
  return true;
}

void lower_per_tensor(Lowering& node) {
  if (node.target().packed && lower_folded(node)) return;
  Conv2dInt8Params convolution_ = convolution(node);
  FullyConnectedInt8Params params{convolution_.window.batches,
                                  convolution_.filter_c,
                                  convolution_.window.output_c,
                                  convolution_.input_offset,
                                  -node.input(1).quantization.zero_point(),
                                  multiplier(node),
                                  convolution_.output};
  node.emit(kInt8, params, {node.in(0), node.in(1), node.in(2), node.out()});
}

Result<void> lower(Lowering& node) {
  if (node.input(0).dtype == DType::kFloat32) {
    lower_float32(node);
  } else if (node.input(0).dtype == DType::kInt16) {
    lower_int16(node);
  } else if (per_tensor(node)) {
    lower_per_tensor(node);
  } else {
    lower_conv_2d_int8(node, convolution(node), channels_of(node));
  }
  return {};
}

int64_t macs(const NodeView& node) {
  return node.output().shape.elements() * node.input(1).shape[1];
}

struct Variant {
  Shape input;
  int outputs, depth;
  const char* activation;
  bool bias, per_channel;
  int filter_zero_point;
  bool keep_num_dims;
  bool int4 = false;  // int8 weights have 4 bits
};

Quantization filter_quantization(std::mt19937& random, const Variant& v) {
  if (v.per_channel) return random_channel_quantization(random, 0, v.outputs);
  return quantization(random_float(random, 0.002f, 0.02f), v.filter_zero_point);
}

Graph make_case(std::mt19937& random, const TypeRow& row, Variant v) {
  GraphBuilder b("fully_connected");
  DType dtype = row.inputs[0];
  if (dtype == DType::kInt16) v.filter_zero_point = 0;
  auto q = [&] { return random_quantization(random, dtype); };
  TensorId input = b.input(dtype, v.input, q());
  TensorId filter = b.random_weights(
      random, v.int4 && row.inputs[1] == DType::kInt8 ? DType::kInt4 : row.inputs[1],
      Shape(v.outputs, v.depth),
      dtype == DType::kFloat32 ? Quantization() : filter_quantization(random, v));
  TensorId bias = v.bias ? b.random_constant(random, row.inputs[2], Shape(v.outputs)) : kAbsent;
  TensorId output = b.node(fully_connected_record(), {input, filter, bias},
                           {{"fused_activation_function", std::string(v.activation)},
                            {"keep_num_dims", v.keep_num_dims},
                            {"quantized_bias_type", bias_type_choice(row.inputs[2])}},
                           dtype, q());
  return b.build({output});
}

std::vector<Graph> cases(std::mt19937& random) {
  const Variant variants[] = {
      {Shape(1, 10), 4, 10, "NONE", true, false, 0, false},
      {Shape(3, 7), 5, 7, "RELU", false, false, 0, false},
      {Shape(1, 2, 3, 4), 3, 24, "RELU6", true, true, 0, false},
      {Shape(2, 2, 5), 1, 5, "RELU_N1_TO_1", true, true, 0, true},
      {Shape(6), 2, 3, "NONE", true, false, 5, false},  // weights with a zero point
      {Shape(2, 11), 16, 11, "RELU", true, false, 0, false},
      {Shape(1, 3), 8, 3, "NONE", false, false, 0, false},
      {Shape(2, 11), 16, 11, "RELU", true, false, 0, false, true},
      {Shape(1, 24), 8, 24, "NONE", false, false, 0, false, true},
      {Shape(3, 10), 6, 10, "NONE", true, true, 0, false, true},
  };
  std::vector<Graph> graphs;
  for (const TypeRow& row : fully_connected_record().types) {
    for (const Variant& v : variants) graphs.push_back(make_case(random, row, v));
    int depth = random_int(random, 1, 70);
    graphs.push_back(make_case(random, row,
                               {Shape(random_int(random, 1, 4), depth), random_int(random, 1, 20),
                                depth, "NONE", true, random_int(random, 0, 1) == 1, 0, true}));
  }
  return graphs;
}

std::vector<const KernelInfo*> kernels() {
  std::vector<const KernelInfo*> all = conv_2d_integer_kernels();
  for (const KernelInfo* kernel : conv_2d_float32_kernels()) all.push_back(kernel);
  all.push_back(&kInt8);
  all.push_back(&kInt8Avx2);
  all.push_back(&kInt8Dsp);
  all.push_back(&kInt8DspInt4);
  all.push_back(&kInt8Mve);
  all.push_back(&kInt8Lanes);
  return all;
}

}  // namespace

const OperatorRecord& fully_connected_record() {
  static const OperatorRecord record = {
      .name = "FULLY_CONNECTED",
      .max_version = 13,
      .tflite_options = "FullyConnectedOptions",
      .inputs = {{"input"}, {"filter"}, {"bias", OperandSpec::kOptional}},
      .outputs = {{"output"}},
      .attributes = {activation_attribute(),
                     {.name = "weights_format",
                      .fallback = std::string("DEFAULT"),
                      .choices = {"DEFAULT"}},
                     {.name = "keep_num_dims", .fallback = false},
                     bias_type_attribute()},
      .types = {{{DType::kInt8, DType::kInt8, DType::kInt32}, {DType::kInt8}},
                {{DType::kInt16, DType::kInt8, DType::kInt64}, {DType::kInt16}},
                {{DType::kInt16, DType::kInt8, DType::kInt32}, {DType::kInt16}},
                {{DType::kFloat32, DType::kFloat32, DType::kFloat32}, {DType::kFloat32}}},
      .kernels = kernels(),
      .infer = infer,
      .check = check,
      .lower = lower,
      .macs = macs,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
