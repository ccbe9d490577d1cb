// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/bias.h"

#include <algorithm>
#include <cmath>

namespace mote::onnx_import {
namespace {

/// The real bias in units of input_scale · filter_scale, as TFLite's quantiser rounds it.
Result<TensorId> int32_bias(Op& op, const std::vector<float>& reals, TensorId input,
                            TensorId filter) {
  const std::vector<float>& scales = op.out.tensor(filter).quantization.scales;
  double input_scale = static_cast<double>(op.out.tensor(input).quantization.scale());
  if (scales.empty() || input_scale <= 0) return fail("its operands aren't quantised");
  std::vector<int32_t> bias;
  Quantization q;
  for (size_t i = 0; i < reals.size(); ++i) {
    double scale = input_scale * static_cast<double>(scales[scales.size() > 1 ? i : 0]);
    double value = std::round(static_cast<double>(reals[i]) / scale);
    if (!(std::fabs(value) <= INT32_MAX)) return fail("its bias doesn't fit int32");
    bias.push_back(static_cast<int32_t>(value));
    q.scales.push_back(static_cast<float>(scale));
    q.zero_points.push_back(0);
  }
  if (scales.size() == 1) q = quantization(q.scale(), 0);
  bool usable = std::ranges::all_of(q.scales, [](float s) { return s > 0 && std::isfinite(s); });
  TensorId id = op.out.constant<int32_t>(Shape(static_cast<int32_t>(bias.size())), bias);
  if (usable) op.out.graph().tensor(id).quantization = q;
  return id;
}

}  // namespace

Result<TensorId> bias_of(Op& op, int i, TensorId input, TensorId filter, int channels) {
  if (!op.has(i)) return kAbsent;
  if (op.quantized()) {
    MOTE_TRY(std::vector<float> reals, op.reals(i));
    if (reals.size() == 1 && channels > 1) reals.assign(static_cast<size_t>(channels), reals[0]);
    const std::vector<float>& scales = op.out.tensor(filter).quantization.scales;
    bool fits = scales.size() == 1 || scales.size() == reals.size();
    if (reals.size() != static_cast<size_t>(channels) || !fits)
      return fail("its bias has {} elements", reals.size());
    return int32_bias(op, reals, input, filter);
  }
  MOTE_TRY(TensorId bias, op.input(i));
  if (op.shape(bias).elements() != channels) {
    return fail("its bias has {} elements for {} channels", op.shape(bias).elements(), channels);
  }
  return op.out.reshape(bias, Shape(channels));
}

}  // namespace mote::onnx_import
