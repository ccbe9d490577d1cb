// SPDX-License-Identifier: Apache-2.0
// Rows brought to length 1: output = x / sqrt(sum of x² over the row).
#ifndef MOTE_OPS_L2_NORMALIZATION_L2_NORMALIZATION_H_
#define MOTE_OPS_L2_NORMALIZATION_L2_NORMALIZATION_H_

#include "base/kernel.h"

namespace mote {

/// The longest int8 row whose sum of squares fits.
constexpr int32_t kMostL2NormalizationDepth = 33025;

struct L2NormalizationParams {
  int32_t rows, depth;
  int32_t zero_point;  // int8: of the input; the output has scale 1/128 and zero point 0
};

/// May run in place.
void l2_normalization_int8(const L2NormalizationParams& params, const int8_t* input,
                           int8_t* output);
bool check_l2_normalization_int8(const L2NormalizationParams& params, const Operand* operands);

/// Rows shorter than 1e-6 are divided by that. May run in place.
void l2_normalization_float32(const L2NormalizationParams& params, const float* input,
                              float* output);
bool check_l2_normalization_float32(const L2NormalizationParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_L2_NORMALIZATION_L2_NORMALIZATION_H_
