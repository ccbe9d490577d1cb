// SPDX-License-Identifier: Apache-2.0
// The inner loops of convolutions whose weights have 4 bits. Half a word of weights holds four
// channels at one depth: 4096·first + 256·(second + 8) + 16·(third + 8) + (fourth + 8). Multiplied
// as it stands, without its top 4 bits, without its top 8 and without its top 12, it gives four
// sums whose differences are the channels' sums, but for 8 times the sum of the inputs. A step, for
// one pair of depths, four channels and two pixels, is 13 instructions for 16 multiplications, as
// many as for int8 (dot_pairs.h).
#ifndef MOTE_OPS_CONV_2D_DOT_QUADS_H_
#define MOTE_OPS_CONV_2D_DOT_QUADS_H_

#include "ops/quantized/folded.h"

namespace mote {

/// The four sums of one pixel: of whole weights, and of those without their top 4, 8 and 12 bits.
struct QuadSums {
  int32_t sums[4];
};

/// Channel k's sum of weights times inputs, doubled; `sixteen_inputs` is 16 times the inputs' sum.
inline int32_t twice_quad_sum(const QuadSums& s, int32_t k, int32_t sixteen_inputs) {
  if (k == 0) return wrapping_sub(s.sums[0], s.sums[1]) >> 11;
  int32_t biased = k == 3   ? wrapping_shift_left(s.sums[3], 1)
                   : k == 2 ? wrapping_sub(s.sums[2], s.sums[3]) >> 3
                            : wrapping_sub(s.sums[1], s.sums[2]) >> 7;
  return wrapping_sub(biased, sixteen_inputs);
}

/// Adds a word of weights times a pair of inputs.
inline void add_quad(uint32_t weights, uint32_t inputs, QuadSums* s) {
  s->sums[0] = mac_pairs(weights, inputs, s->sums[0]);
  s->sums[1] = mac_pairs(weights & 0x0fff0fff, inputs, s->sums[1]);
  s->sums[2] = mac_pairs(weights & 0x00ff00ff, inputs, s->sums[2]);
  s->sums[3] = mac_pairs(weights & 0x000f000f, inputs, s->sums[3]);
}

#if MOTE_DSP_ASSEMBLY

// Pair number `n` of a round: 52 bytes, as in dot_pairs.h.
#define MOTE_STEP(n)                    \
  "ldr.w %[w], [%[weights], #4*" n      \
  "]\n"                                 \
  "ldrd %[x], %[y], [%[columns], #8*" n \
  "]\n"                                 \
  "smlad %[a0], %[w], %[x], %[a0]\n"    \
  "smlad %[b0], %[w], %[y], %[b0]\n"    \
  "bic.w %[w], %[w], #0xf000f000\n"     \
  "smlad %[a1], %[w], %[x], %[a1]\n"    \
  "smlad %[b1], %[w], %[y], %[b1]\n"    \
  "and.w %[w], %[w], #0x00ff00ff\n"     \
  "smlad %[a2], %[w], %[x], %[a2]\n"    \
  "smlad %[b2], %[w], %[y], %[b2]\n"    \
  "bic.w %[w], %[w], #0x00f000f0\n"     \
  "smlad %[a3], %[w], %[x], %[a3]\n"    \
  "smlad %[b3], %[w], %[y], %[b3]\n"

/// What the loops over all fours of channels share: where they enter their first round, so that as
/// many pairs are left as make the others whole, and pointers as if that one were whole too.
class QuadLoop {
 public:
  /// REQUIRES: pairs >= 1.
  QuadLoop(const uint32_t* columns, int32_t pairs) {
    skipped_ = (0u - static_cast<uint32_t>(pairs)) % 16;
    columns_ = columns - 2 * skipped_;
    end_ = columns + 2 * pairs;
  }

  /// Always inline, for the compiler takes it for long, and sums would go through memory.
  __attribute__((always_inline)) void dot_two(const uint32_t* weights, QuadSums* a,
                                              QuadSums* b) const {
    const uint32_t* columns = columns_;
    uint32_t x = skipped_ * 52, y, w;
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
        "add.w %[columns], %[columns], #128\n"
        "ldr %[x], %[end]\n"
        "add.w %[weights], %[weights], #64\n"
        "cmp %[columns], %[x]\n"
        "bne 1b\n"
        : [columns] "+r"(columns), [weights] "+r"(weights), [x] "+r"(x), [y] "=&r"(y),
          [w] "=&r"(w), [a0] "+r"(a0), [a1] "+r"(a1), [a2] "+r"(a2), [a3] "+r"(a3),
          [b0] "+r"(b0), [b1] "+r"(b1), [b2] "+r"(b2), [b3] "+r"(b3)
        : [end] "m"(end_)
        : "cc", "memory");
    a->sums[0] = a0, a->sums[1] = a1, a->sums[2] = a2, a->sums[3] = a3;
    b->sums[0] = b0, b->sums[1] = b1, b->sums[2] = b2, b->sums[3] = b3;
  }

 private:
  const uint32_t* columns_;
  const uint32_t* end_;
  uint32_t skipped_;
};

#undef MOTE_STEP

#else

class QuadLoop {
 public:
  QuadLoop(const uint32_t* columns, int32_t pairs) : columns_(columns), pairs_(pairs) {}

  void dot_two(const uint32_t* weights, QuadSums* a, QuadSums* b) const {
    for (int32_t k = 0; k < 4; ++k) a->sums[k] = b->sums[k] = 0;
    for (int32_t i = 0; i < pairs_; ++i) {
      add_quad(weights[i], columns_[2 * i], a);
      add_quad(weights[i], columns_[2 * i + 1], b);
    }
  }

 private:
  const uint32_t* columns_;
  int32_t pairs_;
};

#endif

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_DOT_QUADS_H_
