// SPDX-License-Identifier: Apache-2.0
// The definition of comparisons.
#include "ops/comparison/comparison.h"
#include "ops/strided/broadcast.h"

namespace mote {
namespace {

template <typename T>
uint8_t holds_between(int32_t relation, T x, T y) {
  switch (relation) {
    case kEqual:
      return x == y;
    case kNotEqual:
      return x != y;
    case kLess:
      return x < y;
    case kLessEqual:
      return x <= y;
    case kGreater:
      return x > y;
    default:
      return x >= y;
  }
}

template <typename T>
bool check_compare(const StridedLoops<2>& loops, int32_t relation, const Operand* operands) {
  return check_broadcast<T, T, uint8_t>(loops, operands) &&
         all_within(kEqual, kGreaterEqual, relation);
}

}  // namespace

void compare_int8(const CompareInt8Params& p, const int8_t* a, const int8_t* b, uint8_t* output) {
  constexpr int32_t kLeftShift = 8;
  auto scaled = [&](int8_t value, int i) {
    return multiply_by_quantized_multiplier(wrapping_shift_left(value + p.offsets[i], kLeftShift),
                                            p.multipliers[i]);
  };
  broadcast(p.loops, a, b, output, [&](int8_t x, int8_t y) {
    return holds_between(p.relation, scaled(x, 0), scaled(y, 1));
  });
}

bool check_compare_int8(const CompareInt8Params& p, const Operand* operands) {
  return check_compare<int8_t>(p.loops, p.relation, operands) &&
         all_within(-127, 128, p.offsets[0], p.offsets[1]) && is_valid(p.multipliers[0]) &&
         is_valid(p.multipliers[1]);
}

#define MOTE_DEFINE(name, T)                                                                     \
  void compare_##name(const CompareParams& p, const T* a, const T* b, uint8_t* output) {         \
    broadcast(p.loops, a, b, output, [&](T x, T y) { return holds_between(p.relation, x, y); }); \
  }                                                                                              \
  bool check_compare_##name(const CompareParams& p, const Operand* operands) {                   \
    return check_compare<T>(p.loops, p.relation, operands);                                      \
  }
MOTE_COMPARED_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

}  // namespace mote
