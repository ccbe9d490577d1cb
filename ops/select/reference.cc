// SPDX-License-Identifier: Apache-2.0
// The definition of SELECT.
#include "ops/select/select.h"

namespace mote {
namespace {

template <typename T>
void select(const StridedLoops<3>& loops, const uint8_t* condition, const T* a, const T* b,
            T* output) {
  Walk<3> at(loops);
  do {
    const uint8_t* choice = condition + at.offset(0);
    const T *x = a + at.offset(1), *y = b + at.offset(2);
    for (int32_t i = 0; i < loops.row_length(); ++i) {
      bool first = choice[i * loops.row_stride(0)] != 0;
      *output++ = first ? x[i * loops.row_stride(1)] : y[i * loops.row_stride(2)];
    }
  } while (at.next_row());
}

template <typename T>
bool check_select(const StridedLoops<3>& loops, const Operand* operands) {
  return check_strided<uint8_t>(loops, 0, 0, operands[0]) &&
         check_strided<T>(loops, 1, 0, operands[1]) && check_strided<T>(loops, 2, 0, operands[2]) &&
         holds_all<T>(loops, operands[3]);
}

}  // namespace

#define MOTE_DEFINE(bits)                                                                      \
  void select_##bits(const SelectParams& p, const uint8_t* condition, const uint##bits##_t* a, \
                     const uint##bits##_t* b, uint##bits##_t* output) {                        \
    select(p.loops, condition, a, b, output);                                                  \
  }                                                                                            \
  bool check_select_##bits(const SelectParams& p, const Operand* operands) {                   \
    return check_select<uint##bits##_t>(p.loops, operands);                                    \
  }
MOTE_SELECT_SIZES(MOTE_DEFINE)
#undef MOTE_DEFINE

}  // namespace mote
