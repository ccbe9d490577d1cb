// SPDX-License-Identifier: Apache-2.0
// Products of matrices, one pair for each batch: output[m, n] = sum over k of x[m, k] · y[k, n].
// Strides say which way a matrix lies in memory, and batches that one side repeats.
#ifndef MOTE_OPS_BATCH_MATMUL_BATCH_MATMUL_H_
#define MOTE_OPS_BATCH_MATMUL_BATCH_MATMUL_H_

#include "ops/quantized/quantized.h"
#include "ops/strided/strided.h"

namespace mote {

struct Matrices {
  StridedLoops<2> batches;  // strides of x, y
  int32_t rows, columns, depth;
  int32_t x_row, x_depth;     // strides of x
  int32_t y_depth, y_column;  // strides of y
};

template <typename Output>
struct BatchMatmulParams {
  Matrices matrices;
  int32_t offsets[2];              // minus the zero points
  QuantizedMultiplier multiplier;  // scale_x · scale_y / output_scale
  Output output;
};
using BatchMatmulInt8Params = BatchMatmulParams<Int8Output>;
using BatchMatmulInt16Params = BatchMatmulParams<Int16Output>;

void batch_matmul_int8(const BatchMatmulInt8Params& params, const int8_t* x, const int8_t* y,
                       int8_t* output);
bool check_batch_matmul_int8(const BatchMatmulInt8Params& params, const Operand* operands);

/// Sums of 64 bits.
void batch_matmul_int16(const BatchMatmulInt16Params& params, const int16_t* x, const int16_t* y,
                        int16_t* output);
bool check_batch_matmul_int16(const BatchMatmulInt16Params& params, const Operand* operands);

struct BatchMatmulFloat32Params {
  Matrices matrices;
};

void batch_matmul_float32(const BatchMatmulFloat32Params& params, const float* x, const float* y,
                          float* output);
bool check_batch_matmul_float32(const BatchMatmulFloat32Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_BATCH_MATMUL_BATCH_MATMUL_H_
