// SPDX-License-Identifier: Apache-2.0
// Convolution on pairs (dot_pairs.h) up to the outputs, for layers that requantise in one rounding.
// In assembly where the DSP instructions are: the eight sums never leave their registers, and an
// output takes about ten instructions beside its products.
#ifndef MOTE_OPS_CONV_2D_DOT_LINEAR_H_
#define MOTE_OPS_CONV_2D_DOT_LINEAR_H_

#include "ops/conv_2d/dot_pairs.h"
#include "ops/quantized/linear_channels.h"

namespace mote {

/// The shifts of layers that requantise in one rounding, whose multipliers are less than 1/32. Sums
/// of second channels are that far to the left as they come.
constexpr int kConv2dLinearSumShift = 8, kConv2dLinearShift = 12;

/// Some fours of channels of two pixels.
struct LinearFours {
  PairRounds rounds;
  const uint32_t* weights;
  const LinearChannel *channels, *channels_end;  // not the same
  int8_t* output;                                // of the first pixel
  int32_t step;                                  // to the second one's, which is stored first
};

#if MOTE_DSP_ASSEMBLY

/// A function of its own, for its registers.
__attribute__((noinline)) inline void multiply_linear(const LinearFours& run) {
  const LinearChannel *channels = run.channels, *channels_end = run.channels_end;
  const uint32_t *start = run.rounds.columns, *end = run.rounds.end;
  const uint32_t entry = run.rounds.entry, skipped_bytes = 4 * run.rounds.skipped_words;
  int8_t* at = run.output;
  const int32_t step = run.step;
  const uint32_t *columns, *weights = run.weights - 1;
  uint32_t x, y, v, w;
  int32_t a0, a1, b0, b1, c0, c1, d0, d1;
  // clang-format off
  __asm__ volatile(
      "ldr %[x], %[channels]\n"
      ".balign 4\n"
      "2:\n"
      "ldr %[b0], [%[x], #8]\n"
      "ldr %[d0], [%[x], #24]\n"
      "ldr %[columns], %[start]\n"
      "ldr %[x], %[entry]\n"
      "ldr %[y], %[skipped]\n"
      "mov %[a0], #0\n"
      "mov %[a1], #0\n"
      "mov %[c0], #0\n"
      "mov %[c1], #0\n"
      "mov %[b1], %[b0]\n"
      "mov %[d1], %[d0]\n"
      "sub %[weights], %[weights], %[y]\n"
      MOTE_PAIR_ROUNDS
      "ldr %[x], %[channels]\n"
      "ldr %[v], [%[x]]\n"
      "ldr %[w], [%[x], #4]\n"
      "sub %[b0], %[b0], %[a0]\n"
      "sub %[b1], %[b1], %[a1]\n"
      "add %[a0], %[v], %[a0], lsl #8\n"
      "add %[a1], %[v], %[a1], lsl #8\n"
      "smmulr %[a0], %[a0], %[w]\n"
      "smmulr %[a1], %[a1], %[w]\n"
      "ldr %[v], [%[x], #12]\n"
      "ldr %[y], [%[x], #16]\n"
      "ldr %[columns], [%[x], #20]\n"
      "ldr %[w], [%[x], #28]\n"
      "sub %[d0], %[d0], %[c0]\n"
      "sub %[d1], %[d1], %[c1]\n"
      "smmulr %[b0], %[b0], %[v]\n"
      "smmulr %[b1], %[b1], %[v]\n"
      "add %[c0], %[y], %[c0], lsl #8\n"
      "add %[c1], %[y], %[c1], lsl #8\n"
      "smmulr %[d0], %[d0], %[w]\n"
      "smmulr %[d1], %[d1], %[w]\n"
      "smmulr %[c0], %[c0], %[columns]\n"
      "smmulr %[c1], %[c1], %[columns]\n"
      "usat %[a0], #8, %[a0], asr %[shift]\n"
      "usat %[a1], #8, %[a1], asr %[shift]\n"
      "usat %[b0], #8, %[b0], asr %[shift]\n"
      "usat %[b1], #8, %[b1], asr %[shift]\n"
      "usat %[c0], #8, %[c0], asr %[shift]\n"
      "usat %[c1], #8, %[c1], asr %[shift]\n"
      "usat %[d0], #8, %[d0], asr %[shift]\n"
      "usat %[d1], #8, %[d1], asr %[shift]\n"
      "orr %[a0], %[a0], %[b0], lsl #8\n"
      "orr %[a1], %[a1], %[b1], lsl #8\n"
      "orr %[c0], %[c0], %[d0], lsl #8\n"
      "orr %[c1], %[c1], %[d1], lsl #8\n"
      "orr %[a0], %[a0], %[c0], lsl #16\n"
      "orr %[a1], %[a1], %[c1], lsl #16\n"
      "ldr %[v], %[at]\n"
      "ldr %[w], %[step]\n"
      "ldr %[y], %[channels_end]\n"
      "eor %[a0], %[a0], #0x80808080\n"
      "eor %[a1], %[a1], #0x80808080\n"
      "str %[a1], [%[v], %[w]]\n"
      "str %[a0], [%[v]], #4\n"
      "add %[x], %[x], #32\n"
      "str %[v], %[at]\n"
      "cmp %[x], %[y]\n"
      "str %[x], %[channels]\n"
      "bne.w 2b\n"
      : [columns] "=&r"(columns), [weights] "+r"(weights), [x] "=&r"(x), [y] "=&r"(y),
        [v] "=&r"(v), [w] "=&r"(w), [a0] "=&r"(a0), [a1] "=&r"(a1), [b0] "=&r"(b0),
        [b1] "=&r"(b1), [c0] "=&r"(c0), [c1] "=&r"(c1), [d0] "=&r"(d0), [d1] "=&r"(d1),
        [channels] "+m"(channels), [at] "+m"(at)
      : [end] "m"(end), [start] "m"(start), [entry] "m"(entry), [skipped] "m"(skipped_bytes),
        [step] "m"(step), [channels_end] "m"(channels_end), [shift] "i"(kConv2dLinearShift)
      : "cc", "memory");
  // clang-format on
}

#else

inline void multiply_linear(const LinearFours& run) {
  const uint32_t* weights = run.weights;
  int8_t* out = run.output;
  for (auto* c = run.channels; c != run.channels_end; c += 4, out += 4) {
    EightSums s;
    s.both[0] = s.both[1] = c[1].bias, s.last[0] = s.last[1] = c[3].bias;
    weights = multiply_pairs(run.rounds, weights, &s);
    for (int32_t k = 1; k >= 0; --k) {
      const int32_t x[4] = {
          wrapping_add(c[0].bias, wrapping_shift_left(s.first[k], kConv2dLinearSumShift)),
          wrapping_sub(s.both[k], s.first[k]),
          wrapping_add(c[2].bias, wrapping_shift_left(s.third[k], kConv2dLinearSumShift)),
          wrapping_sub(s.last[k], s.third[k])};
      for (int32_t i = 0; i < 4; ++i) {
        uint32_t y = requantize_linear<kConv2dLinearShift>(x[i], c[i].multiplier);
        out[k * run.step + i] = static_cast<int8_t>(y ^ 0x80);
      }
    }
  }
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_DOT_LINEAR_H_
