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

/// The same in steps of 1/65536; the output's zero point is -32768.
void softmax_int8_int16(const SoftmaxInt8Params& params, const int8_t* input, int16_t* output);
bool check_softmax_int8_int16(const SoftmaxInt8Params& params, const Operand* operands);

struct SoftmaxTableParams {
  int32_t rows, depth;  // depth at most kMostSoftmaxDepth
  int32_t entries;      // elements as far below the maximum as this, or further, count as 0
};

/// The same two with a table: exponentials[d] is that of d steps below the maximum, without integer
/// bits; the first is kInt32Max, none is below 0. The first may run in place.
void softmax_int8_table(const SoftmaxTableParams& params, const int8_t* input,
                        const int32_t* exponentials, int8_t* output);
bool check_softmax_int8_table(const SoftmaxTableParams& params, const Operand* operands);
void softmax_int8_int16_table(const SoftmaxTableParams& params, const int8_t* input,
                              const int32_t* exponentials, int16_t* output);
bool check_softmax_int8_int16_table(const SoftmaxTableParams& params, const Operand* operands);

/// The longest row whose sum of exponentials has 31 bits.
constexpr int32_t kMostSoftmaxInt16Depth = 65535;

struct SoftmaxInt16Params {
  int32_t rows, depth;             // depth at most kMostSoftmaxInt16Depth
  QuantizedMultiplier multiplier;  // beta · input_scale in steps of 10/65535
};

/// exponentials and reciprocals are interpolated tables (base/interpolation.h): of e^x for x in
/// [-10, 0], and of 1 / (1 + x) for x in [0, 1], with 15 bits behind the point, as has the output.
/// May run in place.
void softmax_int16(const SoftmaxInt16Params& params, const int16_t* input,
                   const int16_t* exponentials, const int16_t* reciprocals, int16_t* output);
bool check_softmax_int16(const SoftmaxInt16Params& params, const Operand* operands);

struct SoftmaxFloat32Params {
  int32_t rows, depth;
  float beta;
};

/// May run in place.
void softmax_float32(const SoftmaxFloat32Params& params, const float* input, float* output);
bool check_softmax_float32(const SoftmaxFloat32Params& params, const Operand* operands);

struct LogSoftmaxInt8Params {
  int32_t rows, depth;             // depth at most kMostSoftmaxDepth
  QuantizedMultiplier multiplier;  // input_scale, to 5 integer bits; scales up
  int32_t least_difference;        // elements further below the maximum don't count for the sum
  QuantizedMultiplier inverse;     // 1 / multiplier
};

/// The output's scale is 1/16, its zero point 127. May run in place.
void log_softmax_int8(const LogSoftmaxInt8Params& params, const int8_t* input, int8_t* output);
bool check_log_softmax_int8(const LogSoftmaxInt8Params& params, const Operand* operands);

struct LogSoftmaxFloat32Params {
  int32_t rows, depth;
};

/// x - ln(sum of e^x over the row). May run in place.
void log_softmax_float32(const LogSoftmaxFloat32Params& params, const float* input, float* output);
bool check_log_softmax_float32(const LogSoftmaxFloat32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_SOFTMAX_SOFTMAX_H_
