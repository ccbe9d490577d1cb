// SPDX-License-Identifier: Apache-2.0
// The inner loop of FULLY_CONNECTED on pairs (dsp.cc): eight outputs, four depths at a time, the
// inputs widened on the way. In assembly where the DSP instructions are, because it takes all 14
// registers: 33 instructions for 32 multiplications.
#ifndef MOTE_OPS_FULLY_CONNECTED_DOT_EIGHT_H_
#define MOTE_OPS_FULLY_CONNECTED_DOT_EIGHT_H_

#include "base/dsp.h"

namespace mote {

/// Of four pairs of outputs: the first's sums, and 256 times the second's added to those.
struct FourPairsOfSums {
  int32_t first[4], both[4];
};

/// Adds `words` words of inputs times their weights, eight words each: a pair of outputs in each,
/// at depths 0 and 2, then at 1 and 3. REQUIRES: words >= 1, input and weights at words.
#if MOTE_DSP_ASSEMBLY

__attribute__((always_inline)) inline void dot_eight(const void* input, const uint32_t* weights,
                                                     int32_t words, FourPairsOfSums* sums) {
  const uint32_t* end = weights + 8 * words;
  uint32_t x, y, v, w;
  int32_t a0 = sums->first[0], a1 = sums->first[1], a2 = sums->first[2], a3 = sums->first[3];
  int32_t b0 = sums->both[0], b1 = sums->both[1], b2 = sums->both[2], b3 = sums->both[3];
// Single loads back to back take a cycle each and one more. A double one takes as long as two of
// these alone, but would wait for the input's.
#define MOTE_TWO_WORDS "ldrd %[v], %[w], [%[weights]], #8\n"
#define MOTE_TWO_PAIRS(input, a, b, c, d)    \
  "smlad %[" b "], %[v], %[" input "], %[" b \
  "]\n"                                      \
  "smlad %[" d "], %[w], %[" input "], %[" d \
  "]\n"                                      \
  "sxtb16 %[v], %[v]\n"                      \
  "sxtb16 %[w], %[w]\n"                      \
  "smlad %[" a "], %[v], %[" input "], %[" a \
  "]\n"                                      \
  "smlad %[" c "], %[w], %[" input "], %[" c "]\n"
  __asm__ volatile(
      "1:\n"
      "ldr %[y], [%[input]], #4\n"
      "ldr %[w], [%[weights], #4]\n"
      "ldr %[v], [%[weights]], #8\n"
      "sxtb16 %[x], %[y]\n"
      "sxtb16 %[y], %[y], ror #8\n"
      MOTE_TWO_PAIRS("x", "a0", "b0", "a1", "b1")
      MOTE_TWO_WORDS MOTE_TWO_PAIRS("x", "a2", "b2", "a3", "b3")
      MOTE_TWO_WORDS MOTE_TWO_PAIRS("y", "a0", "b0", "a1", "b1")
      MOTE_TWO_WORDS MOTE_TWO_PAIRS("y", "a2", "b2", "a3", "b3")
      "ldr %[v], %[end]\n"
      "cmp %[weights], %[v]\n"
      "bne 1b\n"
      : [input] "+r"(input), [weights] "+r"(weights), [x] "=&r"(x), [y] "=&r"(y), [v] "=&r"(v),
        [w] "=&r"(w), [a0] "+r"(a0), [a1] "+r"(a1), [a2] "+r"(a2), [a3] "+r"(a3), [b0] "+r"(b0),
        [b1] "+r"(b1), [b2] "+r"(b2), [b3] "+r"(b3)
      : [end] "m"(end)
      : "cc", "memory");
#undef MOTE_TWO_WORDS
#undef MOTE_TWO_PAIRS
  *sums = {{a0, a1, a2, a3}, {b0, b1, b2, b3}};
}

#else

inline void dot_eight(const void* input, const uint32_t* weights, int32_t words,
                      FourPairsOfSums* sums) {
  auto* bytes = static_cast<const int8_t*>(input);
  for (int32_t i = 0; i < words; ++i) {
    uint32_t x = load_word(bytes + 4 * i);
    for (int32_t k = 0; k < 8; ++k, ++weights) {
      uint32_t depths = k < 4 ? widen_even(x) : widen_odd(x);
      sums->first[k % 4] = mac_pairs(widen_even(*weights), depths, sums->first[k % 4]);
      sums->both[k % 4] = mac_pairs(*weights, depths, sums->both[k % 4]);
    }
  }
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_FULLY_CONNECTED_DOT_EIGHT_H_
