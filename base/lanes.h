// SPDX-License-Identifier: Apache-2.0
// Two sums in one 32-bit register, for cores without instructions for pairs: a number x0 + 2^16·x1
// times w is w·x0 + 2^16·w·x1, so that one multiplication and one addition serve two sums. That
// holds while neither leaves 16 bits; the compiler, who knows the weights, cuts the depth into
// chunks in which no input can make them. At a chunk's end the high sum is read off; the low one
// need not be: the sum of all chunks, less 2^16 times the sum of the high ones, is the low one.
#ifndef MOTE_BASE_LANES_H_
#define MOTE_BASE_LANES_H_

#include <stdint.h>

#include "base/kernel.h"

namespace mote {

/// Added to a chunk at its start, so that a negative low sum borrows nothing from the high one.
constexpr uint32_t kLaneHalf = 0x8000;
/// Weights times inputs of a chunk sum up to less than 2^15 where the weights' magnitudes sum up to
/// this.
constexpr int32_t kMostChunkMagnitude = 255;

/// What is added up so far is added up here, and what is loaded later is loaded later: spread too
/// far by the compiler, an inner loop needs more registers than there are.
inline void settle(uint32_t& a, uint32_t& b, uint32_t& c, uint32_t& d) {
  __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d) : : "memory");
}

/// A pair of sums over chunks that are through.
struct LaneSums {
  uint32_t total;  // low + 2^16·high, and kLaneHalf for each chunk
  int32_t high;

  /// `chunk` began with kLaneHalf.
  void add(uint32_t chunk) {
    total += chunk;
    high += static_cast<int32_t>(chunk) >> 16;
  }
  int32_t low(uint32_t chunks) const {
    return static_cast<int32_t>(total - chunks * kLaneHalf - (static_cast<uint32_t>(high) << 16));
  }
};

/// Whether the operand's bytes are chunks, in steps of two depths, that cover `rows` rows of
/// `steps`.
inline bool check_chunks(const Operand& operand, int32_t rows, int32_t steps) {
  auto* chunks = static_cast<const uint8_t*>(operand.constant);
  if (!chunks) return false;
  const uint8_t* end = chunks + operand.bytes;
  for (; rows > 0; --rows) {
    for (int32_t left = steps; left > 0; left -= *chunks++) {
      if (chunks == end || *chunks == 0 || *chunks > left) return false;
    }
  }
  return true;
}

}  // namespace mote

#endif  // MOTE_BASE_LANES_H_
