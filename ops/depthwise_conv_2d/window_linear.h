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

/// Pairs of neighbours in rows of one channel. REQUIRES: top at a word, groups, pairs >= 1.
struct LinearRun {
  const uint32_t* weights;  // three words, of each row taps 0, 1, 1 and 2
  LinearChannel channel;
  const int16_t* top;     // of the first window
  int32_t groups, pairs;  // of kLinearRows rows each, of neighbours in each
  int8_t* output;
  int32_t step, row;   // to the next output, to a group's second row; 0 where there is none: what
                       // it would be is stored first, and overwritten
  int32_t group_step;  // from a group's outputs to the next one's
};

#if MOTE_DSP_ASSEMBLY

static_assert(kLinearPitch == 52, "assembly has it as a number");
// clang-format off
// Inputs (x0, x1) and (x2, x3) of a plane's row; outputs s and t from them and a filter's row.
#define MOTE_LOAD_PAIRS(row) "ldrd %[x], %[y], [%[top], #2*52*" row "]\n"
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
  "ldr %[x], [%[top], #2*52*" row "]\n"                \
  "ldr %[y], [%[top], #2*52*" row "+4]\n"              \
  "ldr %[z], [%[top], #2*52*" row "+8]\n"
#define MOTE_ADD_TAPS_2(i)                             \
  "smlad %[s], %[x], %[l" i "], %[s]\n"                \
  "smlad %[t], %[y], %[l" i "], %[t]\n"                \
  "smlabt %[s], %[y], %[r" i "], %[s]\n"               \
  "smlabt %[t], %[z], %[r" i "], %[t]\n"
#define MOTE_BIAS(s) "add %[" s "], %[x], %[" s "], lsl %[sum_shift]\n"
#define MOTE_SCALE(s) "smmlar %[" s "], %[" s "], %[y], %[x]\n"
#define MOTE_SATURATE(s) "ssat %[" s "], #8, %[" s "], asr %[shift]\n"
// To the next group of rows, `bytes` further, unless it was the last one; y is what `top` has reached.
#define MOTE_NEXT_GROUP(bytes)                         \
  "cmp %[top], %[y]\n"                                 \
  "bne 1b\n"                                           \
  "ldr %[x], %[last]\n"                                \
  "cmp %[y], %[x]\n"                                   \
  "beq 2f\n"                                           \
  "add %[y], %[y], #" bytes "\n"                       \
  "str %[y], %[end]\n"                                 \
  "ldr %[x], %[top_gap]\n"                             \
  "ldr %[y], %[output_gap]\n"                          \
  "add %[top], %[top], %[x]\n"                         \
  "add %[out], %[out], %[y]\n"                         \
  "b 1b\n"                                             \
  "2:\n"

/// A function of its own, for its registers.
template <int kStride>
__attribute__((noinline)) void run_linear(const LinearRun& r) {
  constexpr int32_t kGroup = kLinearRows<kStride> * kStride * kLinearPitch;
  const uint32_t l0 = widen_even(r.weights[0]), r0 = widen_odd(r.weights[0]);
  const uint32_t l1 = widen_even(r.weights[1]), r1 = widen_odd(r.weights[1]);
  const uint32_t l2 = widen_even(r.weights[2]), r2 = widen_odd(r.weights[2]);
  const int32_t line[2] = {r.channel.bias, r.channel.multiplier}, steps[2] = {r.step, r.row};
  const int32_t addend = -(128 << kDepthwiseLinearShift);
  const int32_t top_gap = 2 * (kGroup - 2 * kStride * r.pairs);
  const int32_t output_gap = r.group_step - 2 * r.pairs * r.step;
  const int16_t *top = r.top, *end = top + 2 * kStride * r.pairs;
  const int16_t* last = end + (r.groups - 1) * kGroup;
  int8_t* out = r.output;
  uint32_t x, y;
  int32_t s, t;
  if (kStride == 1) {
    int32_t u, v;
    __asm__ volatile(
        ".balign 4\n"
        "1:\n"
        MOTE_LOAD_PAIRS("0") MOTE_BEGIN_TAPS("s", "t", "0")
        MOTE_LOAD_PAIRS("1") MOTE_ADD_TAPS("s", "t", "1") MOTE_BEGIN_TAPS("u", "v", "0")
        MOTE_LOAD_PAIRS("2") MOTE_ADD_TAPS("s", "t", "2") MOTE_ADD_TAPS("u", "v", "1")
        MOTE_LOAD_PAIRS("3") MOTE_ADD_TAPS("u", "v", "2")
        "ldrd %[x], %[y], %[line]\n"
        "add %[top], %[top], #4\n"
        MOTE_BIAS("s") MOTE_BIAS("t") MOTE_BIAS("u") MOTE_BIAS("v")
        "ldr %[x], %[addend]\n"
        MOTE_SCALE("s") MOTE_SCALE("t") MOTE_SCALE("u") MOTE_SCALE("v")
        "ldrd %[x], %[y], %[steps]\n"
        MOTE_SATURATE("v") MOTE_SATURATE("u") MOTE_SATURATE("t") MOTE_SATURATE("s")
        "add %[y], %[out], %[y]\n"
        "strb %[v], [%[y], %[x]]\n"
        "strb %[u], [%[y]]\n"
        "strb %[t], [%[out], %[x]]\n"
        "strb %[s], [%[out]]\n"
        "ldr %[y], %[end]\n"
        "add %[out], %[out], %[x], lsl #1\n"
        MOTE_NEXT_GROUP("2*2*52")
        : [top] "+r"(top), [out] "+r"(out), [x] "=&r"(x), [y] "=&r"(y), [s] "=&r"(s),
          [t] "=&r"(t), [u] "=&r"(u), [v] "=&r"(v), [end] "+m"(end)
        : [l0] "r"(l0), [r0] "r"(r0), [l1] "r"(l1), [r1] "r"(r1), [l2] "r"(l2), [r2] "r"(r2),
          [line] "m"(line), [addend] "m"(addend), [steps] "m"(steps), [last] "m"(last),
          [top_gap] "m"(top_gap), [output_gap] "m"(output_gap),
          [sum_shift] "i"(kDepthwiseLinearSumShift), [shift] "i"(kDepthwiseLinearShift)
        : "cc", "memory");
  } else {
    uint32_t z;
    __asm__ volatile(
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
        MOTE_NEXT_GROUP("2*2*52")
        : [top] "+r"(top), [out] "+r"(out), [x] "=&r"(x), [y] "=&r"(y), [z] "=&r"(z),
          [s] "=&r"(s), [t] "=&r"(t), [end] "+m"(end)
        : [l0] "r"(l0), [r0] "r"(r0), [l1] "r"(l1), [r1] "r"(r1), [l2] "r"(l2), [r2] "r"(r2),
          [bias] "m"(line[0]), [multiplier] "m"(line[1]), [addend] "m"(addend),
          [step] "m"(steps[0]), [last] "m"(last), [top_gap] "m"(top_gap),
          [output_gap] "m"(output_gap), [sum_shift] "i"(kDepthwiseLinearSumShift),
          [shift] "i"(kDepthwiseLinearShift)
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

#else

template <int kStride>
void run_linear(const LinearRun& r) {
  const Filter3x3 filter = load_filter(r.weights);
  auto store = [&](const int16_t* top, int8_t* to) {
    int32_t sum = sum_3x3(filter, top, kLinearPitch);
    int32_t x = wrapping_add(r.channel.bias, wrapping_shift_left(sum, kDepthwiseLinearSumShift));
    *to = static_cast<int8_t>(
        requantize_linear_signed<kDepthwiseLinearShift>(x, r.channel.multiplier));
  };
  for (int32_t g = 0; g < r.groups; ++g) {
    const int16_t* top = r.top + g * kLinearRows<kStride> * kStride * kLinearPitch;
    int8_t* out = r.output + g * r.group_step;
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

#endif

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_WINDOW_LINEAR_H_
