// SPDX-License-Identifier: Apache-2.0
// Quantised sums in one multiplication for each operand and one shift, where linear.op.cc has found
// the coefficients.
#include "base/dsp.h"
#include "ops/elementwise_binary/linear_sum.h"
#include "ops/strided/broadcast.h"

namespace mote {
void linear_int8(const LinearInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  const LinearSum sum = MOTE_LINEAR_SUM(p);
  const int32_t min = p.min, max = p.max;
  if (min == -128 && max == 127) {
    broadcast(p.loops, a, b, output,
              [=](int8_t x, int8_t y) { return static_cast<int8_t>(saturate_int8(sum.of(x, y))); });
  } else {
    broadcast(p.loops, a, b, output, [=](int8_t x, int8_t y) {
      return static_cast<int8_t>(clamp(sum.of(x, y), min, max));
    });
  }
}

bool check_linear_int8(const LinearInt8Params& p, const Operand* operands) {
  return check_linear_params(p, operands);
}

}  // namespace mote
