// SPDX-License-Identifier: Apache-2.0
// The definition of SVDF. Filter by filter: its state moves on by one frame, takes in the new sum
// and is summed up.
#include "base/math.h"
#include "ops/svdf/svdf.h"

namespace mote {
namespace {

template <typename State>
struct StateRange;
template <>
struct StateRange<int8_t> {
  static constexpr int32_t kMin = -128, kMax = 127;
};
template <>
struct StateRange<int16_t> {
  static constexpr int32_t kMin = -32768, kMax = 32767;
};

template <typename State>
State feature_sum(const SvdfIntegerParams& p, const int8_t* input, const int8_t* features) {
  int32_t sum = 0;
  for (int32_t i = 0; i < p.inputs; ++i) {
    sum = wrapping_add(sum, features[i] * (input[i] + p.input_offset));
  }
  int32_t scaled = multiply_by_quantized_multiplier(sum, p.feature_multiplier);
  // The zero point comes after the clamp, and wraps, as in TFLite.
  return static_cast<State>(clamp(scaled, StateRange<State>::kMin, StateRange<State>::kMax) +
                            p.state_zero_point);
}

template <typename State>
void push_newest(int32_t memory, State newest, State* state) {
  for (int32_t m = 1; m < memory; ++m) state[m - 1] = state[m];
  state[memory - 1] = newest;
}

template <typename State>
void svdf_integer(const SvdfIntegerParams& p, const int8_t* input, const int8_t* features,
                  const State* time, const int32_t* bias, State* state, int8_t* output) {
  for (int32_t b = 0; b < p.batches; ++b, input += p.inputs) {
    for (int32_t u = 0; u < p.units; ++u) {
      int32_t sum = bias ? bias[u] : 0;
      for (int32_t f = u * p.rank; f < (u + 1) * p.rank; ++f, state += p.memory) {
        push_newest(p.memory, feature_sum<State>(p, input, features + f * p.inputs), state);
        for (int32_t m = 0; m < p.memory; ++m) {
          sum = wrapping_add(sum, time[f * p.memory + m] * (state[m] - p.state_zero_point));
        }
      }
      *output++ = finish(multiply_by_quantized_multiplier(sum, p.output_multiplier), p.output);
    }
  }
}

template <typename Params, typename T, typename State, typename Bias>
bool check_svdf_operands(const Params& p, const Operand* operands) {
  return all_within(1, kInt32Max, p.batches, p.inputs, p.units, p.rank, p.memory) &&
         operands[0].holds<T>(p.batches, p.inputs) &&
         operands[1].holds<T>(p.units, p.rank, p.inputs) &&
         operands[2].holds<State>(p.units, p.rank, p.memory) &&
         (!operands[3].present() || operands[3].holds<Bias>(p.units)) &&
         operands[4].holds<State>(p.batches, p.units, p.rank, p.memory) &&
         operands[5].holds<T>(p.batches, p.units);
}

template <typename State>
bool check_svdf_integer(const SvdfIntegerParams& p, const Operand* operands) {
  return check_svdf_operands<SvdfIntegerParams, int8_t, State, int32_t>(p, operands) &&
         all_within(-127, 128, p.input_offset) &&
         all_within(StateRange<State>::kMin, StateRange<State>::kMax, p.state_zero_point) &&
         is_valid(p.feature_multiplier) && is_valid(p.output_multiplier) && is_valid(p.output);
}

float dot_of_frames(const float* a, const float* b, int32_t count) {
  float sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

void svdf_int8(const SvdfIntegerParams& p, const int8_t* input, const int8_t* features,
               const int8_t* time, const int32_t* bias, int8_t* state, int8_t* output) {
  svdf_integer(p, input, features, time, bias, state, output);
}

bool check_svdf_int8(const SvdfIntegerParams& p, const Operand* operands) {
  return check_svdf_integer<int8_t>(p, operands);
}

void svdf_int8_int16(const SvdfIntegerParams& p, const int8_t* input, const int8_t* features,
                     const int16_t* time, const int32_t* bias, int16_t* state, int8_t* output) {
  svdf_integer(p, input, features, time, bias, state, output);
}

bool check_svdf_int8_int16(const SvdfIntegerParams& p, const Operand* operands) {
  return check_svdf_integer<int16_t>(p, operands);
}

void svdf_float32(const SvdfFloat32Params& p, const float* input, const float* features,
                  const float* time, const float* bias, float* state, float* output) {
  for (int32_t b = 0; b < p.batches; ++b, input += p.inputs) {
    for (int32_t u = 0; u < p.units; ++u) {
      float sum = bias ? bias[u] : 0;
      for (int32_t f = u * p.rank; f < (u + 1) * p.rank; ++f, state += p.memory) {
        push_newest(p.memory, dot_of_frames(input, features + f * p.inputs, p.inputs), state);
        sum += dot_of_frames(time + f * p.memory, state, p.memory);
      }
      *output++ = clamp(sum, p.low, p.high);
    }
  }
}

bool check_svdf_float32(const SvdfFloat32Params& p, const Operand* operands) {
  return check_svdf_operands<SvdfFloat32Params, float, float, float>(p, operands);
}

}  // namespace mote
