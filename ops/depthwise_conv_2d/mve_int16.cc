// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D of int16 activations with a multiplier of 1 on vectors of eight channels, which
// lie side by side, as do their weights, which the compiler has widened. VMULLB and VMULLT give the
// products of the even and of the odd channels, in whose order biases and multipliers come.
#include "base/mve.h"
#include "ops/depthwise_conv_2d/int16_taps.h"

namespace mote {
namespace {

#if MOTE_MVE_ASSEMBLY

/// What the loop counts with, in bytes.
struct EightSteps {
  int32_t input_step, weight_step;  // to the next tap
  int32_t input_skip, weight_skip;  // from the end of a row of taps to the next
  int32_t rows, columns;
};
static_assert(sizeof(EightSteps) == 24, "assembly counts its fields' bytes");

/// Eight channels of an output, the first `count` of them to memory.
__attribute__((noinline)) void multiply_eight_int16(const EightSteps& steps, const int16_t* x,
                                                    const int16_t* weights,
                                                    const FoldedWideFour* fours, int32_t count,
                                                    int16_t* output) {
  int32_t rows = steps.rows;
  __asm__ volatile(
      "vmov.i32 q4, #0\n"
      "vmov.i32 q5, #0\n"
      "vctp.16 %[count]\n"
      "ldrd r0, r1, [%[steps]]\n"
      "1:\n"
      "ldr lr, [%[steps], #20]\n"
      "dls lr, lr\n"
      "2:\n"
      "vpstt\n"
      "vldrht.u16 q0, [%[x]]\n"
      "vldrht.u16 q1, [%[weights]]\n"
      "add %[x], %[x], r0\n"
      "vmullb.s16 q2, q0, q1\n"
      "add %[weights], %[weights], r1\n"
      "vmullt.s16 q3, q0, q1\n"
      "vadd.i32 q4, q4, q2\n"
      "vadd.i32 q5, q5, q3\n"
      "le lr, 2b\n"
      "ldrd r2, r3, [%[steps], #8]\n"
      "add %[x], %[x], r2\n"
      "add %[weights], %[weights], r3\n"
      "subs %[rows], #1\n"
      "bne 1b\n"
      "vldrw.u32 q0, [%[fours]]\n"
      "vldrw.u32 q1, [%[fours], #16]\n"
      "vadd.i32 q4, q4, q0\n"
      "vldrw.u32 q2, [%[fours], #32]\n"
      "vrmulh.s32 q4, q4, q1\n"
      "vldrw.u32 q3, [%[fours], #48]\n"
      "vadd.i32 q5, q5, q2\n"
      "vrmulh.s32 q5, q5, q3\n"
      "vqmovnb.s32 q4, q4\n"
      "vqmovnt.s32 q4, q5\n"
      "vpst\n"
      "vstrht.16 q4, [%[output]]\n"
      : [x] "+r"(x), [weights] "+r"(weights), [rows] "+r"(rows)
      : [steps] "r"(&steps), [fours] "r"(fours), [count] "r"(count), [output] "r"(output)
      : "r0", "r1", "r2", "r3", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "cc", "memory");
}

#endif

FoldedWideChannel channel_of(const FoldedWideFour* fours, int32_t c) {
  const FoldedWideFour& four = fours[c / 8 * 2 + c % 2];
  return {four.bias[c % 8 / 2], four.multiplier[c % 8 / 2]};
}

void multiply_pixel(const DepthwiseConv2dInt16Params& p, const Int16Taps& taps,
                    const FoldedWideFour* fours, int16_t* output) {
  const Window& w = p.window;
  int32_t c = 0;
#if MOTE_MVE_ASSEMBLY
  EightSteps steps;
  steps.rows = taps.rows, steps.columns = taps.columns;
  steps.input_step = 2 * w.dilation_w * w.input_c, steps.weight_step = 2 * w.output_c;
  steps.input_skip = 2 * taps.input_row - steps.columns * steps.input_step;
  steps.weight_skip = 2 * taps.weight_row - steps.columns * steps.weight_step;
  for (; steps.rows > 0 && c < w.output_c; c += 8) {
    multiply_eight_int16(steps, taps.input + c, taps.weights + c, fours + c / 4, w.output_c - c,
                         output + c);
  }
#endif
  for (; c < w.output_c; ++c) {
    output[c] =
        requantize(sum_of_taps(w, taps, c), channel_of(fours, c), Int16Output{0, -32768, 32767});
  }
  clamp_wide(output, w.output_c, p.output);
}

}  // namespace

void depthwise_conv_2d_int16_mve(const DepthwiseConv2dInt16Params& p, const int16_t* input,
                                 const int16_t* weights, const FoldedWideFour* channels,
                                 int16_t* output) {
  for_each_taps(p.window, input, weights, [&](const Int16Taps& taps) {
    multiply_pixel(p, taps, channels, output);
    output += p.window.output_c;
  });
}

bool check_depthwise_conv_2d_int16_mve(const DepthwiseConv2dInt16Params& p,
                                       const Operand* operands) {
  const Window& w = p.window;
  return check_window<int16_t>(w, operands[0], operands[3]) && fits_side_by_side(w) &&
         operands[1].holds<int16_t>(w.filter_h, w.filter_w, w.output_c) &&
         operands[2].holds<FoldedWideFour>((w.output_c + 7) / 8, 2) && is_valid(p.output) &&
         p.output.offset == 0;
}

}  // namespace mote
