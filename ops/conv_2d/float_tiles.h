// SPDX-License-Identifier: Apache-2.0
// Four output channels of four windows, or of one, in the registers of an FPU or of vectors of four
// floats: what float convolutions and fully connected layers for such cores are made of. Each sum
// adds its products one after the other, as the reference kernel does. kFused says whether VFMA
// does it, rounding once; then all cores give the same bits. Without, a product and a sum are two
// instructions and the bits are the reference kernel's: on Cortex-M4 VFMA would take three cycles.
#ifndef MOTE_OPS_CONV_2D_FLOAT_TILES_H_
#define MOTE_OPS_CONV_2D_FLOAT_TILES_H_

#include <stdint.h>

#include "base/fused.h"
#include "base/mve.h"
#include "ops/conv_2d/four_windows.h"

namespace mote {

constexpr int32_t kTileChannels = 4;

#if MOTE_FPU_ASSEMBLY

// Adds x times the weights s0 to s3 to four sums, in two roundings or in one.
#define MOTE_ADD_FOUR(x, a, b, c, d) \
  "vmul.f32 s12, " x                 \
  ", s0\n"                           \
  "vmul.f32 s13, " x                 \
  ", s1\n"                           \
  "vmul.f32 s14, " x                 \
  ", s2\n"                           \
  "vmul.f32 s15, " x                 \
  ", s3\n"                           \
  "vadd.f32 " a ", " a               \
  ", s12\n"                          \
  "vadd.f32 " b ", " b               \
  ", s13\n"                          \
  "vadd.f32 " c ", " c               \
  ", s14\n"                          \
  "vadd.f32 " d ", " d ", s15\n"
#define MOTE_FUSE_FOUR(x, a, b, c, d) \
  "vfma.f32 " a ", " x                \
  ", s0\n"                            \
  "vfma.f32 " b ", " x                \
  ", s1\n"                            \
  "vfma.f32 " c ", " x                \
  ", s2\n"                            \
  "vfma.f32 " d ", " x ", s3\n"
#define MOTE_ADD_BIAS(a, b, c, d) \
  "vadd.f32 " a ", " a            \
  ", s0\n"                        \
  "vadd.f32 " b ", " b            \
  ", s1\n"                        \
  "vadd.f32 " c ", " c            \
  ", s2\n"                        \
  "vadd.f32 " d ", " d ", s3\n"
// One depth of all windows, whose values are in these registers.
#define MOTE_ADD_SIXTEEN(add, x0, x1, x2, x3)                                 \
  "vldmia %[weights]!, {s0-s3}\n" add(x0, "s16", "s17", "s18", "s19")         \
      add(x1, "s20", "s21", "s22", "s23") add(x2, "s24", "s25", "s26", "s27") \
          add(x3, "s28", "s29", "s30", "s31")

#define MOTE_FOUR_WINDOWS(add) \
  "vmov d8, %[zero], %[zero]\n"                       \
  "vmov d9, %[zero], %[zero]\n"                       \
  "vmov d10, %[zero], %[zero]\n"                      \
  "vmov d11, %[zero], %[zero]\n"                      \
  "vmov d12, %[zero], %[zero]\n"                      \
  "vmov d13, %[zero], %[zero]\n"                      \
  "vmov d14, %[zero], %[zero]\n"                      \
  "vmov d15, %[zero], %[zero]\n"                      \
  "subs %[depth], #2\n"                               \
  "blt 2f\n"                                          \
  "1:\n"                                              \
  "vldmia %[x0]!, {s4,s5}\n"                          \
  "vldmia %[x1]!, {s6,s7}\n"                          \
  "vldmia %[x2]!, {s8,s9}\n"                          \
  "vldmia %[x3]!, {s10,s11}\n"                        \
  MOTE_ADD_SIXTEEN(add, "s4", "s6", "s8", "s10")      \
  MOTE_ADD_SIXTEEN(add, "s5", "s7", "s9", "s11")      \
  "subs %[depth], #2\n"                               \
  "bge 1b\n"                                          \
  "2:\n"                                              \
  "adds %[depth], #1\n"                               \
  "bne 3f\n"                                          \
  "vldr s4, [%[x0]]\n"                                \
  "vldr s6, [%[x1]]\n"                                \
  "vldr s8, [%[x2]]\n"                                \
  "vldr s10, [%[x3]]\n"                               \
  MOTE_ADD_SIXTEEN(add, "s4", "s6", "s8", "s10")      \
  "3:\n"                                              \
  "vldmia %[weights]!, {s0-s3}\n"                     \
  MOTE_ADD_BIAS("s16", "s17", "s18", "s19")           \
  MOTE_ADD_BIAS("s20", "s21", "s22", "s23")           \
  MOTE_ADD_BIAS("s24", "s25", "s26", "s27")           \
  MOTE_ADD_BIAS("s28", "s29", "s30", "s31")           \
  "vstmia %[to], {s16-s19}\n"                         \
  "add %[to], %[to], %[step]\n"                       \
  "vstmia %[to], {s20-s23}\n"                         \
  "add %[to], %[to], %[step]\n"                       \
  "vstmia %[to], {s24-s27}\n"                         \
  "add %[to], %[to], %[step]\n"                       \
  "vstmia %[to], {s28-s31}\n"

#define MOTE_ONE_WINDOW(add) \
  "vmov d8, %[zero], %[zero]\n"                       \
  "vmov d9, %[zero], %[zero]\n"                       \
  "subs %[depth], #2\n"                               \
  "blt 2f\n"                                          \
  "1:\n"                                              \
  "vldmia %[x0]!, {s4,s5}\n"                          \
  "vldmia %[weights]!, {s0-s3}\n"                     \
  add("s4", "s16", "s17", "s18", "s19")               \
  "vldmia %[weights]!, {s0-s3}\n"                     \
  add("s5", "s16", "s17", "s18", "s19")               \
  "subs %[depth], #2\n"                               \
  "bge 1b\n"                                          \
  "2:\n"                                              \
  "adds %[depth], #1\n"                               \
  "bne 3f\n"                                          \
  "vldr s4, [%[x0]]\n"                                \
  "vldmia %[weights]!, {s0-s3}\n"                     \
  add("s4", "s16", "s17", "s18", "s19")               \
  "3:\n"                                              \
  "vldmia %[weights]!, {s0-s3}\n"                     \
  MOTE_ADD_BIAS("s16", "s17", "s18", "s19")           \
  "vstmia %[to], {s16-s19}\n"

#define MOTE_TILE_CLOBBERS                                                                         \
  : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", \
    "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27",     \
    "s28", "s29", "s30", "s31", "cc", "memory"
#define MOTE_FOUR_OPERANDS                                                               \
  : [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2), [x3] "+r"(x3), [weights] "+r"(weights),           \
    [depth] "+r"(depth), [to] "+r"(to)                                                             \
  : [step] "r"(4 * step), [zero] "r"(0) MOTE_TILE_CLOBBERS
#define MOTE_ONE_OPERANDS                                           \
  : [x0] "+r"(window), [weights] "+r"(weights), [depth] "+r"(depth)                                \
  : [to] "r"(to), [zero] "r"(0) MOTE_TILE_CLOBBERS

#endif

#if MOTE_MVE_ASSEMBLY && __ARM_FEATURE_MVE & 2

__attribute__((noinline)) inline void fuse_four_windows(const float* const* windows,
                                                        const float* weights, int32_t depth,
                                                        float* to, int32_t step) {
  const float *x0 = windows[0], *x1 = windows[1], *x2 = windows[2], *x3 = windows[3];
  __asm__ volatile(
      "vmov.i32 q4, #0\n"
      "vmov.i32 q5, #0\n"
      "vmov.i32 q6, #0\n"
      "vmov.i32 q7, #0\n"
      "lsr r0, %[depth], #1\n"
      "wls lr, r0, 2f\n"
      "1:\n"
      "vldrw.u32 q0, [%[weights]], #16\n"
      "ldrd r0, r1, [%[x0]], #8\n"
      "vfma.f32 q4, q0, r0\n"
      "ldrd r0, r2, [%[x1]], #8\n"
      "vfma.f32 q5, q0, r0\n"
      "ldrd r0, r3, [%[x2]], #8\n"
      "vfma.f32 q6, q0, r0\n"
      "ldrd r0, r12, [%[x3]], #8\n"
      "vfma.f32 q7, q0, r0\n"
      "vldrw.u32 q1, [%[weights]], #16\n"
      "vfma.f32 q4, q1, r1\n"
      "vfma.f32 q5, q1, r2\n"
      "vfma.f32 q6, q1, r3\n"
      "vfma.f32 q7, q1, r12\n"
      "le lr, 1b\n"
      "2:\n"
      "lsls r0, %[depth], #31\n"
      "beq 3f\n"
      "vldrw.u32 q0, [%[weights]], #16\n"
      "ldr r0, [%[x0]]\n"
      "ldr r1, [%[x1]]\n"
      "vfma.f32 q4, q0, r0\n"
      "ldr r2, [%[x2]]\n"
      "vfma.f32 q5, q0, r1\n"
      "ldr r3, [%[x3]]\n"
      "vfma.f32 q6, q0, r2\n"
      "vfma.f32 q7, q0, r3\n"
      "3:\n"
      "vldrw.u32 q0, [%[weights]]\n"
      "vadd.f32 q4, q4, q0\n"
      "vadd.f32 q5, q5, q0\n"
      "vstrw.32 q4, [%[to]]\n"
      "add %[to], %[to], %[step]\n"
      "vadd.f32 q6, q6, q0\n"
      "vstrw.32 q5, [%[to]]\n"
      "add %[to], %[to], %[step]\n"
      "vadd.f32 q7, q7, q0\n"
      "vstrw.32 q6, [%[to]]\n"
      "add %[to], %[to], %[step]\n"
      "vstrw.32 q7, [%[to]]\n"
      : [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2), [x3] "+r"(x3), [weights] "+r"(weights),
        [to] "+r"(to)
      : [depth] "r"(depth), [step] "r"(4 * step)
      : "r0", "r1", "r2", "r3", "r12", "lr", "q0", "q1", "q4", "q5", "q6", "q7", "cc", "memory");
}

__attribute__((noinline)) inline void fuse_one_window(const float* window, const float* weights,
                                                      int32_t depth, float* to) {
  __asm__ volatile(
      "vmov.i32 q4, #0\n"
      "lsr r0, %[depth], #1\n"
      "wls lr, r0, 2f\n"
      "1:\n"
      "ldrd r0, r1, [%[x0]], #8\n"
      "vldrw.u32 q0, [%[weights]], #16\n"
      "vfma.f32 q4, q0, r0\n"
      "vldrw.u32 q1, [%[weights]], #16\n"
      "vfma.f32 q4, q1, r1\n"
      "le lr, 1b\n"
      "2:\n"
      "lsls r0, %[depth], #31\n"
      "beq 3f\n"
      "ldr r0, [%[x0]]\n"
      "vldrw.u32 q0, [%[weights]], #16\n"
      "vfma.f32 q4, q0, r0\n"
      "3:\n"
      "vldrw.u32 q0, [%[weights]]\n"
      "vadd.f32 q4, q4, q0\n"
      "vstrw.32 q4, [%[to]]\n"
      : [x0] "+r"(window), [weights] "+r"(weights)
      : [depth] "r"(depth), [to] "r"(to)
      : "r0", "r1", "lr", "q0", "q1", "q4", "cc", "memory");
}

#elif MOTE_FPU_ASSEMBLY

__attribute__((noinline)) inline void fuse_four_windows(const float* const* windows,
                                                        const float* weights, int32_t depth,
                                                        float* to, int32_t step) {
  const float *x0 = windows[0], *x1 = windows[1], *x2 = windows[2], *x3 = windows[3];
  __asm__ volatile(MOTE_FOUR_WINDOWS(MOTE_FUSE_FOUR) MOTE_FOUR_OPERANDS);
}
__attribute__((noinline)) inline void fuse_one_window(const float* window, const float* weights,
                                                      int32_t depth, float* to) {
  __asm__ volatile(MOTE_ONE_WINDOW(MOTE_FUSE_FOUR) MOTE_ONE_OPERANDS);
}

#endif

#if MOTE_FPU_ASSEMBLY

__attribute__((noinline)) inline void add_four_windows(const float* const* windows,
                                                       const float* weights, int32_t depth,
                                                       float* to, int32_t step) {
  const float *x0 = windows[0], *x1 = windows[1], *x2 = windows[2], *x3 = windows[3];
  __asm__ volatile(MOTE_FOUR_WINDOWS(MOTE_ADD_FOUR) MOTE_FOUR_OPERANDS);
}
__attribute__((noinline)) inline void add_one_window(const float* window, const float* weights,
                                                     int32_t depth, float* to) {
  __asm__ volatile(MOTE_ONE_WINDOW(MOTE_ADD_FOUR) MOTE_ONE_OPERANDS);
}

/// to[c] = the sum over d of window[d] · weights[d][c], plus weights[depth][c]: the bias. REQUIRES:
/// depth >= 1.
template <bool kFused>
inline void multiply_one_window(const float* window, const float* weights, int32_t depth,
                                float* to) {
  kFused ? fuse_one_window(window, weights, depth, to) : add_one_window(window, weights, depth, to);
}
/// The same of four windows, whose outputs are `step` apart.
template <bool kFused>
inline void multiply_four_windows(const float* const* windows, const float* weights, int32_t depth,
                                  float* to, int32_t step) {
  kFused ? fuse_four_windows(windows, weights, depth, to, step)
         : add_four_windows(windows, weights, depth, to, step);
}

#undef MOTE_ADD_FOUR
#undef MOTE_FUSE_FOUR
#undef MOTE_ADD_BIAS
#undef MOTE_ADD_SIXTEEN
#undef MOTE_FOUR_WINDOWS
#undef MOTE_ONE_WINDOW
#undef MOTE_TILE_CLOBBERS
#undef MOTE_FOUR_OPERANDS
#undef MOTE_ONE_OPERANDS

#else

// Channels innermost, so that compilers make vectors of them.

template <bool kFused, int32_t kWindows>
inline void multiply_windows(const float* const* windows, const float* weights, int32_t depth,
                             float* to, int32_t step) {
  float sums[kWindows][kTileChannels];
  for (float(&window)[kTileChannels] : sums) {
    for (float& sum : window) sum = 0;
  }
  for (int32_t d = 0; d < depth; ++d, weights += kTileChannels) {
    for (int32_t i = 0; i < kWindows; ++i) {
      const float x = windows[i][d];
      for (int32_t c = 0; c < kTileChannels; ++c) {
        float& sum = sums[i][c];
        sum = kFused ? fused_multiply_add(x, weights[c], sum) : sum + x * weights[c];
      }
    }
  }
  for (int32_t i = 0; i < kWindows; ++i) {
    for (int32_t c = 0; c < kTileChannels; ++c) to[i * step + c] = sums[i][c] + weights[c];
  }
}

template <bool kFused>
inline void multiply_one_window(const float* window, const float* weights, int32_t depth,
                                float* to) {
  multiply_windows<kFused, 1>(&window, weights, depth, to, 0);
}
template <bool kFused>
inline void multiply_four_windows(const float* const* windows, const float* weights, int32_t depth,
                                  float* to, int32_t step) {
  multiply_windows<kFused, kTileWindows>(windows, weights, depth, to, step);
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_FLOAT_TILES_H_
