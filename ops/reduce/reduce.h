// SPDX-License-Identifier: Apache-2.0
// Mean over any dimensions: for each element of the output, in memory order, the elements of the
// input that differ from it in the reduced dimensions only.
#ifndef MOTE_OPS_REDUCE_REDUCE_H_
#define MOTE_OPS_REDUCE_REDUCE_H_

#include "ops/quantized/quantized.h"
#include "ops/strided/strided.h"

namespace mote {

struct MeanInt8Params {
  StridedLoops<1> kept, reduced;   // strides of the input
  int32_t bias;                    // minus the input's zero point, for each element of a sum
  QuantizedMultiplier multiplier;  // input_scale / output_scale / count
  Int8Output output;
};

void mean_int8(const MeanInt8Params& params, const int8_t* input, int8_t* output);
bool check_mean_int8(const MeanInt8Params& params, const Operand* operands);

struct MeanFloat32Params {
  StridedLoops<1> kept, reduced;
  int32_t count;  // of elements in a sum
};

/// Sums in memory order, then divides.
void mean_float32(const MeanFloat32Params& params, const float* input, float* output);
bool check_mean_float32(const MeanFloat32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_REDUCE_REDUCE_H_
