// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/weights.h"

#include "train/quantize/values.h"

namespace mote::quantize {
namespace {

std::vector<std::vector<float>> by_channel(const Tensor& real, int axis) {
  ChannelIndex channel(real.shape, axis);
  std::vector<std::vector<float>> values(channel.channels());
  const float* all = real.as<float>();
  for (size_t i = 0; i < static_cast<size_t>(real.shape.elements()); ++i) {
    values[channel(i)].push_back(all[i]);
  }
  return values;
}

double squared_error(const std::vector<float>& values, double scale, double most) {
  double error = 0;
  for (float v : values) {
    double difference = std::clamp(std::round(v / scale), -most, most) * scale - v;
    error += difference * difference;
  }
  return error;
}

/// The scale at which the largest weight is `most`, or a smaller one that clips it and is nearer to
/// the others.
float scale_of(const std::vector<float>& values, double most, bool search) {
  float largest = 0;
  for (float v : values) largest = std::max(largest, std::abs(v));
  float whole = largest / static_cast<float>(most), best = whole;
  if (!search || largest == 0) return whole;
  double least = squared_error(values, whole, most);
  for (int percent = 98; percent >= 50; percent -= 2) {
    float scale = whole * static_cast<float>(percent) / 100;
    double error = squared_error(values, scale, most);
    if (error < least) least = error, best = scale;
  }
  return best;
}

}  // namespace

Tensor quantize_weights(const Tensor& real, const WeightOptions& options) {
  const double most = options.bits == 4 ? 7 : 127;
  std::vector<std::vector<float>> channels = by_channel(real, options.axis);
  Tensor tensor = real;
  tensor.dtype = DType::kInt8;
  tensor.quantization = {};
  tensor.quantization.axis = options.axis;
  for (size_t c = 0; c < channels.size(); ++c) {
    float scale = scale_of(channels[c], most, options.bits == 4);
    if (!options.least_scales.empty()) scale = std::max(scale, options.least_scales[c]);
    tensor.quantization.scales.push_back(scale > 0 ? scale : 1.0f);
    tensor.quantization.zero_points.push_back(0);
  }
  ChannelIndex channel(real.shape, options.axis);
  std::vector<int8_t> out;
  for (size_t i = 0; i < static_cast<size_t>(real.shape.elements()); ++i) {
    double scale = tensor.quantization.scales[channel(i)];
    out.push_back(rounded<int8_t>(static_cast<double>(real.as<float>()[i]) / scale, -most, most));
  }
  tensor.data = bytes_of_values(out);
  return tensor;
}

Tensor quantize_bias(const Tensor& real, float input_scale, const Quantization& weights,
                     bool wide) {
  Tensor tensor = real;
  Quantization q;
  std::vector<int32_t> narrow;
  std::vector<int64_t> wide_values;
  for (size_t c = 0; c < static_cast<size_t>(real.shape.elements()); ++c) {
    float scale = input_scale * weights.scales[weights.per_channel() ? c : 0];
    q.scales.push_back(scale);
    q.zero_points.push_back(0);
    double value = static_cast<double>(real.as<float>()[c]) / scale;
    narrow.push_back(rounded<int32_t>(value, -2147483648.0, 2147483647.0));
    wide_values.push_back(rounded<int64_t>(value, -549755813888.0, 549755813887.0));
  }
  tensor.dtype = wide ? DType::kInt64 : DType::kInt32;
  tensor.quantization = q;
  tensor.data = wide ? bytes_of_values(wide_values) : bytes_of_values(narrow);
  return tensor;
}

std::vector<float> least_scales(const Tensor& bias, float input_scale) {
  std::vector<float> scales;
  for (size_t c = 0; c < static_cast<size_t>(bias.shape.elements()); ++c) {
    scales.push_back(std::abs(bias.as<float>()[c]) / (input_scale * 1073741824.0f));
  }
  return scales;
}

}  // namespace mote::quantize
