// SPDX-License-Identifier: Apache-2.0
// 2-D pooling, NHWC: the mean, the root of the mean square or the maximum of each channel over a
// window. Elements outside the picture don't count, neither as values nor in the mean's divisor.
// Quantised pooling keeps the input's scale, so it works on the integers themselves; means round
// half away from zero, which is up for uint8.
#ifndef MOTE_OPS_POOL_2D_POOL_2D_H_
#define MOTE_OPS_POOL_2D_POOL_2D_H_

#include "ops/quantized/quantized.h"
#include "ops/window/window.h"

namespace mote {

/// REQUIRES of all params: window.output_c == window.input_c. Of average_pool_2d_* and
/// l2_pool_2d_*: every window meets the picture.
struct Pool2dIntegerParams {
  Window window;
  int32_t output_min, output_max;  // the fused activation, within the type's range
};

// The integers, F(name, type): kernels average_pool_2d_name and max_pool_2d_name. Sums wrap.
#define MOTE_POOLED_TYPES(F) F(int8, int8_t) F(uint8, uint8_t) F(int16, int16_t)

#define MOTE_DECLARE(name, T)                                                                    \
  void average_pool_2d_##name(const Pool2dIntegerParams& params, const T* input, T* output);     \
  bool check_average_pool_2d_##name(const Pool2dIntegerParams& params, const Operand* operands); \
  void max_pool_2d_##name(const Pool2dIntegerParams& params, const T* input, T* output);         \
  bool check_max_pool_2d_##name(const Pool2dIntegerParams& params, const Operand* operands);
MOTE_POOLED_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

/// A mean of nothing has no divisor. REQUIRES: check_window() passed, which bounds the loops.
inline bool every_window_meets_picture(const Window& w) {
  for (int32_t y = 0; y < w.output_h; ++y) {
    if (rows_of(w, y).begin >= rows_of(w, y).end) return false;
  }
  for (int32_t x = 0; x < w.output_w; ++x) {
    if (columns_of(w, x).begin >= columns_of(w, x).end) return false;
  }
  return true;
}

/// sum / count to the nearest integer, half away from zero.
inline int32_t rounded_mean(int32_t sum, int32_t count) {
  int32_t half = sum > 0 ? count / 2 : -(count / 2);
  return wrapping_add(sum, half) / count;
}

/// Four channels at a time, in the bytes of words. REQUIRES: a multiple of 4 channels, at most 257
/// elements in a window.
void average_pool_2d_int8_words(const Pool2dIntegerParams& params, const int8_t* input,
                                int8_t* output);
bool check_average_pool_2d_int8_words(const Pool2dIntegerParams& params, const Operand* operands);

/// The same, for windows of any size that meet the picture.
void max_pool_2d_int8_words(const Pool2dIntegerParams& params, const int8_t* input, int8_t* output);
bool check_max_pool_2d_int8_words(const Pool2dIntegerParams& params, const Operand* operands);

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
