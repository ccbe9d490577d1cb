// SPDX-License-Identifier: Apache-2.0
// The inner loops of convolutions on pairs: see dsp.cc for what a word of weights and a column are.
// In assembly where the DSP instructions are, because the block of four by two takes all 14
// registers: eight sums, two words of inputs, one of weights as it is and one widened, two
// pointers. Each step of it, for one pair of depths, is 13 instructions for 16 multiplications.
#ifndef MOTE_OPS_CONV_2D_DOT_PAIRS_H_
#define MOTE_OPS_CONV_2D_DOT_PAIRS_H_

#include "ops/quantized/folded.h"

namespace mote {

/// Of four pixels: the first channel's sums, and 256 times the second's added to those.
struct EightSums {
  int32_t first[4], both[4];
};
struct TwoSums {
  int32_t first, both;
};

inline int8_t requantize_first(int32_t first, const FoldedChannel& channel) {
  return static_cast<int8_t>(requantize_folded(first, channel.bias, channel.scale));
}
inline int8_t requantize_second(int32_t first, int32_t both, const FoldedChannel& channel) {
  int32_t twice = wrapping_sub(both, first) >> 7;
  return static_cast<int8_t>(requantize_twice(twice, channel.bias, channel.scale));
}

#if MOTE_DSP_ASSEMBLY

// Pair number `n` of a round: 52 bytes. No pointer moves within a round, so that loads back to back
// don't wait for each other. Written out 16 times, for the compiler counts lines to know how far
// its branches reach.
#define MOTE_STEP(n)                     \
  "ldr.w %[w], [%[weights], #4*" n       \
  "]\n"                                  \
  "ldr.w %[x], [%[columns], #16*" n      \
  "]\n"                                  \
  "ldr.w %[y], [%[columns], #16*" n      \
  "+4]\n"                                \
  "sxtb16 %[v], %[w]\n"                  \
  "smlad %[a0], %[v], %[x], %[a0]\n"     \
  "smlad %[a1], %[v], %[y], %[a1]\n"     \
  "smlad %[b0], %[w], %[x], %[b0]\n"     \
  "smlad %[b1], %[w], %[y], %[b1]\n"     \
  "ldrd %[x], %[y], [%[columns], #16*" n \
  "+8]\n"                                \
  "smlad %[a2], %[v], %[x], %[a2]\n"     \
  "smlad %[a3], %[v], %[y], %[a3]\n"     \
  "smlad %[b2], %[w], %[x], %[b2]\n"     \
  "smlad %[b3], %[w], %[y], %[b3]\n"

/// What the loops over all pairs of channels share: where they enter their first round, so that as
/// many pairs are left as make the others whole, and pointers as if that one were whole too.
class PairLoop {
 public:
  /// REQUIRES: pairs >= 1.
  PairLoop(const uint32_t* columns, int32_t pairs) {
    skipped_ = (0u - static_cast<uint32_t>(pairs)) % 16;
    columns_ = columns - 4 * skipped_;
    end_ = columns + 4 * pairs;
  }

  /// Returns the next two channels' weights. Always inline, for the compiler takes it for long, and
  /// sums would go through memory.
  __attribute__((always_inline)) const uint32_t* dot_four(const uint32_t* weights,
                                                          EightSums* sums) const {
    const uint32_t* columns = columns_;
    uint32_t x = skipped_ * 52, y, w, v;
    weights -= skipped_;
    int32_t a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
    __asm__ volatile(
        "add pc, %[x]\n"
        "nop\n"
        "1:\n"
        MOTE_STEP("0") MOTE_STEP("1") MOTE_STEP("2") MOTE_STEP("3")
        MOTE_STEP("4") MOTE_STEP("5") MOTE_STEP("6") MOTE_STEP("7")
        MOTE_STEP("8") MOTE_STEP("9") MOTE_STEP("10") MOTE_STEP("11")
        MOTE_STEP("12") MOTE_STEP("13") MOTE_STEP("14") MOTE_STEP("15")
        "add.w %[columns], %[columns], #256\n"
        "ldr %[x], %[end]\n"
        "add.w %[weights], %[weights], #64\n"
        "cmp %[columns], %[x]\n"
        "bne 1b\n"
        : [columns] "+r"(columns), [weights] "+r"(weights), [x] "+r"(x), [y] "=&r"(y),
          [w] "=&r"(w), [v] "=&r"(v), [a0] "+r"(a0), [a1] "+r"(a1), [a2] "+r"(a2),
          [a3] "+r"(a3), [b0] "+r"(b0), [b1] "+r"(b1), [b2] "+r"(b2), [b3] "+r"(b3)
        : [end] "m"(end_)
        : "cc", "memory");
    *sums = {{a0, a1, a2, a3}, {b0, b1, b2, b3}};
    return weights;
  }

 private:
  const uint32_t* columns_;
  const uint32_t* end_;
  uint32_t skipped_;
};

#undef MOTE_STEP

#else

class PairLoop {
 public:
  PairLoop(const uint32_t* columns, int32_t pairs) : columns_(columns), pairs_(pairs) {}

  const uint32_t* dot_four(const uint32_t* weights, EightSums* sums) const {
    EightSums& s = *sums;
    for (int32_t k = 0; k < 4; ++k) s.first[k] = s.both[k] = 0;
    const uint32_t* columns = columns_;
    for (int32_t i = 0; i < pairs_; ++i, columns += 4) {
      uint32_t both = *weights++, first = widen_even(both);
      for (int32_t k = 0; k < 4; ++k) {
        s.first[k] = mac_pairs(first, columns[k], s.first[k]);
        s.both[k] = mac_pairs(both, columns[k], s.both[k]);
      }
    }
    return weights;
  }

 private:
  const uint32_t* columns_;
  int32_t pairs_;
};

#endif

/// `column` is one of four side by side.
inline TwoSums dot_one(const uint32_t* column, const uint32_t* weights, int32_t pairs) {
  TwoSums s = {0, 0};
  for (int32_t i = 0; i < pairs; ++i, column += 4) {
    uint32_t both = weights[i];
    s.first = mac_pairs(widen_even(both), *column, s.first);
    s.both = mac_pairs(both, *column, s.both);
  }
  return s;
}

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_DOT_PAIRS_H_
