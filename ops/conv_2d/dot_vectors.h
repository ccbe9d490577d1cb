// SPDX-License-Identifier: Apache-2.0
// Four output channels of many pixels on vectors of 16 bytes: what convolutions and fully connected
// layers for Cortex-M55 share. VMLADAVA multiplies two vectors and adds all products to one
// register; three pixels by two channels at a time take five loads for six such instructions. The
// loops end within a vector if the depth does (tail predication), so that nothing needs filling up.
#ifndef MOTE_OPS_CONV_2D_DOT_VECTORS_H_
#define MOTE_OPS_CONV_2D_DOT_VECTORS_H_

#include "base/mve.h"
#include "ops/quantized/folded_four.h"

namespace mote {

/// Pixels (columns of a matrix) by four output channels: what a tile of three pixels is made of, in
/// the order in which it is loaded.
struct PixelRun {
  const int8_t* from;
  int32_t step;              // bytes from one pixel to the next
  const int8_t* weights[4];  // of channels 0, 2, 1 and 3
  int32_t depth;             // bytes of a pixel
  int32_t channels;          // that there are: the others' weights repeat those of the last one
  const FoldedFour* four;
  int32_t count;  // pixels
  int8_t* output;
  int32_t output_step;
};

inline void set_weights(PixelRun& run, const int8_t* weights, int32_t channels_left) {
  run.channels = channels_left < 4 ? channels_left : 4;
  const int8_t* w1 = run.channels > 1 ? weights + run.depth : weights;
  const int8_t* w2 = run.channels > 2 ? w1 + run.depth : w1;
  const int8_t* w3 = run.channels > 3 ? w2 + run.depth : w2;
  run.weights[0] = weights, run.weights[1] = w2, run.weights[2] = w1, run.weights[3] = w3;
}

#if MOTE_MVE_ASSEMBLY

static_assert(sizeof(PixelRun) == 48, "assembly counts its fields' bytes");

// Sums of three pixels (x0 to x2) for the two channels whose weights' addresses are at `rows`, to
// lanes `low` and `high` of q4 to q6. Accumulators must be even registers.
#define MOTE_THREE_BY_TWO(rows, low, high) \
  "ldrd r1, r3, [%[run]]\n"                \
  "ldrd r7, r9, [%[run], #" rows           \
  "]\n"                                    \
  "ldr lr, [%[run], #24]\n"                \
  "add r5, r1, r3\n"                       \
  "add r3, r5\n"                           \
  "movs r0, #0\n"                          \
  "movs r2, #0\n"                          \
  "movs r4, #0\n"                          \
  "movs r6, #0\n"                          \
  "mov r8, #0\n"                           \
  "mov r10, #0\n"                          \
  "dlstp.8 lr, lr\n"                       \
  "1:\n"                                   \
  "vldrb.8 q0, [r1], #16\n"                \
  "vldrb.8 q3, [r7], #16\n"                \
  "vmladava.s8 r0, q0, q3\n"               \
  "vldrb.8 q1, [r5], #16\n"                \
  "vmladava.s8 r2, q1, q3\n"               \
  "vldrb.8 q2, [r3], #16\n"                \
  "vmladava.s8 r4, q2, q3\n"               \
  "vldrb.8 q3, [r9], #16\n"                \
  "vmladava.s8 r6, q0, q3\n"               \
  "vmladava.s8 r8, q1, q3\n"               \
  "vmladava.s8 r10, q2, q3\n"              \
  "letp lr, 1b\n"                          \
  "vmov q4[" high "], q4[" low             \
  "], r0, r6\n"                            \
  "vmov q5[" high "], q5[" low             \
  "], r2, r8\n"                            \
  "vmov q6[" high "], q6[" low "], r4, r10\n"

// Bias, multipliers, addends and shifts to q0 to q3, where outputs go to r0 and r1.
#define MOTE_LOAD_CHANNELS    \
  "ldr r0, [%[run], #32]\n"   \
  "vldrw.u32 q0, [r0]\n"      \
  "vldrw.u32 q1, [r0, #16]\n" \
  "vldrw.u32 q2, [r0, #32]\n" \
  "vldrw.u32 q3, [r0, #48]\n" \
  "ldrd r0, r1, [%[run], #40]\n"

// One pixel's sums to its outputs.
#define MOTE_FINISH_PIXEL(sums)  \
  "vadd.i32 " sums ", " sums     \
  ", q0\n"                       \
  "vshr.s32 q7, " sums           \
  ", #31\n"                      \
  "vqrdmulh.s32 " sums ", " sums \
  ", q1\n"                       \
  "vadd.i32 q7, q7, q2\n"        \
  "vadd.i32 " sums ", " sums     \
  ", q7\n"                       \
  "vshl.s32 " sums ", " sums     \
  ", q3\n"                       \
  "vqmovnb.s32 " sums ", " sums  \
  "\n"                           \
  "vqmovnb.s16 " sums ", " sums  \
  "\n"                           \
  "vpst\n"                       \
  "vstrbt.32 " sums              \
  ", [r0]\n"                     \
  "add r0, r1\n"

#define MOTE_RUN_CLOBBERS                                                                          \
  "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "lr", "q0", "q1", "q2", "q3", \
      "q4", "q5", "q6", "q7", "cc", "memory"

/// REQUIRES: count >= 3. Takes all pixels but those that are too few for a tile.
inline void multiply_tiles(PixelRun& run) {
  __asm__ volatile(
      "ldr r0, [%[run], #28]\n"
      "vctp.32 r0\n"
      "2:\n"
      MOTE_THREE_BY_TWO("8", "0", "2")
      MOTE_THREE_BY_TWO("16", "1", "3")
      MOTE_LOAD_CHANNELS
      MOTE_FINISH_PIXEL("q4")
      MOTE_FINISH_PIXEL("q5")
      MOTE_FINISH_PIXEL("q6")
      "ldrd r2, r3, [%[run]]\n"
      "add r2, r2, r3, lsl #1\n"
      "add r2, r3\n"
      "ldr r3, [%[run], #36]\n"
      "str r2, [%[run]]\n"
      "subs r3, #3\n"
      "strd r3, r0, [%[run], #36]\n"
      "cmp r3, #3\n"
      "bge 2b\n"
      :
      : [run] "r"(&run)
      : MOTE_RUN_CLOBBERS);
}

/// REQUIRES: count >= 1. Takes all pixels, one by one.
inline void multiply_pixels_alone(PixelRun& run) {
  __asm__ volatile(
      "ldr r0, [%[run], #28]\n"
      "vctp.32 r0\n"
      "2:\n"
      "ldr r1, [%[run]]\n"
      "ldrd r3, r5, [%[run], #8]\n"
      "ldrd r7, r9, [%[run], #16]\n"
      "ldr lr, [%[run], #24]\n"
      "movs r0, #0\n"
      "movs r2, #0\n"
      "movs r4, #0\n"
      "movs r6, #0\n"
      "dlstp.8 lr, lr\n"
      "1:\n"
      "vldrb.8 q0, [r1], #16\n"
      "vldrb.8 q1, [r3], #16\n"
      "vmladava.s8 r0, q0, q1\n"
      "vldrb.8 q2, [r5], #16\n"
      "vmladava.s8 r2, q0, q2\n"
      "vldrb.8 q1, [r7], #16\n"
      "vmladava.s8 r4, q0, q1\n"
      "vldrb.8 q2, [r9], #16\n"
      "vmladava.s8 r6, q0, q2\n"
      "letp lr, 1b\n"
      "vmov q4[2], q4[0], r0, r2\n"
      "vmov q4[3], q4[1], r4, r6\n"
      MOTE_LOAD_CHANNELS
      MOTE_FINISH_PIXEL("q4")
      "ldrd r2, r3, [%[run]]\n"
      "add r2, r3\n"
      "ldr r3, [%[run], #36]\n"
      "str r2, [%[run]]\n"
      "subs r3, #1\n"
      "strd r3, r0, [%[run], #36]\n"
      "bne 2b\n"
      :
      : [run] "r"(&run)
      : MOTE_RUN_CLOBBERS);
}

#undef MOTE_THREE_BY_TWO
#undef MOTE_LOAD_CHANNELS
#undef MOTE_FINISH_PIXEL
#undef MOTE_RUN_CLOBBERS

/// All pixels to four channels.
__attribute__((noinline)) inline void multiply_run(PixelRun& run) {
  if (run.count >= 3) multiply_tiles(run);
  if (run.count > 0) multiply_pixels_alone(run);
}

#else

inline void multiply_run(PixelRun& run) {
  for (; run.count > 0; --run.count, run.from += run.step, run.output += run.output_step) {
    for (int32_t i = 0; i < run.channels; ++i) {
      const int8_t* weights = run.weights[i / 2 + i % 2 * 2];
      int32_t sum = 0;
      for (int32_t d = 0; d < run.depth; ++d) sum = wrapping_add(sum, run.from[d] * weights[d]);
      run.output[i] = requantize_one(sum, *run.four, i);
    }
  }
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_DOT_VECTORS_H_
