// SPDX-License-Identifier: Apache-2.0
// Quantised sums as in linear.cc, four elements at a time where both operands are read in order.
#include "base/mve.h"

#include "ops/elementwise_binary/linear_sum.h"
#include "ops/strided/broadcast.h"

namespace mote {
namespace {

/// A row of `count` >= 1 elements.
inline void sum_row_in_order(const LinearInt8Params& p, const int8_t* a, const int8_t* b,
                             int32_t count, int8_t* output) {
  const LinearSum sum = MOTE_LINEAR_SUM(p);
#if MOTE_MVE_ASSEMBLY
  const int32_t constants[] = {-sum.shift, p.min, p.max, count};
  uint32_t x = sum.a, y = sum.b, z = sum.addend;
  __asm__ volatile(
      "ldr lr, [%[constants]]\n"
      "vdup.32 q2, lr\n"
      "ldr lr, [%[constants], #4]\n"
      "vdup.32 q3, lr\n"
      "ldr lr, [%[constants], #8]\n"
      "vdup.32 q4, lr\n"
      "ldr lr, [%[constants], #12]\n"
      "dlstp.32 lr, lr\n"
      "1:\n"
      "vldrb.s32 q0, [%[a]], #4\n"
      "vldrb.s32 q1, [%[b]], #4\n"
      "vmul.i32 q0, q0, %[x]\n"
      "vmla.s32 q0, q1, %[y]\n"
      "vadd.i32 q0, q0, %[z]\n"
      "vshl.s32 q0, q0, q2\n"
      "vmax.s32 q0, q0, q3\n"
      "vmin.s32 q0, q0, q4\n"
      "vstrb.32 q0, [%[output]], #4\n"
      "letp lr, 1b\n"
      : [a] "+l"(a), [b] "+l"(b), [output] "+l"(output)
      : [constants] "r"(constants), [x] "r"(x), [y] "r"(y), [z] "r"(z)
      : "lr", "q0", "q1", "q2", "q3", "q4", "memory");
#else
  for (int32_t i = 0; i < count; ++i) {
    output[i] = static_cast<int8_t>(clamp(sum.of(a[i], b[i]), p.min, p.max));
  }
#endif
}

}  // namespace

void linear_int8_mve(const LinearInt8Params& p, const int8_t* a, const int8_t* b, int8_t* output) {
  const int32_t length = p.loops.row_length();
  if (p.loops.row_stride(0) == 1 && p.loops.row_stride(1) == 1) {
    Walk<2> at(p.loops);
    do {
      sum_row_in_order(p, a + at.offset(0), b + at.offset(1), length, output);
      output += length;
    } while (at.next_row());
    return;
  }
  const LinearSum sum = MOTE_LINEAR_SUM(p);
  const int32_t min = p.min, max = p.max;
  broadcast(p.loops, a, b, output,
            [=](int8_t x, int8_t y) { return static_cast<int8_t>(clamp(sum.of(x, y), min, max)); });
}

bool check_linear_int8_mve(const LinearInt8Params& p, const Operand* operands) {
  return check_linear_params(p, operands) && p.loops.row_length() >= 1;
}

}  // namespace mote
