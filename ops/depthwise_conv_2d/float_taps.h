// SPDX-License-Identifier: Apache-2.0
// One output of eight channels at once in the registers of an FPU or in two vectors of four floats.
// Each sum adds its products one after the other, as the reference kernel does; kFused says whether
// VFMA does it (ops/conv_2d/float_tiles.h).
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_FLOAT_TAPS_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_FLOAT_TAPS_H_

#include <stdint.h>

#include "base/fused.h"
#include "base/mve.h"

namespace mote {

constexpr int32_t kTapChannels = 8;

/// The taps of an output that are in the picture: rows of columns. Steps are in bytes, from tap to
/// tap and from the end of a row of taps to the next; the filter's rows have other taps beside
/// them.
struct FloatTaps {
  int32_t step, filter_step;
  int32_t row_step, filter_row_step;
  int32_t rows, columns;
};

#if MOTE_FPU_ASSEMBLY

static_assert(sizeof(FloatTaps) == 24, "assembly counts its fields' bytes");

#define MOTE_ADD_EIGHT       \
  "vmul.f32 s8, s8, s0\n"    \
  "vmul.f32 s9, s9, s1\n"    \
  "vmul.f32 s10, s10, s2\n"  \
  "vmul.f32 s11, s11, s3\n"  \
  "vmul.f32 s12, s12, s4\n"  \
  "vmul.f32 s13, s13, s5\n"  \
  "vmul.f32 s14, s14, s6\n"  \
  "vmul.f32 s15, s15, s7\n"  \
  "vadd.f32 s16, s16, s8\n"  \
  "vadd.f32 s17, s17, s9\n"  \
  "vadd.f32 s18, s18, s10\n" \
  "vadd.f32 s19, s19, s11\n" \
  "vadd.f32 s20, s20, s12\n" \
  "vadd.f32 s21, s21, s13\n" \
  "vadd.f32 s22, s22, s14\n" \
  "vadd.f32 s23, s23, s15\n"
#define MOTE_FUSE_EIGHT     \
  "vfma.f32 s16, s8, s0\n"  \
  "vfma.f32 s17, s9, s1\n"  \
  "vfma.f32 s18, s10, s2\n" \
  "vfma.f32 s19, s11, s3\n" \
  "vfma.f32 s20, s12, s4\n" \
  "vfma.f32 s21, s13, s5\n" \
  "vfma.f32 s22, s14, s6\n" \
  "vfma.f32 s23, s15, s7\n"

#define MOTE_EIGHT_CHANNELS(add)       \
  "movs r0, #0\n"                      \
  "vmov d8, r0, r0\n"                  \
  "vmov d9, r0, r0\n"                  \
  "vmov d10, r0, r0\n"                 \
  "vmov d11, r0, r0\n"                 \
  "ldrd r1, r2, [%[taps]]\n"           \
  "1:\n"                               \
  "ldr r0, [%[taps], #20]\n"           \
  "2:\n"                               \
  "vldmia %[input], {s0-s7}\n"         \
  "add %[input], %[input], r1\n"       \
  "vldmia %[filter], {s8-s15}\n"       \
  "add %[filter], %[filter], r2\n" add \
  "subs r0, #1\n"                      \
  "bne 2b\n"                           \
  "ldrd r0, r3, [%[taps], #8]\n"       \
  "add %[input], %[input], r0\n"       \
  "add %[filter], %[filter], r3\n"     \
  "subs %[rows], #1\n"                 \
  "bne 1b\n"                           \
  "vldmia %[bias], {s0-s7}\n"          \
  "vadd.f32 s16, s16, s0\n"            \
  "vadd.f32 s17, s17, s1\n"            \
  "vadd.f32 s18, s18, s2\n"            \
  "vadd.f32 s19, s19, s3\n"            \
  "vadd.f32 s20, s20, s4\n"            \
  "vadd.f32 s21, s21, s5\n"            \
  "vadd.f32 s22, s22, s6\n"            \
  "vadd.f32 s23, s23, s7\n"            \
  "vstmia %[to], {s16-s23}\n"

#define MOTE_TAP_OPERANDS                                                                      \
  : [input] "+r"(input), [filter] "+r"(filter), [rows] "+r"(rows)                                \
  : [taps] "r"(&taps), [bias] "r"(bias), [to] "r"(to)                                            \
  : "r0", "r1", "r2", "r3", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10",   \
    "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23",   \
    "cc", "memory"

#endif

#if MOTE_MVE_ASSEMBLY && __ARM_FEATURE_MVE & 2

__attribute__((noinline)) inline void fuse_eight_channels(const FloatTaps& taps, const float* input,
                                                          const float* filter, const float* bias,
                                                          float* to) {
  int32_t rows = taps.rows;
  __asm__ volatile(
      "vmov.i32 q4, #0\n"
      "vmov.i32 q5, #0\n"
      "ldrd r1, r2, [%[taps]]\n"
      "1:\n"
      "ldr lr, [%[taps], #20]\n"
      "dls lr, lr\n"
      "2:\n"
      "vldrw.u32 q0, [%[input]]\n"
      "vldrw.u32 q1, [%[filter]]\n"
      "vfma.f32 q4, q0, q1\n"
      "vldrw.u32 q2, [%[input], #16]\n"
      "add %[input], %[input], r1\n"
      "vldrw.u32 q3, [%[filter], #16]\n"
      "vfma.f32 q5, q2, q3\n"
      "add %[filter], %[filter], r2\n"
      "le lr, 2b\n"
      "ldrd r0, r3, [%[taps], #8]\n"
      "add %[input], %[input], r0\n"
      "add %[filter], %[filter], r3\n"
      "subs %[rows], #1\n"
      "bne 1b\n"
      "vldrw.u32 q0, [%[bias]]\n"
      "vldrw.u32 q1, [%[bias], #16]\n"
      "vadd.f32 q4, q4, q0\n"
      "vadd.f32 q5, q5, q1\n"
      "vstrw.32 q4, [%[to]]\n"
      "vstrw.32 q5, [%[to], #16]\n"
      : [input] "+r"(input), [filter] "+r"(filter), [rows] "+r"(rows)
      : [taps] "r"(&taps), [bias] "r"(bias), [to] "r"(to)
      : "r0", "r1", "r2", "r3", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "cc", "memory");
}

#elif MOTE_FPU_ASSEMBLY

__attribute__((noinline)) inline void fuse_eight_channels(const FloatTaps& taps, const float* input,
                                                          const float* filter, const float* bias,
                                                          float* to) {
  int32_t rows = taps.rows;
  __asm__ volatile(MOTE_EIGHT_CHANNELS(MOTE_FUSE_EIGHT) MOTE_TAP_OPERANDS);
}

#endif

#if MOTE_FPU_ASSEMBLY

__attribute__((noinline)) inline void add_eight_channels(const FloatTaps& taps, const float* input,
                                                         const float* filter, const float* bias,
                                                         float* to) {
  int32_t rows = taps.rows;
  __asm__ volatile(MOTE_EIGHT_CHANNELS(MOTE_ADD_EIGHT) MOTE_TAP_OPERANDS);
}

#undef MOTE_ADD_EIGHT
#undef MOTE_FUSE_EIGHT
#undef MOTE_EIGHT_CHANNELS
#undef MOTE_TAP_OPERANDS

#endif

/// One channel's sum.
template <bool kFused>
inline float sum_of_taps(const FloatTaps& taps, const float* input, const float* filter) {
  float sum = 0;
  for (int32_t i = 0; i < taps.rows; ++i) {
    for (int32_t j = 0; j < taps.columns; ++j) {
      sum = kFused ? fused_multiply_add(*input, *filter, sum) : sum + *input * *filter;
      input += taps.step / 4, filter += taps.filter_step / 4;
    }
    input += taps.row_step / 4, filter += taps.filter_row_step / 4;
  }
  return sum;
}

/// to[c] = the sum of channel c's taps, plus bias[c]. REQUIRES: rows >= 1, columns >= 1.
template <bool kFused>
inline void multiply_eight_channels(const FloatTaps& taps, const float* input, const float* filter,
                                    const float* bias, float* to) {
#if MOTE_FPU_ASSEMBLY
  kFused ? fuse_eight_channels(taps, input, filter, bias, to)
         : add_eight_channels(taps, input, filter, bias, to);
#else
  // Channels innermost, so that compilers make vectors of them.
  float sums[kTapChannels];
  for (float& sum : sums) sum = 0;
  for (int32_t i = 0; i < taps.rows; ++i) {
    for (int32_t j = 0; j < taps.columns; ++j) {
      for (int32_t c = 0; c < kTapChannels; ++c) {
        sums[c] = kFused ? fused_multiply_add(input[c], filter[c], sums[c])
                         : sums[c] + input[c] * filter[c];
      }
      input += taps.step / 4, filter += taps.filter_step / 4;
    }
    input += taps.row_step / 4, filter += taps.filter_row_step / 4;
  }
  for (int32_t c = 0; c < kTapChannels; ++c) to[c] = sums[c] + bias[c];
#endif
}

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_FLOAT_TAPS_H_
