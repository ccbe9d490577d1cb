// SPDX-License-Identifier: Apache-2.0
// Softmax over the innermost dimension: output = e^(beta · x) / sum of e^(beta · x) over the row,
// computed from each element's distance to the row's maximum.
#ifndef MOTE_OPS_SOFTMAX_SOFTMAX_H_
#define MOTE_OPS_SOFTMAX_SOFTMAX_H_

#include "base/fixed_point.h"
#include "base/kernel.h"

namespace mote {

/// The longest row whose sum of exponentials fits its 12 integer bits.
constexpr int32_t kMostSoftmaxDepth = 4095;

struct SoftmaxInt8Params {
  int32_t rows, depth;             // depth at most kMostSoftmaxDepth
  QuantizedMultiplier multiplier;  // beta · input_scale, to 5 integer bits; scales up
  int32_t least_difference;        // elements further below the maximum than this count as 0
};

/// The output's scale is 1/256, its zero point -128. May run in place.
void softmax_int8(const SoftmaxInt8Params& params, const int8_t* input, int8_t* output);
bool check_softmax_int8(const SoftmaxInt8Params& params, const Operand* operands);

struct SoftmaxFloat32Params {
  int32_t rows, depth;
  float beta;
};

/// May run in place.
void softmax_float32(const SoftmaxFloat32Params& params, const float* input, float* output);
bool check_softmax_float32(const SoftmaxFloat32Params& params, const Operand* operands);

struct LogSoftmaxFloat32Params {
  int32_t rows, depth;
};

/// x - ln(sum of e^x over the row). May run in place.
void log_softmax_float32(const LogSoftmaxFloat32Params& params, const float* input, float* output);
bool check_log_softmax_float32(const LogSoftmaxFloat32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_SOFTMAX_SOFTMAX_H_
