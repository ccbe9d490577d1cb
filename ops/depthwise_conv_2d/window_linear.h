// SPDX-License-Identifier: Apache-2.0
// The inner loops of 3×3 depthwise convolution on pairs for layers that requantise in one rounding
// (linear.cc). In assembly where the DSP instructions are: six registers of weights, two of
// pointers, the rest for two rows of two outputs or, with a stride of 2, for one. A plane's pitch
// is fixed, so that one pointer reaches all its rows.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_LINEAR_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_LINEAR_H_

#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/window_3x3.h"
#include "ops/quantized/linear_channels.h"

namespace mote {

/// Rows of outputs that are computed at once.
template <int kStride>
constexpr int32_t kLinearRows = kStride == 1 ? 2 : 1;

/// Pairs of neighbours in rows of some channels. REQUIRES: top at a word; count, groups, pairs
/// >= 1.
struct LinearRun {
  const uint32_t* weights;  // of each channel three words, of each row taps 0, 1, 1 and 2
  const LinearChannel* channels;
  const int16_t* top;     // of the first channel's first window
  int32_t count, plane;   // channels, from the plane of one to the next one's
  int32_t groups, pairs;  // of kLinearRows rows each, of neighbours in each
  int8_t* output;         // of the first channel
  int32_t step, row;   // to the next output, to a group's second row; 0 where there is none: what
                       // it would be is stored first, and overwritten
  int32_t group_step;  // from a group's outputs to the next one's
};

#if MOTE_DSP_ASSEMBLY

static_assert(kLinearPitch == 104 && kDepthwiseLinearSumShift == 10 && kDepthwiseLinearShift == 10,
              "assembly has them as numbers");
// clang-format off
// Inputs (x0, x1) and (x2, x3) of a plane's row; outputs s and t from them and a filter's row.
#define MOTE_LOAD_PAIRS(row)                           \
  "ldr %[x], [%[top], #2*104*" row "]\n"               \
  "ldr %[y], [%[top], #2*104*" row "+4]\n"
#define MOTE_BEGIN_TAPS(s, t, i)                       \
  "smuad %[" s "], %[x], %[l" i "]\n"                  \
  "smultb %[" t "], %[x], %[l" i "]\n"                 \
  "smlabt %[" s "], %[y], %[r" i "], %[" s "]\n"       \
  "smlad %[" t "], %[y], %[r" i "], %[" t "]\n"
#define MOTE_ADD_TAPS(s, t, i)                         \
  "smlad %[" s "], %[x], %[l" i "], %[" s "]\n"        \
  "smlatb %[" t "], %[x], %[l" i "], %[" t "]\n"       \
  "smlabt %[" s "], %[y], %[r" i "], %[" s "]\n"       \
  "smlad %[" t "], %[y], %[r" i "], %[" t "]\n"
// The same with inputs (x4, x5) in z and a stride of 2.
#define MOTE_LOAD_THREE(row)                           \
  "ldr %[x], [%[top], #2*104*" row "]\n"                \
  "ldr %[y], [%[top], #2*104*" row "+4]\n"              \
  "ldr %[z], [%[top], #2*104*" row "+8]\n"
#define MOTE_ADD_TAPS_2(i)                             \
  "smlad %[s], %[x], %[l" i "], %[s]\n"                \
  "smlad %[t], %[y], %[l" i "], %[t]\n"                \
  "smlabt %[s], %[y], %[r" i "], %[s]\n"               \
  "smlabt %[t], %[z], %[r" i "], %[t]\n"
#define MOTE_BIAS(s) "add %[" s "], %[x], %[" s "], lsl #10\n"
#define MOTE_SCALE(s) "smmlar %[" s "], %[" s "], %[y], %[x]\n"
#define MOTE_SATURATE(s) "ssat %[" s "], #8, %[" s "], asr #10\n"
// The next channel: its filter, its line, the ends of its first and its last row, where it goes.
#define MOTE_BEGIN_CHANNEL                             \
  ".balign 4\n"                                        \
  "3:\n"                                               \
  "ldrd %[x], %[y], %[next]\n"                         \
  "ldr %[l0], [%[x]]\n"                                \
  "ldr %[l1], [%[x], #4]\n"                            \
  "ldr %[l2], [%[x], #8]\n"                            \
  "ldr %[s], [%[y]]\n"                                 \
  "ldr %[t], [%[y], #4]\n"                             \
  "add %[x], %[x], #12\n"                              \
  "add %[y], %[y], #8\n"                               \
  "strd %[x], %[y], %[next]\n"                         \
  "str %[s], %[bias]\n"                                \
  "str %[t], %[multiplier]\n"                          \
  "sxtb16 %[r0], %[l0], ror #8\n"                      \
  "sxtb16 %[l0], %[l0]\n"                              \
  "sxtb16 %[r1], %[l1], ror #8\n"                      \
  "sxtb16 %[l1], %[l1]\n"                              \
  "sxtb16 %[r2], %[l2], ror #8\n"                      \
  "sxtb16 %[l2], %[l2]\n"                              \
  "ldrd %[top], %[out], %[places]\n"                   \
  "ldrd %[x], %[y], %[sizes]\n"                        \
  "ldr %[s], %[rows_bytes]\n"                          \
  "add %[x], %[top], %[x]\n"                           \
  "add %[t], %[out], #1\n"                             \
  "strd %[x], %[t], %[places]\n"                       \
  "add %[y], %[top], %[y]\n"                           \
  "str %[y], %[end]\n"                                 \
  "add %[y], %[y], %[s]\n"                             \
  "str %[y], %[last]\n"
#define MOTE_END_CHANNEL                               \
  "ldr %[x], %[count]\n"                               \
  "subs %[x], %[x], #1\n"                              \
  "str %[x], %[count]\n"                               \
  "bne.w 3b\n"
// What both loops have, but for sums and steps: registers, and memory.
#define MOTE_LINEAR_STATE                                                                         \
  [top] "=&r"(top), [out] "=&r"(out), [x] "=&r"(x), [y] "=&r"(y), [l0] "=&r"(l0),                 \
      [r0] "=&r"(r0), [l1] "=&r"(l1), [r1] "=&r"(r1), [l2] "=&r"(l2), [r2] "=&r"(r2),             \
      "+m"(state)
#define MOTE_LINEAR_MEMORY                                                                        \
  [next] "m"(state.next), [places] "m"(state.places), [count] "m"(state.count),                   \
      [end] "m"(state.end), [last] "m"(state.last), [bias] "m"(state.bias),                       \
      [multiplier] "m"(state.multiplier), [sizes] "m"(sizes),                                    \
      [rows_bytes] "m"(rows_bytes), [addend] "m"(addend), [step] "m"(step), [gaps] "m"(gaps)
// To the next group of rows, `bytes` further, unless it was the last one; y is what `top` has reached.
#define MOTE_NEXT_GROUP(bytes)                         \
  "cmp %[top], %[y]\n"                                 \
  "bne 1b\n"                                           \
  "ldr %[x], %[last]\n"                                \
  "cmp %[y], %[x]\n"                                   \
  "beq 2f\n"                                           \
  "add %[y], %[y], #" bytes "\n"                       \
  "str %[y], %[end]\n"                                 \
  "ldrd %[x], %[y], %[gaps]\n"                         \
  "add %[top], %[top], %[x]\n"                         \
  "add %[out], %[out], %[y]\n"                         \
  "b 1b\n"                                             \
  "2:\n"

/// A function of its own, for its registers.
template <int kStride>
__attribute__((noinline)) void run_linear(const LinearRun& r) {
  constexpr int32_t kGroup = kLinearRows<kStride> * kStride * kLinearPitch;
  struct {
    const void *next[2], *places[2];  // weights and channel, inputs and outputs
    const int16_t *end, *last;
    int32_t count, bias, multiplier;
  } state;
  state.next[0] = r.weights, state.next[1] = r.channels;
  state.places[0] = r.top, state.places[1] = r.output;
  state.count = r.count;
  const int32_t row_bytes = 4 * kStride * r.pairs, sizes[2] = {2 * r.plane, row_bytes};
  const int32_t rows_bytes = 2 * kGroup * (r.groups - 1);
  const int32_t gaps[2] = {2 * kGroup - row_bytes, r.group_step - 2 * r.pairs * r.step};
  const int32_t step = r.step, row = r.row, addend = -(128 << kDepthwiseLinearShift);
  const int16_t* top;
  int8_t* out;
  uint32_t x, y, l0, r0, l1, r1, l2, r2;
  int32_t s, t;
  if (kStride == 1) {
    int32_t u, v;
    __asm__ volatile(
        MOTE_BEGIN_CHANNEL
        ".balign 4\n"
        "1:\n"
        MOTE_LOAD_PAIRS("0") MOTE_BEGIN_TAPS("s", "t", "0")
        MOTE_LOAD_PAIRS("1") MOTE_ADD_TAPS("s", "t", "1") MOTE_BEGIN_TAPS("u", "v", "0")
        MOTE_LOAD_PAIRS("2") MOTE_ADD_TAPS("s", "t", "2") MOTE_ADD_TAPS("u", "v", "1")
        MOTE_LOAD_PAIRS("3") MOTE_ADD_TAPS("u", "v", "2")
        "ldr %[x], %[bias]\n"
        "ldr %[y], %[multiplier]\n"
        "add %[top], %[top], #4\n"
        MOTE_BIAS("s") MOTE_BIAS("t") MOTE_BIAS("u") MOTE_BIAS("v")
        "ldr %[x], %[addend]\n"
        MOTE_SCALE("s") MOTE_SCALE("t") MOTE_SATURATE("s") MOTE_SCALE("u")
        MOTE_SATURATE("t") MOTE_SCALE("v") MOTE_SATURATE("u")
        "ldr %[x], %[step]\n"
        "ldr %[y], %[row]\n"
        MOTE_SATURATE("v")
        "add %[y], %[out], %[y]\n"
        "strb %[v], [%[y], %[x]]\n"
        "strb %[u], [%[y]]\n"
        "strb %[t], [%[out], %[x]]\n"
        "strb %[s], [%[out]]\n"
        "ldr %[y], %[end]\n"
        "add %[out], %[out], %[x], lsl #1\n"
        MOTE_NEXT_GROUP("2*2*104")
        MOTE_END_CHANNEL
        : [s] "=&r"(s), [t] "=&r"(t), [u] "=&r"(u), [v] "=&r"(v), MOTE_LINEAR_STATE
        : [row] "m"(row), MOTE_LINEAR_MEMORY
        : "cc", "memory");
  } else {
    uint32_t z;
    __asm__ volatile(
        MOTE_BEGIN_CHANNEL
        ".balign 4\n"
        "1:\n"
        MOTE_LOAD_THREE("0")
        "smuad %[s], %[x], %[l0]\n"
        "smuad %[t], %[y], %[l0]\n"
        "smlabt %[s], %[y], %[r0], %[s]\n"
        "smlabt %[t], %[z], %[r0], %[t]\n"
        MOTE_LOAD_THREE("1") MOTE_ADD_TAPS_2("1")
        MOTE_LOAD_THREE("2") MOTE_ADD_TAPS_2("2")
        "ldr %[x], %[bias]\n"
        "ldr %[y], %[multiplier]\n"
        "ldr %[z], %[addend]\n"
        "add %[top], %[top], #8\n"
        MOTE_BIAS("t") MOTE_BIAS("s")
        "smmlar %[t], %[t], %[y], %[z]\n"
        "smmlar %[s], %[s], %[y], %[z]\n"
        "ldr %[x], %[step]\n"
        "ldr %[y], %[end]\n"
        MOTE_SATURATE("t") MOTE_SATURATE("s")
        "strb %[t], [%[out], %[x]]\n"
        "strb %[s], [%[out]]\n"
        "add %[out], %[out], %[x], lsl #1\n"
        MOTE_NEXT_GROUP("2*2*104")
        MOTE_END_CHANNEL
        : [z] "=&r"(z), [s] "=&r"(s), [t] "=&r"(t), MOTE_LINEAR_STATE
        : MOTE_LINEAR_MEMORY
        : "cc", "memory");
  }
}
// clang-format on

#undef MOTE_LOAD_PAIRS
#undef MOTE_BEGIN_TAPS
#undef MOTE_ADD_TAPS
#undef MOTE_LOAD_THREE
#undef MOTE_ADD_TAPS_2
#undef MOTE_BIAS
#undef MOTE_SCALE
#undef MOTE_SATURATE
#undef MOTE_NEXT_GROUP
#undef MOTE_BEGIN_CHANNEL
#undef MOTE_END_CHANNEL
#undef MOTE_LINEAR_STATE
#undef MOTE_LINEAR_MEMORY

#else

template <int kStride>
void run_linear_channel(const LinearRun& r, int32_t number) {
  const Filter3x3 filter = load_filter(r.weights + 3 * number);
  const LinearChannel& channel = r.channels[number];
  auto store = [&](const int16_t* top, int8_t* to) {
    int32_t sum = sum_3x3(filter, top, kLinearPitch);
    int32_t x = wrapping_add(channel.bias, wrapping_shift_left(sum, kDepthwiseLinearSumShift));
    *to =
        static_cast<int8_t>(requantize_linear_signed<kDepthwiseLinearShift>(x, channel.multiplier));
  };
  for (int32_t g = 0; g < r.groups; ++g) {
    const int32_t row = g * kLinearRows<kStride> * kStride;
    const int16_t* top = r.top + number * r.plane + row * kLinearPitch;
    int8_t* out = r.output + number + g * r.group_step;
    for (int32_t i = 0; i < r.pairs; ++i, top += 2 * kStride, out += 2 * r.step) {
      if (kLinearRows<kStride> == 2) {
        store(top + kLinearPitch + 1, out + r.row + r.step);
        store(top + kLinearPitch, out + r.row);
      }
      store(top + kStride, out + r.step);
      store(top, out);
    }
  }
}

template <int kStride>
void run_linear(const LinearRun& r) {
  for (int32_t i = 0; i < r.count; ++i) run_linear_channel<kStride>(r, i);
}

#endif

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_LINEAR_H_
