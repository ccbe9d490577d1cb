// SPDX-License-Identifier: Apache-2.0
// Running sums along one dimension, forwards or backwards, with or without the element itself.
#ifndef MOTE_OPS_CUMSUM_CUMSUM_H_
#define MOTE_OPS_CUMSUM_CUMSUM_H_

#include "ops/quantized/quantized.h"

namespace mote {

/// A tensor [outer, depth, inner], summed along depth.
struct CumsumParams {
  int32_t outer, depth, inner;
  int32_t exclusive, reverse;  // 0 or 1
};

// F(name, type): kernel cumsum_name. Integers wrap. May run in place.
#define MOTE_SUMMED_TYPES(F) F(int32, int32_t) F(int64, int64_t) F(float32, float)

#define MOTE_DECLARE(name, T)                                                \
  void cumsum_##name(const CumsumParams& params, const T* input, T* output); \
  bool check_cumsum_##name(const CumsumParams& params, const Operand* operands);
MOTE_SUMMED_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

/// Quantised: terms are brought to half the input's scale, 20 bits up, before they are added. A sum
/// starts at quantised 0, as TFLM's does: with a zero point that isn't real 0.
struct CumsumInt8Params {
  CumsumParams sums;
  int32_t offset;  // minus the input's zero point
  QuantizedMultiplier input_multiplier, output_multiplier;
  Int8Output output;
};

void cumsum_int8(const CumsumInt8Params& params, const int8_t* input, int8_t* output);
bool check_cumsum_int8(const CumsumInt8Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_CUMSUM_CUMSUM_H_
