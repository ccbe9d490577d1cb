// SPDX-License-Identifier: Apache-2.0
// Reductions over any dimensions: for each element of the output, in memory order, the elements of
// the input that differ from it in the reduced dimensions only.
#ifndef MOTE_OPS_REDUCE_REDUCE_H_
#define MOTE_OPS_REDUCE_REDUCE_H_

#include "ops/quantized/quantized.h"
#include "ops/strided/strided.h"

namespace mote {

/// The quantised mean or sum.
template <typename Output>
struct MeanParams {
  StridedLoops<1> kept, reduced;   // strides of the input
  int32_t bias;                    // minus the input's zero point, for each element of a sum
  QuantizedMultiplier multiplier;  // input_scale / output_scale, for the mean / count
  Output output;
};
using MeanInt8Params = MeanParams<Int8Output>;
using MeanInt16Params = MeanParams<Int16Output>;

void mean_int8(const MeanInt8Params& params, const int8_t* input, int8_t* output);
bool check_mean_int8(const MeanInt8Params& params, const Operand* operands);
void mean_int16(const MeanInt16Params& params, const int16_t* input, int16_t* output);
bool check_mean_int16(const MeanInt16Params& params, const Operand* operands);

struct MeanFloat32Params {
  StridedLoops<1> kept, reduced;
  int32_t count;  // of elements in a sum
};

/// Sums in memory order, then divides.
void mean_float32(const MeanFloat32Params& params, const float* input, float* output);
bool check_mean_float32(const MeanFloat32Params& params, const Operand* operands);

enum ReduceFunction : int32_t {
  kReduceSum = 0,
  kReduceProd = 1,
  kReduceMaximum = 2,
  kReduceMinimum = 3,
};

struct ReduceParams {
  StridedLoops<1> kept, reduced;
  int32_t function;  // a ReduceFunction
};

// Values as they are, F(name, type): kernel reduce_name. Integers wrap.
#define MOTE_REDUCED_TYPES(F) \
  F(int8, int8_t) F(int16, int16_t) F(int32, int32_t) F(int64, int64_t) F(float32, float)

#define MOTE_DECLARE(name, T)                                                \
  void reduce_##name(const ReduceParams& params, const T* input, T* output); \
  bool check_reduce_##name(const ReduceParams& params, const Operand* operands);
MOTE_REDUCED_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

struct ArgParams {
  StridedLoops<1> kept;
  int32_t length, stride;  // of the axis
  int32_t smallest;        // 1: ARG_MIN
};

// The index of the first largest or smallest element along an axis, F(name, type): kernels arg_name
// with indices of 32 bits and arg_name_int64.
#define MOTE_ARG_TYPES(F) \
  F(int8, int8_t) F(uint8, uint8_t) F(int16, int16_t) F(int32, int32_t) F(float32, float)

#define MOTE_DECLARE(name, T)                                                        \
  void arg_##name(const ArgParams& params, const T* input, int32_t* output);         \
  bool check_arg_##name(const ArgParams& params, const Operand* operands);           \
  void arg_##name##_int64(const ArgParams& params, const T* input, int64_t* output); \
  bool check_arg_##name##_int64(const ArgParams& params, const Operand* operands);
MOTE_ARG_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

}  // namespace mote

#endif  // MOTE_OPS_REDUCE_REDUCE_H_
