// SPDX-License-Identifier: Apache-2.0
// Quantised sums in one multiplication for each operand and one shift, where linear.op.cc has found
// the coefficients.
#include "base/dsp.h"
#include "ops/elementwise_binary/elementwise_binary.h"
#include "ops/strided/broadcast.h"

namespace mote {
namespace {

/// The sum in registers, which outputs can't alias.
struct LinearSum {
  uint32_t a, b, addend;
  int32_t shift;

  int32_t of(int8_t x, int8_t y) const {
    uint32_t sum = addend + static_cast<uint32_t>(x) * a + static_cast<uint32_t>(y) * b;
    return static_cast<int32_t>(sum) >> shift;
  }
};

}  // namespace

void linear_int8(const LinearInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  const LinearSum sum = {static_cast<uint32_t>(p.coefficients[0]),
                         static_cast<uint32_t>(p.coefficients[1]), static_cast<uint32_t>(p.addend),
                         p.shift};
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
  return check_broadcast<int8_t, int8_t, int8_t>(p.loops, operands) && all_within(0, 31, p.shift) &&
         all_within(-128, 127, p.min, p.max) && p.min <= p.max;
}

}  // namespace mote
