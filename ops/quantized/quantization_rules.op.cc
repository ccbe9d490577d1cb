// SPDX-License-Identifier: Apache-2.0
#include "ops/quantized/quantization_rules.op.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/host/quantize_multiplier.h"

namespace mote {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

int32_t quantize_bound(float real, const Quantization& q) {
  float quantized = std::round(real / q.scale());
  return q.zero_point() + static_cast<int32_t>(std::clamp(quantized, -1e9f, 1e9f));
}

/// The activation's bounds in the output's quantisation, within [least, most].
std::pair<int32_t, int32_t> quantized_bounds(const Tensor& output, const std::string& activation,
                                             int32_t least, int32_t most) {
  RealRange range = activation_range(activation);
  int32_t min = least, max = most;
  if (range.low != -kInfinity) min = std::max(min, quantize_bound(range.low, output.quantization));
  if (range.high != kInfinity) max = std::min(max, quantize_bound(range.high, output.quantization));
  // A range that lies outside the type altogether leaves one value, as clamping first from below
  // does.
  max = std::max(max, least);
  return {std::min({min, most, max}), max};
}

Result<void> check_activation(const Tensor& tensor, const std::string& text) {
  bool quantized = tensor.dtype == DType::kInt8 || tensor.dtype == DType::kUInt8 ||
                   tensor.dtype == DType::kInt16;
  if (!quantized) return {};
  if (tensor.quantization.scales.size() != 1) {
    return fail("{} needs one scale and zero point, has {}", text,
                tensor.quantization.scales.size());
  }
  if (tensor.dtype == DType::kInt16 && tensor.quantization.zero_point() != 0) {
    return fail("{} must have zero point 0 (int16 is symmetric), has {}", text,
                tensor.quantization.zero_point());
  }
  return {};
}

int64_t bias_of(const Tensor* bias, size_t channel) {
  if (!bias) return 0;
  switch (bias->dtype) {
    case DType::kInt16:
      return bias->as<int16_t>()[channel];
    case DType::kInt32:
      return bias->as<int32_t>()[channel];
    default:
      return bias->as<int64_t>()[channel];
  }
}

template <typename Channel>
std::vector<Channel> make_channels(const std::vector<QuantizedMultiplier>& multipliers,
                                   const Tensor* bias) {
  std::vector<Channel> channels;
  for (const QuantizedMultiplier& multiplier : multipliers) {
    int64_t value = bias_of(bias, channels.size());
    channels.push_back({static_cast<decltype(Channel::bias)>(value), multiplier});
  }
  return channels;
}

/// Sums of 64 bits can't be scaled up by 128 or more (TFLite asserts it).
Result<void> check_wide_scales(const NodeView& node, LayerInputs at) {
  double input = static_cast<double>(node.input(at.input).quantization.scale());
  double output = static_cast<double>(node.output().quantization.scale());
  for (float scale : node.input(at.filter).quantization.scales) {
    if (input * static_cast<double>(scale) / output < 127) continue;
    return fail("the scales of {} and {} are too large for that of {}", node.input_text(at.input),
                node.input_text(at.filter), node.output_text());
  }
  return {};
}

}  // namespace

AttributeSpec activation_attribute() {
  return {.name = "fused_activation_function",
          .fallback = std::string("NONE"),
          .choices = {"NONE", "RELU", "RELU_N1_TO_1", "RELU6"}};
}

RealRange activation_range(const std::string& activation) {
  if (activation == "RELU") return {0, kInfinity};
  if (activation == "RELU6") return {0, 6};
  if (activation == "RELU_N1_TO_1") return {-1, 1};
  if (activation == "RELU_0_TO_1") return {0, 1};
  return {-kInfinity, kInfinity};
}

Int8Output int8_output(const Tensor& output, const std::string& activation) {
  auto [min, max] = activation_bounds(output, activation);
  return {output.quantization.zero_point(), min, max};
}

std::pair<int32_t, int32_t> activation_bounds(const Tensor& output, const std::string& activation) {
  switch (output.dtype) {
    case DType::kUInt8:
      return quantized_bounds(output, activation, 0, 255);
    case DType::kInt16:
      return quantized_bounds(output, activation, -32768, 32767);
    default:
      return quantized_bounds(output, activation, -128, 127);
  }
}

Int16Output int16_output(const Tensor& output, const std::string& activation) {
  auto [min, max] = activation_bounds(output, activation);
  return {output.quantization.zero_point(), min, max};
}

std::vector<QuantizedMultiplier> channel_multipliers(const Tensor& input, const Tensor& filter,
                                                     const Tensor& output, int channels) {
  std::vector<QuantizedMultiplier> multipliers;
  const std::vector<float>& scales = filter.quantization.scales;
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    double product = static_cast<double>(input.quantization.scale()) *
                     static_cast<double>(scales.size() > 1 ? scales[c] : scales[0]);
    if (filter.dtype == DType::kUInt8) product = static_cast<float>(product);
    double real = product / static_cast<double>(output.quantization.scale());
    multipliers.push_back(quantize_multiplier(real));
  }
  return multipliers;
}

std::optional<std::vector<int8_t>> symmetric_weights(const Tensor& filter) {
  std::vector<int8_t> weights;
  bool is_signed = filter.dtype == DType::kInt8;
  for (uint8_t byte : *filter.data) {
    int32_t value =
        (is_signed ? static_cast<int8_t>(byte) : byte) - filter.quantization.zero_point();
    if (value < -128 || value > 127) return {};
    weights.push_back(static_cast<int8_t>(value));
  }
  return weights;
}

std::vector<ChannelRequantization> with_bias(const std::vector<QuantizedMultiplier>& multipliers,
                                             const Tensor* bias) {
  return make_channels<ChannelRequantization>(multipliers, bias);
}

std::vector<WideChannelRequantization> with_wide_bias(
    const std::vector<QuantizedMultiplier>& multipliers, const Tensor* bias) {
  return make_channels<WideChannelRequantization>(multipliers, bias);
}

Result<void> check_activations(const NodeView& node) {
  for (int i = 0; i < node.input_count(); ++i) {
    if (node.has_input(i)) MOTE_CHECK_OK(check_activation(node.input(i), node.input_text(i)));
  }
  for (int i = 0; i < node.output_count(); ++i) {
    MOTE_CHECK_OK(check_activation(node.output(i), node.output_text(i)));
  }
  return {};
}

Result<void> check_per_tensor(const NodeView& node, bool output, int i) {
  const Tensor& tensor = output ? node.output(i) : node.input(i);
  if (tensor.quantization.scales.size() == 1) return {};
  return fail("{} needs one scale and zero point, has {}",
              output ? node.output_text(i) : node.input_text(i), tensor.quantization.scales.size());
}

Result<void> check_output_quantization(const NodeView& node, float scale, int32_t zero_point) {
  const Quantization& q = node.output().quantization;
  if (q.scales.size() == 1 && q.scale() == scale && q.zero_point() == zero_point) return {};
  return fail("{} must have scale {} and zero point {}, has {} and {}", node.output_text(), scale,
              zero_point, q.scale(), q.zero_point());
}

Result<void> check_bias(const NodeView& node, int channels, LayerInputs at) {
  if (node.has_input(at.bias) && node.input(at.bias).shape.elements() != channels) {
    return fail("{} needs one element for each of the {} output channels", node.input_text(at.bias),
                channels);
  }
  return {};
}

Result<void> check_weights(const NodeView& node, int axis, int channels, LayerInputs at) {
  MOTE_CHECK_OK(check_bias(node, channels, at));
  if (node.input(at.input).dtype == DType::kFloat32) return {};
  MOTE_CHECK_OK(check_activation(node.input(at.input), node.input_text(at.input)));
  MOTE_CHECK_OK(check_activation(node.output(), node.output_text()));
  const Tensor& filter = node.input(at.filter);
  const Quantization& q = filter.quantization;
  const std::string text = node.input_text(at.filter);
  if (!filter.constant()) return fail("{} must be a constant", text);
  if (node.has_input(at.bias) && !node.input(at.bias).constant()) {
    return fail("{} must be a constant", node.input_text(at.bias));
  }
  if (!q.quantized()) return fail("{} has no scale", text);
  if (q.per_channel() && (q.axis != axis || q.scales.size() != static_cast<size_t>(channels))) {
    return fail("{} is quantised along dimension {} with {} scales; needed is dimension {} with {}",
                text, q.axis, q.scales.size(), axis, channels);
  }
  if (filter.dtype == DType::kUInt8) return check_activation(filter, text);
  if (std::any_of(q.zero_points.begin(), q.zero_points.end(), [](int32_t z) { return z != 0; })) {
    return fail("{} must have zero point 0 (int8 weights are symmetric)", text);
  }
  if (has_wide_sums(node, at.bias)) return check_wide_scales(node, at);
  return {};
}

AttributeSpec bias_type_attribute() {
  return {.name = "quantized_bias_type",
          .fallback = std::string("FLOAT32"),
          .choices = {"FLOAT32", "INT32", "INT64"}};
}

std::string bias_type_choice(DType dtype) {
  return dtype == DType::kInt64 ? "INT64" : dtype == DType::kInt32 ? "INT32" : "FLOAT32";
}

bool has_wide_sums(const NodeView& node, int bias) {
  if (node.output().dtype != DType::kInt16) return false;
  if (node.has_input(bias)) return node.input(bias).dtype != DType::kInt32;
  auto type = node.node().attributes.find("quantized_bias_type");
  return type == node.node().attributes.end() || type->second != Attribute(std::string("INT32"));
}

}  // namespace mote
