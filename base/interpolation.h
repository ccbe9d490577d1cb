// SPDX-License-Identifier: Apache-2.0
// Functions of an int16 as tables of every 128th value, with straight lines between: TFLite's way
// to compute them.
#ifndef MOTE_BASE_INTERPOLATION_H_
#define MOTE_BASE_INTERPOLATION_H_

#include <stdint.h>

namespace mote {

/// Entries of a table: those of 512 steps, and the end of the last.
constexpr int32_t kInterpolatedEntries = 513;

/// The function at x, from the table's values at -32768, -32640 … 32768. REQUIRES: x in int16.
inline int16_t interpolate_at(const int16_t* table, int32_t x) {
  int32_t at = (x >> 7) + 256, base = table[at];
  int32_t slope = static_cast<int16_t>(table[at + 1] - base);
  return static_cast<int16_t>(base + ((slope * (x & 127) + 64) >> 7));
}

}  // namespace mote

#endif  // MOTE_BASE_INTERPOLATION_H_
