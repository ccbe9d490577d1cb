// SPDX-License-Identifier: Apache-2.0
// The inner loops of 3×3 depthwise convolution on pairs for layers that requantise in one rounding
// (linear.cc). In assembly where the DSP instructions are: six registers of weights, two of
// pointers, the rest for two rows of two outputs. A plane's pitch is fixed, so that one pointer
// reaches all its rows.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_LINEAR_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_LINEAR_H_

#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/window_3x3.h"
#include "ops/quantized/linear_channels.h"

namespace mote {

/// The outputs of channels, from the first one's filter and first output on: how many each has, and
/// how far it is from one to the next. REQUIRES: width, height >= 1, stride 1 or 2.
struct LinearOutputs {
  const LinearFilter* filters;
  int8_t* output;
  int32_t width, height;
  int32_t step, row_step;
  int32_t stride;
};

#if MOTE_DSP_ASSEMBLY

static_assert(kLinearPitch == 104 && sizeof(LinearFilter) == 20 && kDepthwiseLinearSumShift == 8 &&
                  kDepthwiseLinearShift == 10,
              "assembly has them as numbers");

/// Outputs in pairs along a row, and rows in pairs: how many, from one to the next, and what the
/// step is changed by (exclusive or) for a last one without a second: then the step is 0, and what
/// the second would be is stored first and overwritten.
struct LinearPairs {
  int32_t count, step, odd;
};
inline LinearPairs pairs_of(int32_t size, int32_t step) {
  if (size == 1) return {1, 0, 0};
  return {size >> 1, step, (size & 1) == 0 ? 0 : step};
}

/// What the loops keep in memory.
struct LinearState {
  const LinearFilter* filter;  // of the next channel, as its first window and output
  const void* places[2];
  int32_t count;  // channels left of a run
  int32_t bias, multiplier, addend;
  int32_t step, row;
  int32_t odd_step, odd_row;  // LinearPairs::odd
  int32_t sizes[2];           // bytes of a row's pairs in a plane, from their end to the last row's
  int32_t top_gap, output_gap;  // from a row's end to the next one's begin
  const int16_t *end, *last;    // of this row, of the last
};

inline void prepare_linear(const LinearOutputs& o, LinearState& state) {
  const int32_t group_bytes = 4 * kLinearPitch * o.stride, pair_bytes = 4 * o.stride;
  const LinearPairs columns = pairs_of(o.width, o.step), rows = pairs_of(o.height, o.row_step);
  const int32_t odd_bytes = columns.odd == 0 ? 0 : pair_bytes;
  state.filter = o.filters, state.places[1] = o.output;
  state.addend = -(128 << kDepthwiseLinearShift);
  state.step = columns.step, state.odd_step = columns.odd;
  state.row = rows.step, state.odd_row = rows.odd;
  state.sizes[0] = columns.count * pair_bytes;
  state.sizes[1] = odd_bytes + group_bytes * (rows.count - 1);
  state.top_gap = group_bytes - state.sizes[0] - odd_bytes;
  state.output_gap = 2 * (rows.step - columns.count * columns.step);
}

// clang-format off
#define MOTE_LOAD(x, row, bytes) "ldr %[" x "], [%[top], #2*104*" row bytes "]\n"
// What sums s and t, neighbours, get from a plane's row, inputs (x0, x1) in x and (x2, x3) in y,
// and from a filter's row.
#define MOTE_ADD_LEFT(s, t, i)                         \
  "smlad %[" s "], %[x], %[l" i "], %[" s "]\n"        \
  "smlatb %[" t "], %[x], %[l" i "], %[" t "]\n"
#define MOTE_ADD_RIGHT(s, t, i)                        \
  "smlabt %[" s "], %[y], %[r" i "], %[" s "]\n"       \
  "smlad %[" t "], %[y], %[r" i "], %[" t "]\n"
// Both of two rows of outputs.
#define MOTE_TAPS_1                                    \
  MOTE_LOAD("x", "1", "") MOTE_LOAD("y", "1", "+4")    \
  "ldr %[v], %[bias]\n"                                \
  "smlatb %[t], %[x], %[l1], %[v]\n"                   \
  "smlad %[u], %[x], %[l0], %[v]\n"                    \
  "smlad %[s], %[x], %[l1], %[v]\n"                    \
  "smlatb %[v], %[x], %[l0], %[v]\n"                   \
  MOTE_ADD_RIGHT("s", "t", "1") MOTE_ADD_RIGHT("u", "v", "0") \
  MOTE_LOAD("x", "2", "") MOTE_LOAD("y", "2", "+4")    \
  MOTE_ADD_LEFT("s", "t", "2") MOTE_ADD_LEFT("u", "v", "1")   \
  MOTE_ADD_RIGHT("s", "t", "2") MOTE_ADD_RIGHT("u", "v", "1") \
  MOTE_LOAD("x", "3", "") MOTE_LOAD("y", "3", "+4")    \
  MOTE_ADD_LEFT("u", "v", "2") MOTE_ADD_RIGHT("u", "v", "2")  \
  "ldr %[y], [%[top], #4]\n"                           \
  "ldr %[x], [%[top]], #4\n"                           \
  MOTE_ADD_RIGHT("s", "t", "0") MOTE_ADD_LEFT("s", "t", "0")
// The same with a stride of 2, where x, y and z are (x0, x1), (x2, x3) and (x4, x5).
#define MOTE_ADD_THREE(s, t, x, y, z, i)               \
  "smlad %[" s "], %[" x "], %[l" i "], %[" s "]\n"    \
  "smlad %[" t "], %[" y "], %[l" i "], %[" t "]\n"    \
  "smlabt %[" s "], %[" y "], %[r" i "], %[" s "]\n"   \
  "smlabt %[" t "], %[" z "], %[r" i "], %[" t "]\n"
#define MOTE_TAPS_2                                    \
  MOTE_LOAD("x", "1", "") MOTE_LOAD("y", "1", "+4") MOTE_LOAD("u", "1", "+8") \
  "ldr %[t], %[bias]\n"                                \
  "smlad %[s], %[x], %[l1], %[t]\n"                    \
  "smlad %[t], %[y], %[l1], %[t]\n"                    \
  "smlabt %[s], %[y], %[r1], %[s]\n"                   \
  "smlabt %[t], %[u], %[r1], %[t]\n"                   \
  "ldr %[y], [%[top], #4]\n"                           \
  "ldr %[u], [%[top], #8]\n"                           \
  "ldr %[x], [%[top]], #8\n"                           \
  MOTE_ADD_THREE("s", "t", "x", "y", "u", "0")         \
  MOTE_LOAD("u", "2", "-8") MOTE_LOAD("y", "2", "-4") MOTE_LOAD("x", "2", "") \
  "ldr %[v], %[bias]\n"                                \
  MOTE_ADD_THREE("s", "t", "u", "y", "x", "2")         \
  "smlad %[u], %[u], %[l0], %[v]\n"                    \
  "smlad %[v], %[y], %[l0], %[v]\n"                    \
  "smlabt %[u], %[y], %[r0], %[u]\n"                   \
  "smlabt %[v], %[x], %[r0], %[v]\n"                   \
  MOTE_LOAD("x", "3", "-8") MOTE_LOAD("y", "3", "-4")  \
  "smlad %[u], %[x], %[l1], %[u]\n"                    \
  "smlad %[v], %[y], %[l1], %[v]\n"                    \
  "smlabt %[u], %[y], %[r1], %[u]\n"                   \
  MOTE_LOAD("x", "3", "") MOTE_LOAD("y", "4", "-8")    \
  "smlabt %[v], %[x], %[r1], %[v]\n"                   \
  "smlad %[u], %[y], %[l2], %[u]\n"                    \
  MOTE_LOAD("x", "4", "-4") MOTE_LOAD("y", "4", "")    \
  "smlad %[v], %[x], %[l2], %[v]\n"                    \
  "smlabt %[u], %[x], %[r2], %[u]\n"                   \
  "smlabt %[v], %[y], %[r2], %[v]\n"
#define MOTE_SCALE(s) "smmlar %[" s "], %[" s "], %[x], %[y]\n"
#define MOTE_SATURATE(s) "ssat %[" s "], #8, %[" s "], asr #10\n"
#define MOTE_STORE                                     \
  "ldr %[x], %[multiplier]\n"                          \
  "ldr %[y], %[addend]\n"                              \
  MOTE_SCALE("v") MOTE_SCALE("u") MOTE_SATURATE("v") MOTE_SCALE("s") \
  MOTE_SATURATE("u") MOTE_SCALE("t") MOTE_SATURATE("s") \
  "ldr %[y], %[row]\n"                                 \
  "ldr %[x], %[step]\n"                                \
  "add %[y], %[out], %[y]\n"                           \
  MOTE_SATURATE("t")                                   \
  "strb %[v], [%[y], %[x]]\n"                          \
  "strb %[u], [%[y]]\n"                                \
  "ldr %[y], %[end]\n"                                 \
  "strb %[t], [%[out], %[x]]\n"                        \
  "strb %[s], [%[out]]\n"                              \
  "add %[out], %[out], %[x], lsl #1\n"                 \
  "cmp %[top], %[y]\n"                                 \
  "bne 1b\n"
#define MOTE_WIDEN_TAPS(i)                             \
  "and %[r" i "], %[l" i "], #0xff00ff00\n"            \
  "lsl %[l" i "], %[l" i "], #8\n"
// The next channel: its filter times 256, its line, the ends of its first and its last row.
#define MOTE_BEGIN_CHANNEL                             \
  ".balign 4\n"                                        \
  "3:\n"                                               \
  "ldr %[x], %[filter]\n"                              \
  "ldrd %[top], %[out], %[places]\n"                   \
  "ldr %[l1], [%[x], #4]\n"                            \
  "ldr %[l2], [%[x], #8]\n"                            \
  "ldr %[s], [%[x], #12]\n"                            \
  "ldr %[t], [%[x], #16]\n"                            \
  "ldr %[l0], [%[x]], #20\n"                           \
  "str %[s], %[bias]\n"                                \
  "str %[t], %[multiplier]\n"                          \
  "str %[x], %[filter]\n"                              \
  "ldrd %[x], %[y], %[sizes]\n"                        \
  MOTE_WIDEN_TAPS("0") MOTE_WIDEN_TAPS("1") MOTE_WIDEN_TAPS("2") \
  "add %[x], %[top], %[x]\n"                           \
  "add %[y], %[x], %[y]\n"                             \
  "add %[s], %[top], #2*104/4\n"                       \
  "add %[t], %[out], #1\n"                             \
  "and %[l0], %[l0], #0xff00ff00\n"                    \
  "and %[l1], %[l1], #0xff00ff00\n"                    \
  "and %[l2], %[l2], #0xff00ff00\n"                    \
  "str %[x], %[end]\n"                                 \
  "str %[y], %[last]\n"                                \
  "strd %[s], %[t], %[places]\n"
// Behind a row's pairs: once more with a step of 0 (6) if the number of outputs is odd, then the
// next two rows or (2) the channel's end. All low registers, as CBNZ wants them.
#define MOTE_NEXT_ROWS(pair_bytes)                     \
  "ldr %[s], %[last]\n"                                \
  "ldr %[t], %[top_gap]\n"                             \
  "ldr %[u], %[output_gap]\n"                          \
  "ldr %[y], %[sizes]\n"                               \
  "ldr %[v], %[odd_step]\n"                            \
  "cbnz %[v], 6f\n"                                    \
  "4:\n"                                               \
  "cmp %[top], %[s]\n"                                 \
  "beq 2f\n"                                           \
  "5:\n"                                               \
  "add %[top], %[top], %[t]\n"                         \
  "add %[out], %[out], %[u]\n"                         \
  "add %[y], %[top], %[y]\n"                           \
  "str %[y], %[end]\n"                                 \
  "b 1b\n"                                             \
  "6:\n"                                               \
  "eors %[x], %[x], %[v]\n"                            \
  "str %[x], %[step]\n"                                \
  "bne 4b\n"                                           \
  "add %[y], %[top], #" pair_bytes "\n"                \
  "str %[y], %[end]\n"                                 \
  "b 1b\n"                                             \
  "2:\n"
// Likewise behind a plane's pairs of rows.
#define MOTE_ODD_ROW(group_bytes)                      \
  "ldr %[x], %[odd_row]\n"                             \
  "cbz %[x], 7f\n"                                     \
  "ldr %[v], %[row]\n"                                 \
  "eors %[v], %[v], %[x]\n"                            \
  "str %[v], %[row]\n"                                 \
  "bne 7f\n"                                           \
  "add %[s], %[s], #" group_bytes "\n"                 \
  "str %[s], %[last]\n"                                \
  "b 5b\n"                                             \
  "7:\n"
#define MOTE_LINEAR_LOOP(TAPS, pair_bytes, group_bytes)                                           \
  __asm__ volatile(                                                                               \
      MOTE_BEGIN_CHANNEL                                                                          \
      ".balign 4\n"                                                                               \
      "1:\n"                                                                                      \
      TAPS                                                                                        \
      MOTE_STORE                                                                                  \
      MOTE_NEXT_ROWS(pair_bytes)                                                                  \
      MOTE_ODD_ROW(group_bytes)                                                                   \
      "ldr %[x], %[count]\n"                                                                      \
      "subs %[x], %[x], #1\n"                                                                     \
      "str %[x], %[count]\n"                                                                      \
      "bne.w 3b\n"                                                                                \
      : [top] "=&l"(top), [out] "=&l"(out), [x] "=&l"(x), [y] "=&l"(y), [s] "=&l"(s),             \
        [t] "=&l"(t), [u] "=&l"(u), [v] "=&l"(v), [l0] "=&r"(l0), [r0] "=&r"(r0),                 \
        [l1] "=&r"(l1), [r1] "=&r"(r1), [l2] "=&r"(l2), [r2] "=&r"(r2), "=m"(state)               \
      : [filter] "m"(state.filter), [places] "m"(state.places), [count] "m"(state.count),         \
        [bias] "m"(state.bias), [multiplier] "m"(state.multiplier), [addend] "m"(state.addend),   \
        [step] "m"(state.step), [row] "m"(state.row), [odd_step] "m"(state.odd_step),             \
        [odd_row] "m"(state.odd_row), [sizes] "m"(state.sizes), [top_gap] "m"(state.top_gap),     \
        [output_gap] "m"(state.output_gap), [end] "m"(state.end), [last] "m"(state.last)          \
      : "cc", "memory")
// clang-format on

/// The next channels, whose planes lie side by side. REQUIRES: the first one's at a word, count
/// >= 1. Inlined, for its memory is the caller's frame.
[[gnu::always_inline]] inline void run_linear(const int16_t* planes, int32_t count, int32_t stride,
                                              LinearState& state) {
  state.places[0] = planes, state.count = count;
  const int16_t* top;
  int8_t* out;
  uint32_t x, y, l0, r0, l1, r1, l2, r2;
  int32_t s, t, u, v;
  if (stride == 1) {
    MOTE_LINEAR_LOOP(MOTE_TAPS_1, "4", "2*2*104");
  } else {
    MOTE_LINEAR_LOOP(MOTE_TAPS_2, "8", "4*2*104");
  }
}

#undef MOTE_LOAD
#undef MOTE_ADD_LEFT
#undef MOTE_ADD_RIGHT
#undef MOTE_TAPS_1
#undef MOTE_ADD_THREE
#undef MOTE_TAPS_2
#undef MOTE_SCALE
#undef MOTE_SATURATE
#undef MOTE_STORE
#undef MOTE_WIDEN_TAPS
#undef MOTE_BEGIN_CHANNEL
#undef MOTE_NEXT_ROWS
#undef MOTE_ODD_ROW
#undef MOTE_LINEAR_LOOP

#else

using LinearState = LinearOutputs;

inline void prepare_linear(const LinearOutputs& outputs, LinearState& state) {
  state = outputs;
}

inline void run_linear(const int16_t* planes, int32_t count, int32_t stride, LinearState& state) {
  for (int32_t c = 0; c < count; ++c, planes += kLinearPitch / 4) {
    const LinearFilter& channel = *state.filters++;
    const Filter3x3 filter = load_filter(channel.rows);
    int8_t* output = state.output++;
    for (int32_t i = 0; i < state.height * state.width; ++i) {
      const int32_t y = i / state.width, x = i % state.width;
      const int32_t sum = sum_3x3(filter, planes + stride * (y * kLinearPitch + x), kLinearPitch);
      const int32_t fine =
          wrapping_add(channel.line.bias, wrapping_shift_left(sum, kDepthwiseLinearSumShift));
      output[y * state.row_step + x * state.step] = static_cast<int8_t>(
          requantize_linear_signed<kDepthwiseLinearShift>(fine, channel.line.multiplier));
    }
  }
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_LINEAR_H_
