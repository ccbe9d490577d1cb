// SPDX-License-Identifier: Apache-2.0
// Comparison of two tensors element by element, either repeated along dimensions where it has 1.
// The output is bool: 0 or 1.
#ifndef MOTE_OPS_COMPARISON_COMPARISON_H_
#define MOTE_OPS_COMPARISON_COMPARISON_H_

#include "base/fixed_point.h"
#include "ops/strided/strided.h"

namespace mote {

enum Relation : int32_t {
  kEqual = 0,
  kNotEqual = 1,
  kLess = 2,
  kLessEqual = 3,
  kGreater = 4,
  kGreaterEqual = 5,
};

/// int8 with scales: both operands are compared 8 bits up, times their scales.
struct CompareInt8Params {
  StridedLoops<2> loops;
  int32_t relation;
  int32_t offsets[2];  // minus the zero points
  QuantizedMultiplier multipliers[2];
};

void compare_int8(const CompareInt8Params& params, const int8_t* a, const int8_t* b,
                  uint8_t* output);
bool check_compare_int8(const CompareInt8Params& params, const Operand* operands);

struct CompareParams {
  StridedLoops<2> loops;
  int32_t relation;
};

// The other types, F(name, type): kernel compare_name.
#define MOTE_COMPARED_TYPES(F) \
  F(uint8, uint8_t) F(int16, int16_t) F(int32, int32_t) F(int64, int64_t) F(float32, float)

#define MOTE_DECLARE(name, T)                                                                \
  void compare_##name(const CompareParams& params, const T* a, const T* b, uint8_t* output); \
  bool check_compare_##name(const CompareParams& params, const Operand* operands);
MOTE_COMPARED_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

}  // namespace mote

#endif  // MOTE_OPS_COMPARISON_COMPARISON_H_
