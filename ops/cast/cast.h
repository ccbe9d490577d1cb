// SPDX-License-Identifier: Apache-2.0
// Elements as another type. Integers keep their low bits; a float becomes the integer towards 0,
// held to the type's range (C++ leaves that open), and NaN becomes 0. bool is 0 or 1.
#ifndef MOTE_OPS_CAST_CAST_H_
#define MOTE_OPS_CAST_CAST_H_

#include "base/kernel.h"

namespace mote {

struct CastParams {
  int32_t elements;
};

// The types, F(M, name, type), to be called twice: MOTE_CAST_FROM(F) with each source,
// MOTE_CAST_TO(F, …) with each target. bool is read as uint8 and written by kernels of its own.
#define MOTE_CAST_SOURCES(F) \
  F(float32, float)          \
  F(int8, int8_t)            \
  F(uint8, uint8_t)          \
  F(int16, int16_t) F(int32, int32_t) F(int64, int64_t) F(uint16, uint16_t) F(uint32, uint32_t)
#define MOTE_CAST_TARGETS(F, from, From) \
  F(from, From, float32, float)          \
  F(from, From, int8, int8_t)            \
  F(from, From, uint8, uint8_t)          \
  F(from, From, int16, int16_t)          \
  F(from, From, int32, int32_t)          \
  F(from, From, int64, int64_t)          \
  F(from, From, uint16, uint16_t) F(from, From, uint32, uint32_t) F(from, From, bool, bool)

#define MOTE_DECLARE_CAST(from, From, to, To)                                       \
  void cast_##from##_##to(const CastParams& params, const From* input, To* output); \
  bool check_cast_##from##_##to(const CastParams& params, const Operand* operands);
#define MOTE_DECLARE(from, From) MOTE_CAST_TARGETS(MOTE_DECLARE_CAST, from, From)
MOTE_CAST_SOURCES(MOTE_DECLARE)
#undef MOTE_DECLARE
#undef MOTE_DECLARE_CAST

}  // namespace mote

#endif  // MOTE_OPS_CAST_CAST_H_
