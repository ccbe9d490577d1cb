// SPDX-License-Identifier: Apache-2.0
// One element of linear_int8() and of linear_int8_mve().
#ifndef MOTE_OPS_ELEMENTWISE_BINARY_LINEAR_SUM_H_
#define MOTE_OPS_ELEMENTWISE_BINARY_LINEAR_SUM_H_

#include "ops/elementwise_binary/elementwise_binary.h"
#include "ops/strided/broadcast.h"

namespace mote {

/// The sum in registers, which outputs can't alias.
struct LinearSum {
  uint32_t a, b, addend;
  int32_t shift;

  int32_t of(int8_t x, int8_t y) const {
    uint32_t sum = addend + static_cast<uint32_t>(x) * a + static_cast<uint32_t>(y) * b;
    return static_cast<int32_t>(sum) >> shift;
  }
};

// Not a function that returns one: GCC copies structs with calls of memcpy.
#define MOTE_LINEAR_SUM(p)                                                                  \
  {                                                                                         \
    static_cast<uint32_t>((p).coefficients[0]), static_cast<uint32_t>((p).coefficients[1]), \
        static_cast<uint32_t>((p).addend), (p).shift                                        \
  }

inline bool check_linear_params(const LinearInt8Params& p, const Operand* operands) {
  return check_broadcast<int8_t, int8_t, int8_t>(p.loops, operands) && all_within(0, 31, p.shift) &&
         all_within(-128, 127, p.min, p.max) && p.min <= p.max;
}

}  // namespace mote

#endif  // MOTE_OPS_ELEMENTWISE_BINARY_LINEAR_SUM_H_
