// SPDX-License-Identifier: Apache-2.0
// The inner loops of convolutions on pairs: see dsp.cc for what a word of weights and a column are.
// In assembly where the DSP instructions are, because the block of four channels by two pixels
// takes all 14 registers: eight sums, two words of inputs, two of weights, two pointers. Each step
// of it, for one pair of depths, is 14 instructions for 16 multiplications.
#ifndef MOTE_OPS_CONV_2D_DOT_PAIRS_H_
#define MOTE_OPS_CONV_2D_DOT_PAIRS_H_

#include "ops/quantized/folded.h"

namespace mote {

/// Of two pixels: sums of the first and the third of four channels; and what they began with, and
/// 256 times the second's and the fourth's added to those.
struct EightSums {
  int32_t first[2], both[2], third[2], last[2];
};

#if MOTE_DSP_ASSEMBLY

// Pair number `n` of a round: 56 bytes. Four loads back to back take five cycles; but for the last
// ones of a round no pointer moves, so that they don't wait for each other.
#define MOTE_PAIR_STEP(n, move)               \
  "ldr.w %[v], [%[weights], #8*" n            \
  "+4]\n"                                     \
  "ldr.w %[w], [%[weights], #8*" n "+8]" move \
  "\n"                                        \
  "ldr.w %[x], [%[columns], #8*" n            \
  "+4]\n"                                     \
  "ldr.w %[y], [%[columns], #8*" n "+8]" move \
  "\n"                                        \
  "smlad %[b0], %[v], %[x], %[b0]\n"          \
  "smlad %[b1], %[v], %[y], %[b1]\n"          \
  "sxtb16 %[v], %[v]\n"                       \
  "smlad %[d0], %[w], %[x], %[d0]\n"          \
  "smlad %[d1], %[w], %[y], %[d1]\n"          \
  "sxtb16 %[w], %[w]\n"                       \
  "smlad %[a0], %[v], %[x], %[a0]\n"          \
  "smlad %[a1], %[v], %[y], %[a1]\n"          \
  "smlad %[c0], %[w], %[x], %[c0]\n"          \
  "smlad %[c1], %[w], %[y], %[c1]\n"
// Written out 16 times, for the compiler counts lines to know how far its branches reach.
#define MOTE_FOUR_PAIR_STEPS(a, b, c, d, move) \
  MOTE_PAIR_STEP(a, "") MOTE_PAIR_STEP(b, "") MOTE_PAIR_STEP(c, "") MOTE_PAIR_STEP(d, move)
// clang-format off
/// A round. Aligned, for a jump to an instruction across two words takes a cycle more.
#define MOTE_PAIR_ROUND                                                                         \
  ".balign 4\n"                                                                                 \
  "1:\n"                                                                                        \
  MOTE_FOUR_PAIR_STEPS("0", "1", "2", "3", "") MOTE_FOUR_PAIR_STEPS("4", "5", "6", "7", "")     \
  MOTE_FOUR_PAIR_STEPS("8", "9", "10", "11", "") MOTE_FOUR_PAIR_STEPS("12", "13", "14", "15", "!")
// clang-format on

/// What the loops over all fours of channels share: where they enter their first round, so that as
/// many pairs are left as make the others whole, and pointers as if that one were whole too.
struct PairRounds {
  /// REQUIRES: pairs >= 1.
  PairRounds(const uint32_t* first, int32_t pairs) {
    uint32_t skipped = (0u - static_cast<uint32_t>(pairs)) % 16;
    entry = 56 * skipped, skipped_words = 2 * skipped;
    columns = first - skipped_words - 1, end = first + 2 * pairs - 1;
    count = (static_cast<uint32_t>(pairs) + skipped) / 16;
  }

  const uint32_t *columns, *end;  // a word before the round's first, or the last one's end
  uint32_t entry, skipped_words;  // bytes of code; of weights
  uint32_t count;
};

/// Returns the next four channels' weights. `both` and `last` of the sums say what these begin
/// with. Always inline, for the compiler takes it for long, and sums would go through memory.
__attribute__((always_inline)) inline const uint32_t* multiply_pairs(const PairRounds& rounds,
                                                                     const uint32_t* weights,
                                                                     EightSums* sums) {
  const uint32_t *columns = rounds.columns, *end = rounds.end;
  uint32_t x = rounds.entry, y, v, w;
  weights -= rounds.skipped_words + 1;
  int32_t a0 = 0, a1 = 0, b0 = sums->both[0], b1 = sums->both[1];
  int32_t c0 = 0, c1 = 0, d0 = sums->last[0], d1 = sums->last[1];
  __asm__ volatile(
      ".balign 4\n"
      "add pc, %[x]\n"
      "nop\n" MOTE_PAIR_ROUND
      "ldr %[x], %[end]\n"
      "cmp %[columns], %[x]\n"
      "bne.w 1b\n"
      : [columns] "+r"(columns), [weights] "+r"(weights), [x] "+r"(x), [y] "=&r"(y), [v] "=&r"(v),
        [w] "=&r"(w), [a0] "+r"(a0), [a1] "+r"(a1), [b0] "+r"(b0), [b1] "+r"(b1), [c0] "+r"(c0),
        [c1] "+r"(c1), [d0] "+r"(d0), [d1] "+r"(d1)
      : [end] "m"(end)
      : "cc", "memory");
  *sums = {{a0, a1}, {b0, b1}, {c0, c1}, {d0, d1}};
  return weights + 1;
}

#else

struct PairRounds {
  const uint32_t* columns;
  int32_t pairs;

  PairRounds(const uint32_t* first, int32_t count) : columns(first), pairs(count) {}
};

inline const uint32_t* multiply_pairs(const PairRounds& rounds, const uint32_t* weights,
                                      EightSums* sums) {
  EightSums& s = *sums;
  for (int32_t k = 0; k < 2; ++k) s.first[k] = s.third[k] = 0;
  const uint32_t* columns = rounds.columns;
  for (int32_t i = 0; i < rounds.pairs; ++i, weights += 2, columns += 2) {
    for (int32_t k = 0; k < 2; ++k) {
      s.first[k] = mac_pairs(widen_even(weights[0]), columns[k], s.first[k]);
      s.both[k] = mac_pairs(weights[0], columns[k], s.both[k]);
      s.third[k] = mac_pairs(widen_even(weights[1]), columns[k], s.third[k]);
      s.last[k] = mac_pairs(weights[1], columns[k], s.last[k]);
    }
  }
  return weights;
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_DOT_PAIRS_H_
