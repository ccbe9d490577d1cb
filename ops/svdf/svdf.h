// SPDX-License-Identifier: Apache-2.0
// SVDF: a dense layer over the newest frames of a stream, as the product of two smaller ones. Each
// filter sums up the features of one frame; its state keeps the last `memory` of these sums, the
// newest at the end, and another sum goes over them. `rank` filters make one output:
//
//   output[b,u] = activation(bias[u] + sum over r, m of time[u·rank+r, m] · state[b, u·rank+r, m])
//
// TFLite ignores the activation where the operator is quantised, and so do the integer kernels.
#ifndef MOTE_OPS_SVDF_SVDF_H_
#define MOTE_OPS_SVDF_SVDF_H_

#include "ops/quantized/quantized.h"

namespace mote {

struct SvdfIntegerParams {
  int32_t batches, inputs, units, rank, memory;
  int32_t input_offset;  // minus the input's zero point
  int32_t state_zero_point;
  QuantizedMultiplier feature_multiplier;  // a sum over a frame to the state's scale
  QuantizedMultiplier output_multiplier;
  Int8Output output;
};

/// input [batches, inputs], features [units · rank, inputs], time [units · rank, memory], bias
/// [units] or null, state [batches, units · rank, memory], output [batches, units].
void svdf_int8(const SvdfIntegerParams& params, const int8_t* input, const int8_t* features,
               const int8_t* time, const int32_t* bias, int8_t* state, int8_t* output);
bool check_svdf_int8(const SvdfIntegerParams& params, const Operand* operands);
/// The same with a state of 16 bits.
void svdf_int8_int16(const SvdfIntegerParams& params, const int8_t* input, const int8_t* features,
                     const int16_t* time, const int32_t* bias, int16_t* state, int8_t* output);
bool check_svdf_int8_int16(const SvdfIntegerParams& params, const Operand* operands);

struct SvdfFloat32Params {
  int32_t batches, inputs, units, rank, memory;
  float low, high;  // of the activation
};

void svdf_float32(const SvdfFloat32Params& params, const float* input, const float* features,
                  const float* time, const float* bias, float* state, float* output);
bool check_svdf_float32(const SvdfFloat32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_SVDF_SVDF_H_
