// SPDX-License-Identifier: Apache-2.0
// The largest elements of each row, the largest first, and where they stand. Of equal ones the
// first comes first.
#ifndef MOTE_OPS_TOP_K_TOP_K_H_
#define MOTE_OPS_TOP_K_TOP_K_H_

#include "base/kernel.h"

namespace mote {

/// Input [rows, length], outputs [rows, count].
struct TopKParams {
  int32_t rows, length;
  int32_t count;  // at most length
};

// F(name, type): kernel top_k_name.
#define MOTE_TOP_K_TYPES(F) \
  F(int8, int8_t)           \
  F(uint8, uint8_t) F(int16, int16_t) F(int32, int32_t) F(int64, int64_t) F(float32, float)

#define MOTE_DECLARE(name, T)                                                               \
  void top_k_##name(const TopKParams& params, const T* input, T* values, int32_t* indices); \
  bool check_top_k_##name(const TopKParams& params, const Operand* operands);
MOTE_TOP_K_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

}  // namespace mote

#endif  // MOTE_OPS_TOP_K_TOP_K_H_
