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
    return fail("{} needs one scale and zero point", text);
  }
  if (tensor.dtype == DType::kInt16 && tensor.quantization.zero_point() != 0) {
    return fail("{} must have zero point 0 (int16 is symmetric), has {}", text,
                tensor.quantization.zero_point());
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
  auto [min, max] = quantized_bounds(output, activation, -128, 127);
  return {output.quantization.zero_point(), min, max};
}

Int16Output int16_output(const Tensor& output, const std::string& activation) {
  auto [min, max] = quantized_bounds(output, activation, -32768, 32767);
  return {output.quantization.zero_point(), min, max};
}

std::vector<ChannelRequantization> channel_requantization(const Tensor& input, const Tensor& filter,
                                                          const Tensor* bias, const Tensor& output,
                                                          int channels) {
  std::vector<ChannelRequantization> result;
  const std::vector<float>& scales = filter.quantization.scales;
  for (int i = 0; i < channels; ++i) {
    size_t c = static_cast<size_t>(i);
    double real = static_cast<double>(input.quantization.scale()) *
                  static_cast<double>(scales.size() > 1 ? scales[c] : scales[0]) /
                  static_cast<double>(output.quantization.scale());
    result.push_back({bias ? bias->as<int32_t>()[c] : 0, quantize_multiplier(real)});
  }
  return result;
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

Result<void> check_bias(const NodeView& node, int channels) {
  if (node.has_input(2) && node.input(2).shape.elements() != channels) {
    return fail("{} needs one element for each of the {} output channels", node.input_text(2),
                channels);
  }
  return {};
}

Result<void> check_weights(const NodeView& node, int axis, int channels) {
  MOTE_CHECK_OK(check_bias(node, channels));
  if (node.input(0).dtype != DType::kInt8) return {};
  MOTE_CHECK_OK(check_per_tensor(node, false, 0));
  MOTE_CHECK_OK(check_per_tensor(node, true, 0));
  const Tensor& filter = node.input(1);
  const Quantization& q = filter.quantization;
  if (!filter.constant()) return fail("{} must be a constant", node.input_text(1));
  if (node.has_input(2) && !node.input(2).constant()) {
    return fail("{} must be a constant", node.input_text(2));
  }
  if (!q.quantized()) return fail("{} has no scale", node.input_text(1));
  if (q.per_channel() && (q.axis != axis || q.scales.size() != static_cast<size_t>(channels))) {
    return fail("{} is quantised along dimension {} with {} scales; needed is dimension {} with {}",
                node.input_text(1), q.axis, q.scales.size(), axis, channels);
  }
  if (std::any_of(q.zero_points.begin(), q.zero_points.end(), [](int32_t z) { return z != 0; })) {
    return fail("{} must have zero point 0 (int8 weights are symmetric)", node.input_text(1));
  }
  return {};
}

}  // namespace mote
