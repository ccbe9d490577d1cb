// SPDX-License-Identifier: Apache-2.0
// CONV_2D of int16 activations on pairs: SXTB16 widens two weights of a channel at once, SMLAD
// multiplies them by two inputs. Two windows by two channels take 18 instructions for 16 products.
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/four_windows.h"

namespace mote {
namespace {

/// Sums of windows 0 and 1 for channel 0, then for channel 1.
struct TwoByTwo {
  int32_t sums[4];
};

/// The sums of up to two windows for channels c and c + 1, as far as there are so many, to outputs.
void finish_two_by_two(const Conv2dInt16Params& p, const TwoByTwo& tile, int32_t windows, int32_t c,
                       const FoldedWideChannel* channels, int16_t* output) {
  for (int32_t k = 0; k < 2 && c + k < p.window.output_c; ++k, output += 1) {
    const FoldedWideChannel channel = channels[c + k];
    output[c] = requantize(tile.sums[2 * k], channel, p.output);
    if (windows > 1) {
      output[c + p.window.output_c] = requantize(tile.sums[2 * k + 1], channel, p.output);
    }
  }
}

/// multiply(windows, count, c, tile) computes the sums of the first `count` (1 or 2) windows for
/// channels c and, if it is there, c + 1. columns is null or room for four windows `step` apart.
template <typename Multiply>
void convolve_int16(const Conv2dInt16Params& p, const int16_t* input,
                    const FoldedWideChannel* channels, int16_t* columns, int32_t step,
                    int16_t* output, const Multiply& multiply) {
  const int32_t outputs = p.window.output_c;
  auto multiply_four = [&](const int16_t* const* windows, int32_t count) {
    for (int32_t i = 0; i < count; i += 2) {
      const int32_t together = count - i > 1 ? 2 : 1;
      for (int32_t c = 0; c < outputs; c += 2) {
        TwoByTwo tile;
        multiply(windows + i, together, c, tile);
        finish_two_by_two(p, tile, together, c, channels, output);
      }
      output += together * outputs;
    }
  };
  for_four_windows(p.window, input, columns, step, multiply_four);
}

/// Four depths at a time, which their weights' words hold in the order 0, 2, 1, 3. REQUIRES: fours
/// >= 1.
__attribute__((noinline)) void multiply_two_windows(const int16_t* x0, const int16_t* x1,
                                                    const uint32_t* weights, int32_t fours,
                                                    TwoByTwo& tile) {
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
#if MOTE_DSP_ASSEMBLY
  uint32_t a, b, u, v, even;  // GCC would keep the counter in memory
  __asm__ volatile(
      "1:\n"
      "ldr %[a], [%[x0]], #4\n"
      "ldr %[b], [%[x1]], #4\n"
      "ldr %[u], [%[weights]], #4\n"
      "ldr %[v], [%[weights]], #4\n"
      "sxtb16 %[even], %[u]\n"
      "sxtb16 %[u], %[u], ror #8\n"
      "smlad %[s0], %[a], %[even], %[s0]\n"
      "smlad %[s1], %[b], %[even], %[s1]\n"
      "sxtb16 %[even], %[v]\n"
      "sxtb16 %[v], %[v], ror #8\n"
      "smlad %[s2], %[a], %[even], %[s2]\n"
      "smlad %[s3], %[b], %[even], %[s3]\n"
      "ldr %[a], [%[x0]], #4\n"
      "ldr %[b], [%[x1]], #4\n"
      "subs %[fours], #1\n"
      "smlad %[s0], %[a], %[u], %[s0]\n"
      "smlad %[s1], %[b], %[u], %[s1]\n"
      "smlad %[s2], %[a], %[v], %[s2]\n"
      "smlad %[s3], %[b], %[v], %[s3]\n"
      "bne 1b\n"
      : [s0] "+r"(s0), [s1] "+r"(s1), [s2] "+r"(s2), [s3] "+r"(s3), [a] "=&r"(a), [b] "=&r"(b),
        [u] "=&r"(u), [v] "=&r"(v), [even] "=&r"(even), [x0] "+r"(x0), [x1] "+r"(x1),
        [weights] "+r"(weights), [fours] "+r"(fours)
      :
      : "cc", "memory");
#else
  for (; fours > 0; --fours, x0 += 4, x1 += 4, weights += 2) {
    const uint32_t u = weights[0], v = weights[1];
    uint32_t a = load_word(x0), b = load_word(x1), first = widen_even(u), second = widen_even(v);
    s0 = mac_pairs(a, first, s0), s1 = mac_pairs(b, first, s1);
    s2 = mac_pairs(a, second, s2), s3 = mac_pairs(b, second, s3);
    a = load_word(x0 + 2), b = load_word(x1 + 2), first = widen_odd(u), second = widen_odd(v);
    s0 = mac_pairs(a, first, s0), s1 = mac_pairs(b, first, s1);
    s2 = mac_pairs(a, second, s2), s3 = mac_pairs(b, second, s3);
  }
#endif
  tile.sums[0] = s0, tile.sums[1] = s1, tile.sums[2] = s2, tile.sums[3] = s3;
}

__attribute__((noinline)) void multiply_single_window(const int16_t* x, const uint32_t* weights,
                                                      int32_t fours, TwoByTwo& tile) {
  int32_t s0 = 0, s2 = 0;
  for (; fours > 0; --fours, x += 4, weights += 2) {
    const uint32_t u = weights[0], v = weights[1], a = load_word(x), b = load_word(x + 2);
    s0 = mac_pairs(b, widen_odd(u), mac_pairs(a, widen_even(u), s0));
    s2 = mac_pairs(b, widen_odd(v), mac_pairs(a, widen_even(v), s2));
  }
  tile.sums[0] = s0, tile.sums[2] = s2;
}

int32_t fours_of(const Window& w) {
  return (w.filter_h * w.filter_w * w.input_c + 3) / 4;
}

}  // namespace

void conv_2d_int16_dsp(const Conv2dInt16Params& p, const int16_t* input, const uint32_t* weights,
                       const FoldedWideChannel* channels, int16_t* columns, int16_t* output) {
  const int32_t fours = fours_of(p.window);
  auto multiply = [&](const int16_t* const* windows, int32_t count, int32_t c, TwoByTwo& tile) {
    const uint32_t* w = weights + c * fours;
    if (count > 1) {
      multiply_two_windows(windows[0], windows[1], w, fours, tile);
    } else {
      multiply_single_window(windows[0], w, fours, tile);
    }
  };
  int16_t* const room = reads_fours_in_place(p.window) ? nullptr : columns;
  convolve_int16(p, input, channels, room, 4 * fours, output, multiply);
}

bool check_conv_2d_int16_dsp(const Conv2dInt16Params& p, const Operand* operands) {
  const Window& w = p.window;
  return check_window<int16_t>(w, operands[0], operands[4]) && p.filter_c == w.input_c &&
         fits_four_windows(w) &&
         operands[1].holds<uint32_t>((w.output_c + 1) / 2, fours_of(w), 2) &&
         operands[2].holds<FoldedWideChannel>(w.output_c) &&
         (reads_fours_in_place(w) || operands[3].holds<int16_t>(kTileWindows, fours_of(w), 4)) &&
         is_valid(p.output);
}

}  // namespace mote
