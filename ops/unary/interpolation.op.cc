// SPDX-License-Identifier: Apache-2.0
#include "ops/unary/interpolation.op.h"

#include <algorithm>
#include <cmath>

#include "base/interpolation.h"

namespace mote {
namespace {

int16_t to_entry(float value) {
  return static_cast<int16_t>(std::clamp(value, -32768.0f, 32767.0f));
}

}  // namespace

std::vector<int16_t> interpolation_table(float input_scale, int32_t input_zero_point,
                                         float output_scale,
                                         const std::function<float(float)>& function) {
  constexpr int kSteps = kInterpolatedEntries - 1;
  // Expression by expression as TFLite has them: floats round.
  float low = input_scale * static_cast<float>(-32768 - input_zero_point);
  float high = input_scale * static_cast<float>(32767 - input_zero_point);
  float step = (high - low) / kSteps, half_step = step / 2;
  float inverse = 65536.0f / (output_scale * 32767.0f - output_scale * -32768.0f);
  std::vector<int16_t> table;
  for (int i = 0; i < kSteps; ++i) {
    float start = low + static_cast<float>(i) * step;
    float here = std::round(function(start) * inverse);
    float next = function(low + static_cast<float>(i + 1) * step) * inverse;
    float line = std::round((next + here) / 2);
    float middle = std::round(function(start + half_step) * inverse);
    table.push_back(to_entry(here - std::round((line - middle) / 2)));
  }
  table.push_back(to_entry(std::round(function(high) * inverse)));
  return table;
}

}  // namespace mote
