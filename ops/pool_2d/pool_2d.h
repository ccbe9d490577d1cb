// SPDX-License-Identifier: Apache-2.0
// 2-D pooling, NHWC: the mean, the root of the mean square or the maximum of each channel over a
// window. Elements outside the
// picture don't count, neither as values nor in the mean's divisor. Quantised pooling keeps the
// input's scale, so it works on the int8 values themselves; means round half away from zero.
#ifndef MOTE_OPS_POOL_2D_POOL_2D_H_
#define MOTE_OPS_POOL_2D_POOL_2D_H_

#include "ops/quantized/quantized.h"
#include "ops/window/window.h"

namespace mote {

/// REQUIRES of all params: window.output_c == window.input_c. Of average_pool_2d_* and
/// l2_pool_2d_*: every window meets the picture.
struct Pool2dInt8Params {
  Window window;
  int32_t output_min, output_max;  // the fused activation, within [-128, 127]
};

void average_pool_2d_int8(const Pool2dInt8Params& params, const int8_t* input, int8_t* output);
bool check_average_pool_2d_int8(const Pool2dInt8Params& params, const Operand* operands);

void max_pool_2d_int8(const Pool2dInt8Params& params, const int8_t* input, int8_t* output);
bool check_max_pool_2d_int8(const Pool2dInt8Params& params, const Operand* operands);

struct Pool2dFloat32Params {
  Window window;
  float output_min, output_max;  // the fused activation
};

/// Sums row by row.
void average_pool_2d_float32(const Pool2dFloat32Params& params, const float* input, float* output);
bool check_average_pool_2d_float32(const Pool2dFloat32Params& params, const Operand* operands);

/// Sums the squares row by row.
void l2_pool_2d_float32(const Pool2dFloat32Params& params, const float* input, float* output);
bool check_l2_pool_2d_float32(const Pool2dFloat32Params& params, const Operand* operands);

void max_pool_2d_float32(const Pool2dFloat32Params& params, const float* input, float* output);
bool check_max_pool_2d_float32(const Pool2dFloat32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_POOL_2D_POOL_2D_H_
