// SPDX-License-Identifier: Apache-2.0
// Roots and logarithms in integers, as TFLM's signal library rounds them.
#ifndef MOTE_OPS_FILTER_BANK_INTEGER_FUNCTIONS_H_
#define MOTE_OPS_FILTER_BANK_INTEGER_FUNCTIONS_H_

#include <stdint.h>

#include "base/elementary.h"

namespace mote {

/// The number of bits that `x` needs. REQUIRES: x > 0.
inline int32_t bits_needed(uint32_t x) {
  return 32 - __builtin_clz(x);
}

/// The root of a number, bit by bit from the highest pair that has one, then rounded up if the rest
/// says so and the result stays below `most`. REQUIRES: num > 0.
template <typename T>
T rounded_root(T num, int32_t bits, T most) {
  T root = 0;
  for (T bit = T{1} << ((bits - 1) & ~1); bit != 0; bit >>= 2) {
    if (num >= root + bit) {
      num -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return num > root && root != most ? root + 1 : root;
}

/// The rounded root, at most 65,535.
inline uint32_t square_root(uint32_t num) {
#if MOTE_SQRT_INSTRUCTION
  // The float may round it to the wrong side where it lies between two numbers.
  uint32_t root = static_cast<uint32_t>(sqrt(static_cast<float>(num)) + 0.5f);
  if (root > 0xffff) root = 0xffff;
  if (num > root * root + root) return root != 0xffff ? root + 1 : root;
  return num + root <= root * root && root > 0 ? root - 1 : root;
#else
  return num != 0 ? rounded_root<uint32_t>(num, bits_needed(num), 0xffff) : 0;
#endif
}
inline uint32_t square_root(uint64_t num) {
  uint32_t high = static_cast<uint32_t>(num >> 32), low = static_cast<uint32_t>(num);
  if (high != 0) {
    return static_cast<uint32_t>(rounded_root<uint64_t>(num, 32 + bits_needed(high), 0xffffffff));
  }
  return square_root(low);
}

/// log2(x) with 16 fractional bits, between the entries of a table (kLogEntries) along a
/// line. REQUIRES: x > 0.
inline uint32_t log2_fixed(uint32_t x, const uint16_t* table) {
  constexpr int32_t kFraction = 16, kSegments = 7;
  int32_t whole = bits_needed(x) - 1;
  uint32_t rest = x - (uint32_t{1} << whole);
  int32_t fraction = static_cast<int32_t>(whole < kFraction ? rest << (kFraction - whole)
                                                            : rest >> (whole - kFraction));
  int32_t segment = fraction >> (kFraction - kSegments);
  int32_t low = table[segment], high = table[segment + 1];
  int32_t along = fraction - (segment << (kFraction - kSegments));
  int32_t correction = low + (((high - low) * along) >> kFraction);
  return (static_cast<uint32_t>(whole) << kFraction) + static_cast<uint32_t>(fraction + correction);
}

}  // namespace mote

#endif  // MOTE_OPS_FILTER_BANK_INTEGER_FUNCTIONS_H_
