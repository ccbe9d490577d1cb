// SPDX-License-Identifier: Apache-2.0
// LOGISTIC and TANH of one int16 value, by TFLite's table: entry i is 2^16 · logistic(i / 24), and
// what lies between is interpolated. The result's scale is 2^-15.
#ifndef MOTE_OPS_UNARY_INT16_CURVES_H_
#define MOTE_OPS_UNARY_INT16_CURVES_H_

#include "base/fixed_point.h"
#include "base/kernel.h"

namespace mote {

constexpr int32_t kCurveEntries = 256;

/// What makes a value the place in the table: (value · multiplier + rounding) >> shift, in steps of
/// 2^9 entries for LOGISTIC and 2^8 for TANH.
struct CurveInput {
  int32_t multiplier, shift;  // at most 65535; 0 to 31
};

inline bool is_valid(const CurveInput& input) {
  return all_within(0, 65535, input.multiplier) && all_within(0, 31, input.shift);
}

inline int32_t curve_place(int16_t value, const CurveInput& input) {
  int32_t rounding = input.shift > 0 ? 1 << (input.shift - 1) : 0;
  return wrapping_add(value * input.multiplier, rounding) >> input.shift;
}

/// The curve at |x|, between two entries 2^step_bits apart, times 2^step_bits; `flat` behind the
/// table's end.
inline int32_t curve_entry(const uint16_t* table, int32_t x, int32_t step_bits, int32_t flat) {
  uint32_t size = x < 0 ? 0 - static_cast<uint32_t>(x) : static_cast<uint32_t>(x);
  uint32_t at = size >> step_bits;
  if (at >= 255) return flat << step_bits;
  uint32_t rest = size & ((1u << step_bits) - 1);
  // Wraps where a hostile table falls.
  return static_cast<int32_t>((static_cast<uint32_t>(table[at]) << step_bits) +
                              rest * (static_cast<uint32_t>(table[at + 1]) - table[at]));
}

inline int16_t logistic_int16(const uint16_t* table, int16_t value, const CurveInput& input) {
  int32_t x = curve_place(value, input);
  int32_t y = curve_entry(table, x, 9, 0x7fff << 1);
  return static_cast<int16_t>(
      (x >= 0 ? wrapping_add(y, 1 << 9) : wrapping_sub((1 << 25) + (1 << 9) - 1, y)) >> 10);
}

inline int16_t tanh_int16(const uint16_t* table, int16_t value, const CurveInput& input) {
  int32_t x = curve_place(value, input);
  int32_t y = wrapping_sub(curve_entry(table, x, 8, 0xffff), 1 << 23);
  return static_cast<int16_t>((x >= 0 ? wrapping_add(y, 1 << 7) : wrapping_sub((1 << 7) - 1, y)) >>
                              8);
}

}  // namespace mote

#endif  // MOTE_OPS_UNARY_INT16_CURVES_H_
