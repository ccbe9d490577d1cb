// SPDX-License-Identifier: Apache-2.0
// The inner loop of FULLY_CONNECTED for weights of 4 bits (dsp.cc): eight outputs, four depths at a
// time, the inputs widened on the way. A half of a word of weights holds four outputs at one depth,
// as in ops/conv_2d/dot_quads.h. 36 instructions for 32 multiplications.
#ifndef MOTE_OPS_FULLY_CONNECTED_DOT_EIGHT_INT4_H_
#define MOTE_OPS_FULLY_CONNECTED_DOT_EIGHT_INT4_H_

#include "ops/conv_2d/dot_quads.h"

namespace mote {

/// Adds `words` words of inputs times their weights, four words each: outputs 0 to 3 and 4 to 7 at
/// depths 0 and 2, then at 1 and 3. REQUIRES: words >= 1, input and weights at words.
#if MOTE_DSP_ASSEMBLY

__attribute__((always_inline)) inline void dot_eight_int4(const void* input,
                                                          const uint32_t* weights, int32_t words,
                                                          QuadSums* a, QuadSums* b) {
  const uint32_t* end = weights + 4 * words;
  uint32_t x, y, v, w;
  int32_t a0 = a->sums[0], a1 = a->sums[1], a2 = a->sums[2], a3 = a->sums[3];
  int32_t b0 = b->sums[0], b1 = b->sums[1], b2 = b->sums[2], b3 = b->sums[3];
#define MOTE_EIGHT(input)           \
  "smlad %[a0], %[v], %[" input     \
  "], %[a0]\n"                      \
  "smlad %[b0], %[w], %[" input     \
  "], %[b0]\n"                      \
  "bic.w %[v], %[v], #0xf000f000\n" \
  "bic.w %[w], %[w], #0xf000f000\n" \
  "smlad %[a1], %[v], %[" input     \
  "], %[a1]\n"                      \
  "smlad %[b1], %[w], %[" input     \
  "], %[b1]\n"                      \
  "and.w %[v], %[v], #0x00ff00ff\n" \
  "and.w %[w], %[w], #0x00ff00ff\n" \
  "smlad %[a2], %[v], %[" input     \
  "], %[a2]\n"                      \
  "smlad %[b2], %[w], %[" input     \
  "], %[b2]\n"                      \
  "bic.w %[v], %[v], #0x00f000f0\n" \
  "bic.w %[w], %[w], #0x00f000f0\n" \
  "smlad %[a3], %[v], %[" input     \
  "], %[a3]\n"                      \
  "smlad %[b3], %[w], %[" input "], %[b3]\n"
  __asm__ volatile(
      "1:\n"
      "ldr %[y], [%[input]], #4\n"
      "ldrd %[v], %[w], [%[weights]], #8\n"
      "sxtb16 %[x], %[y]\n"
      "sxtb16 %[y], %[y], ror #8\n"
      MOTE_EIGHT("x")
      "ldrd %[v], %[w], [%[weights]], #8\n"
      MOTE_EIGHT("y")
      "ldr %[v], %[end]\n"
      "cmp %[weights], %[v]\n"
      "bne 1b\n"
      : [input] "+r"(input), [weights] "+r"(weights), [x] "=&r"(x), [y] "=&r"(y), [v] "=&r"(v),
        [w] "=&r"(w), [a0] "+r"(a0), [a1] "+r"(a1), [a2] "+r"(a2), [a3] "+r"(a3), [b0] "+r"(b0),
        [b1] "+r"(b1), [b2] "+r"(b2), [b3] "+r"(b3)
      : [end] "m"(end)
      : "cc", "memory");
#undef MOTE_EIGHT
  a->sums[0] = a0, a->sums[1] = a1, a->sums[2] = a2, a->sums[3] = a3;
  b->sums[0] = b0, b->sums[1] = b1, b->sums[2] = b2, b->sums[3] = b3;
}

#else

inline void dot_eight_int4(const void* input, const uint32_t* weights, int32_t words, QuadSums* a,
                           QuadSums* b) {
  auto* bytes = static_cast<const int8_t*>(input);
  for (int32_t i = 0; i < words; ++i, weights += 4) {
    uint32_t x = load_word(bytes + 4 * i);
    add_quad(weights[0], widen_even(x), a);
    add_quad(weights[1], widen_even(x), b);
    add_quad(weights[2], widen_odd(x), a);
    add_quad(weights[3], widen_odd(x), b);
  }
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_FULLY_CONNECTED_DOT_EIGHT_INT4_H_
