// SPDX-License-Identifier: Apache-2.0
// The inner loop of 3×3 depthwise convolution on pairs (dsp.cc): rows of outputs of one channel,
// two outputs at a time, from a plane of 16-bit inputs. In assembly where the DSP instructions are:
// six registers of weights, three of pointers, the rest for two outputs.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_3X3_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_3X3_H_

#include "ops/quantized/folded.h"

namespace mote {

/// One channel's filter: of each row, taps (0, 1) and (1, 2) as pairs.
struct Filter3x3 {
  uint32_t left[3], right[3];
};

/// From three words, of each row taps 0, 1, 1 and 2.
inline Filter3x3 load_filter(const uint32_t* weights) {
  Filter3x3 filter;
  for (int32_t i = 0; i < 3; ++i) {
    filter.left[i] = widen_even(weights[i]);
    filter.right[i] = widen_odd(weights[i]);
  }
  return filter;
}

/// The sum of the window that begins at `top`.
inline int32_t sum_3x3(const Filter3x3& filter, const int16_t* top, int32_t pitch) {
  int32_t sum = 0;
  for (int32_t i = 0; i < 3; ++i, top += pitch) {
    sum = mac_pairs(load_word(top), filter.left[i], sum);
    sum = mac_low_high(load_half(top + 2), filter.right[i], sum);
  }
  return sum;
}

/// What rows are computed from and to. REQUIRES: rows, pairs >= 1, stride 1 or 2, top at a word.
struct Rows3x3 {
  const int16_t* top;  // the first input row of the first output row
  int32_t pitch;       // of the plane, even
  int32_t rows, pairs;
  int8_t* output;          // of this channel
  int32_t step, row_step;  // to the next output in a row, to the next row
};

/// The output whose window begins at `top`.
inline int8_t window_3x3(const Filter3x3& filter, const FoldedChannel& channel, const int16_t* top,
                         int32_t pitch) {
  int32_t sum = sum_3x3(filter, top, pitch);
  return static_cast<int8_t>(requantize_folded(sum, channel.bias, channel.scale));
}

#if MOTE_DSP_ASSEMBLY

// clang-format off
// Inputs (x0, x1) and (x2, x3) in x and y, or x4 too; sums of the two outputs in s and t.
#define MOTE_TAPS_1(row, left, right)             \
  "ldrd %[x], %[y], [%[" row "]], #4\n"           \
  "smlad %[s], %[x], %[" left "], %[s]\n"         \
  "smlatb %[t], %[x], %[" left "], %[t]\n"        \
  "smlabt %[s], %[y], %[" right "], %[s]\n"       \
  "smlad %[t], %[y], %[" right "], %[t]\n"
#define MOTE_TAPS_2(row, left, right)             \
  "ldrd %[x], %[y], [%[" row "]], #8\n"           \
  "smlad %[s], %[x], %[" left "], %[s]\n"         \
  "ldr %[x], [%[" row "]]\n"                      \
  "smlabt %[s], %[y], %[" right "], %[s]\n"       \
  "smlad %[t], %[y], %[" left "], %[t]\n"         \
  "smlabt %[t], %[x], %[" right "], %[t]\n"
#define MOTE_ROWS_3X3(TAPS)                                                                     \
  __asm__ volatile(                                                                             \
      "1:\n"                                                                                    \
      "mov %[s], #0\n"                                                                          \
      "mov %[t], #0\n"                                                                          \
      TAPS("top", "l0", "r0") TAPS("middle", "l1", "r1") TAPS("bottom", "l2", "r2")             \
      "ldrd %[x], %[y], %[bias]\n"                                                              \
      "add %[s], %[x], %[s], lsl #1\n"                                                          \
      "add %[t], %[x], %[t], lsl #1\n"                                                          \
      "ldr %[x], %[addend]\n"                                                                   \
      "add %[x], %[x], %[s], asr #31\n"                                                         \
      "smmlar %[s], %[s], %[y], %[x]\n"                                                         \
      "ldr %[x], %[addend]\n"                                                                   \
      "add %[x], %[x], %[t], asr #31\n"                                                         \
      "smmlar %[t], %[t], %[y], %[x]\n"                                                         \
      "ldrd %[x], %[y], %[shift]\n"                                                             \
      "asr %[s], %[s], %[x]\n"                                                                  \
      "asr %[t], %[t], %[x]\n"                                                                  \
      "ssat %[s], #8, %[s]\n"                                                                   \
      "ssat %[t], #8, %[t]\n"                                                                   \
      "ldr %[x], %[end]\n"                                                                      \
      "strb %[t], [%[out], %[y]]\n"                                                             \
      "strb %[s], [%[out]]\n"                                                                   \
      "add %[out], %[out], %[y], lsl #1\n"                                                      \
      "cmp %[out], %[x]\n"                                                                      \
      "bne 1b\n"                                                                                \
      "ldr %[y], %[last]\n"                                                                     \
      "cmp %[x], %[y]\n"                                                                        \
      "beq 2f\n"                                                                                \
      "ldr %[y], %[row_step]\n"                                                                 \
      "add %[x], %[x], %[y]\n"                                                                  \
      "str %[x], %[end]\n"                                                                      \
      "ldr %[x], %[row_gap]\n"                                                                  \
      "ldr %[y], %[output_gap]\n"                                                               \
      "add %[top], %[top], %[x]\n"                                                              \
      "add %[middle], %[middle], %[x]\n"                                                        \
      "add %[bottom], %[bottom], %[x]\n"                                                        \
      "add %[out], %[out], %[y]\n"                                                              \
      "b 1b\n"                                                                                  \
      "2:\n"                                                                                    \
      : [top] "+r"(top), [middle] "+r"(middle), [bottom] "+r"(bottom), [out] "+r"(out),         \
        [x] "=&r"(x), [y] "=&r"(y), [s] "=&r"(s), [t] "=&r"(t), [end] "+m"(end)                 \
      : [l0] "r"(f.left[0]), [r0] "r"(f.right[0]), [l1] "r"(f.left[1]), [r1] "r"(f.right[1]),   \
        [l2] "r"(f.left[2]), [r2] "r"(f.right[2]), [bias] "m"(constants.bias_and_multiplier),   \
        [addend] "m"(constants.addend), [shift] "m"(constants.shift_and_step), [last] "m"(last), \
        [row_step] "m"(row_step), [row_gap] "m"(row_gap), [output_gap] "m"(output_gap)          \
      : "cc", "memory")
// clang-format on

/// The loop takes every register there is, so it has a function of its own, without a frame pointer
/// whatever the flags.
template <int kStride>
__attribute__((noinline))
#ifndef __clang__
__attribute__((optimize("O2")))
#endif
void run_rows(const Filter3x3& f, const FoldedChannel& channel, const Rows3x3& r) {
  struct {
    int32_t bias_and_multiplier[2], addend, shift_and_step[2];
  } constants = {{channel.bias, channel.scale.multiplier},
                 channel.scale.addend,
                 {channel.scale.shift, r.step}};
  const int16_t *top = r.top, *middle = top + r.pitch, *bottom = middle + r.pitch;
  int8_t* out = r.output;
  int8_t* end = out + 2 * r.pairs * r.step;
  int8_t* last = end + (r.rows - 1) * r.row_step;
  int32_t row_step = r.row_step, output_gap = r.row_step - 2 * r.pairs * r.step;
  int32_t row_gap = 2 * kStride * (r.pitch - 2 * r.pairs);
  uint32_t x, y;
  int32_t s, t;
  if (kStride == 1) {
    MOTE_ROWS_3X3(MOTE_TAPS_1);
  } else {
    MOTE_ROWS_3X3(MOTE_TAPS_2);
  }
}

#undef MOTE_TAPS_1
#undef MOTE_TAPS_2
#undef MOTE_ROWS_3X3

#else

template <int kStride>
void run_rows(const Filter3x3& filter, const FoldedChannel& channel, const Rows3x3& r) {
  for (int32_t y = 0; y < r.rows; ++y) {
    int8_t* out = r.output + y * r.row_step;
    const int16_t* top = r.top + y * kStride * r.pitch;
    for (int32_t x = 0; x < r.pairs; ++x, out += 2 * r.step, top += 2 * kStride) {
      out[r.step] = window_3x3(filter, channel, top + kStride, r.pitch);
      out[0] = window_3x3(filter, channel, top, r.pitch);
    }
  }
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_3X3_H_
