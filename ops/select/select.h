// SPDX-License-Identifier: Apache-2.0
// Chooses between two tensors element by element: output = condition ? a : b. Each of the three may
// be repeated along dimensions where it has 1.
#ifndef MOTE_OPS_SELECT_SELECT_H_
#define MOTE_OPS_SELECT_SELECT_H_

#include "ops/strided/strided.h"

namespace mote {

struct SelectParams {
  StridedLoops<3> loops;  // strides of condition, a, b
};

// One kernel for each element size, F(bits): select_8, …
#define MOTE_SELECT_SIZES(F) F(8) F(16) F(32) F(64)

#define MOTE_DECLARE(bits)                                                                      \
  void select_##bits(const SelectParams& params, const uint8_t* condition,                      \
                     const uint##bits##_t* a, const uint##bits##_t* b, uint##bits##_t* output); \
  bool check_select_##bits(const SelectParams& params, const Operand* operands);
MOTE_SELECT_SIZES(MOTE_DECLARE)
#undef MOTE_DECLARE

}  // namespace mote

#endif  // MOTE_OPS_SELECT_SELECT_H_
