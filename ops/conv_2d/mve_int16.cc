// SPDX-License-Identifier: Apache-2.0
// CONV_2D of int16 activations on vectors of eight: VLDRB widens weights as it loads them, VMLADAVA
// adds eight products to one register. A window is multiplied to four channels at a time; the loop
// ends within a vector if the depth does.
#include "base/mve.h"
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/four_windows.h"

namespace mote {
namespace {

/// Four channels' weights; those that aren't there repeat others.
struct FourRows {
  const int8_t* weights[4];
  int32_t depth, count;
};

#if MOTE_MVE_ASSEMBLY

static_assert(sizeof(FourRows) == 24, "assembly counts its fields' bytes");

/// One window to the channels that there are. Accumulators must be even registers, addresses
/// where numbers change their width low ones.
__attribute__((noinline)) void multiply_four_rows(const int16_t* x, const FourRows& rows,
                                                  const FoldedWideFour& four, int16_t* output) {
  __asm__ volatile(
      "ldm %[rows], {r1, r3, r5, r7}\n"
      "movs r0, #0\n"
      "movs r2, #0\n"
      "movs r4, #0\n"
      "movs r6, #0\n"
      "ldr lr, [%[rows], #16]\n"
      "dlstp.16 lr, lr\n"
      "1:\n"
      "vldrh.u16 q0, [%[x]], #16\n"
      "vldrb.s16 q1, [r1], #8\n"
      "vmladava.s16 r0, q0, q1\n"
      "vldrb.s16 q2, [r3], #8\n"
      "vmladava.s16 r2, q0, q2\n"
      "vldrb.s16 q1, [r5], #8\n"
      "vmladava.s16 r4, q0, q1\n"
      "vldrb.s16 q2, [r7], #8\n"
      "vmladava.s16 r6, q0, q2\n"
      "letp lr, 1b\n"
      "vldrw.u32 q0, [%[four]]\n"
      "vmov q3[2], q3[0], r0, r4\n"
      "vmov q3[3], q3[1], r2, r6\n"
      "vadd.i32 q3, q3, q0\n"
      "vldrw.u32 q1, [%[four], #16]\n"
      "vrmulh.s32 q3, q3, q1\n"
      "ldr r0, [%[rows], #20]\n"
      "mov r1, %[output]\n"
      "vctp.32 r0\n"
      "vqmovnb.s32 q3, q3\n"
      "vpst\n"
      "vstrht.32 q3, [r1]\n"
      : [x] "+r"(x)
      : [rows] "r"(&rows), [four] "r"(&four), [output] "r"(output)
      : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "lr", "q0", "q1", "q2", "q3", "cc",
        "memory");
}

#else

void multiply_four_rows(const int16_t* x, const FourRows& rows, const FoldedWideFour& four,
                        int16_t* output) {
  for (int32_t c = 0; c < rows.count; ++c) {
    int32_t sum = 0;
    for (int32_t d = 0; d < rows.depth; ++d) sum = wrapping_add(sum, x[d] * rows.weights[c][d]);
    output[c] = requantize(sum, FoldedWideChannel{four.bias[c], four.multiplier[c]},
                           Int16Output{0, -32768, 32767});
  }
}

#endif

}  // namespace

void conv_2d_int16_mve(const Conv2dInt16Params& p, const int16_t* input, const int8_t* weights,
                       const FoldedWideFour* channels, int16_t* columns, int16_t* output) {
  const Window& w = p.window;
  const int32_t depth = w.filter_h * w.filter_w * w.input_c, outputs = w.output_c;
  auto multiply = [&](const int16_t* const* windows, int32_t count) {
    for (int32_t c = 0; c < outputs; c += 4) {
      FourRows rows;
      rows.depth = depth, rows.count = outputs - c < 4 ? outputs - c : 4;
      for (int32_t i = 0; i < 4; ++i) {
        rows.weights[i] = weights + (i < rows.count ? c + i : c) * depth;
      }
      for (int32_t i = 0; i < count; ++i) {
        multiply_four_rows(windows[i], rows, channels[c / 4], output + i * outputs + c);
      }
    }
    clamp_wide(output, count * outputs, p.output);
    output += count * outputs;
  };
  for_four_windows(w, input, has_single_taps(w) ? nullptr : columns, depth, multiply);
}

bool check_conv_2d_int16_mve(const Conv2dInt16Params& p, const Operand* operands) {
  const Window& w = p.window;
  return check_window<int16_t>(w, operands[0], operands[4]) && p.filter_c == w.input_c &&
         fits_four_windows(w) &&
         operands[1].holds<int8_t>(w.output_c, w.filter_h, w.filter_w, w.input_c) &&
         operands[2].holds<FoldedWideFour>((w.output_c + 3) / 4) &&
         (has_single_taps(w) ||
          operands[3].holds<int16_t>(kTileWindows, w.filter_h, w.filter_w, w.input_c)) &&
         is_valid(p.output) && p.output.offset == 0;
}

}  // namespace mote
