// SPDX-License-Identifier: Apache-2.0
// Planes of linear.cc: four channels' side by side in rows of a fixed pitch. Each holds a strip of
// the picture, as wide as it has room for, widened to 16 bits.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_

#include "ops/depthwise_conv_2d/pair_planes.h"

namespace mote {

/// Words of a plane's row, of all four.
constexpr int32_t kStripWords = kLinearPitch / 8, kStripPitch = kLinearPitch / 2;

/// The pixels of a strip that the strip before it hasn't had. REQUIRES: rows >= 1.
struct StripPixels {
  int32_t rows;
  int32_t step, gap;  // bytes from pixel to pixel, from behind a row to the next one
  int32_t words_gap;  // likewise in the planes
  uint32_t row;       // pixels of a row; bit 31: with one more behind the border before them
  uint32_t border;    // channels of a pixel of the border
};
constexpr uint32_t kBehindBorder = 1u << 31;

#if MOTE_DSP_ASSEMBLY

static_assert(kLinearPitch == 104, "assembly has it as a number");
// clang-format off
// A word of all four planes from two pixels. low, high and e are lost; left may be low, right high.
#define MOTE_WIDEN(left, right, low, high)                      \
  "pkhbt %[e], %[" left "], %[" right "], lsl #16\n"            \
  "pkhtb %[" high "], %[" right "], %[" left "], asr #16\n"     \
  "sxtb16 %[" low "], %[e]\n"                                   \
  "sxtb16 %[e], %[e], ror #8\n"                                 \
  "str %[" low "], [%[to]], #4\n"                               \
  "sxtb16 %[" low "], %[" high "]\n"                            \
  "str %[e], [%[to], #1*52-4]\n"                                \
  "sxtb16 %[" high "], %[" high "], ror #8\n"                   \
  "str %[" low "], [%[to], #2*52-4]\n"                          \
  "str %[" high "], [%[to], #3*52-4]\n"

/// Fills words of the planes: behind the border, two pairs at a time (3), a pair, before the border.
[[gnu::always_inline]] inline void fill_strip(const StripPixels& strip, const int8_t* pixel,
                                              uint32_t* to) {
  int32_t rows = strip.rows;
  uint32_t left, a, b, c, d, e;
  __asm__ volatile(
      ".balign 4\n"
      "1:\n"
      "lsls %[left], %[row], #1\n"
      "bcc 2f\n"
      "ldr %[b], [%[pixel]]\n"
      "add %[pixel], %[pixel], %[step]\n"
      MOTE_WIDEN("border", "b", "a", "b")
      "2:\n"
      "subs %[left], %[left], #8\n"
      "bcc 4f\n"
      ".balign 4\n"
      "3:\n"
      "add %[e], %[pixel], %[step]\n"
      "ldr %[a], [%[pixel]]\n"
      "ldr %[b], [%[pixel], %[step]]\n"
      "ldr %[c], [%[pixel], %[step], lsl #1]\n"
      "ldr %[d], [%[e], %[step], lsl #1]\n"
      "add %[pixel], %[pixel], %[step], lsl #2\n"
      MOTE_WIDEN("a", "b", "a", "b") MOTE_WIDEN("c", "d", "c", "d")
      "subs %[left], %[left], #8\n"
      "bcs 3b\n"
      "4:\n"
      "lsls %[left], %[left], #30\n"
      "bcc 5f\n"
      "ldr %[a], [%[pixel]]\n"
      "ldr %[b], [%[pixel], %[step]]\n"
      "add %[pixel], %[pixel], %[step], lsl #1\n"
      MOTE_WIDEN("a", "b", "a", "b")
      "5:\n"
      "bpl 6f\n"
      "ldr %[a], [%[pixel]]\n"
      "add %[pixel], %[pixel], %[step]\n"
      MOTE_WIDEN("a", "border", "a", "b")
      "6:\n"
      "add %[pixel], %[pixel], %[gap]\n"
      "add %[to], %[to], %[words_gap]\n"
      "subs %[rows], %[rows], #1\n"
      "bne 1b\n"
      : [pixel] "+r"(pixel), [to] "+r"(to), [rows] "+r"(rows), [left] "=&r"(left), [a] "=&r"(a),
        [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d), [e] "=&r"(e)
      : [step] "r"(strip.step), [gap] "r"(strip.gap), [words_gap] "r"(strip.words_gap),
        [border] "r"(strip.border), [row] "r"(strip.row)
      : "cc", "memory");
}
// clang-format on
#undef MOTE_WIDEN

#else

/// Words of all four planes from a word of each of two pixels.
inline void widen_four_channels(uint32_t left, uint32_t right, uint32_t* to) {
  widen_pixels(left, right, to, to + kStripWords);
  const uint32_t bytes = high_halves(left, right);
  to[2 * kStripWords] = widen_even(bytes), to[3 * kStripWords] = widen_odd(bytes);
}

inline void fill_strip(const StripPixels& strip, const int8_t* pixel, uint32_t* to) {
  const int32_t step = strip.step;
  for (int32_t y = 0; y < strip.rows; ++y, pixel += strip.gap, to += strip.words_gap / 4) {
    if (strip.row & kBehindBorder) {
      widen_four_channels(strip.border, load_word(pixel), to++);
      pixel += step;
    }
    const int32_t pixels = static_cast<int32_t>(strip.row & ~kBehindBorder);
    for (int32_t i = 0; i < pixels / 2; ++i, pixel += 2 * step) {
      widen_four_channels(load_word(pixel), load_word(pixel + step), to++);
    }
    if (pixels % 2 == 0) continue;
    widen_four_channels(load_word(pixel), strip.border, to++);
    pixel += step;
  }
}

#endif

/// Begins a strip in these rows as the one before ended, and fills words [used, end) behind its
/// pixels with border.
__attribute__((noinline)) inline void begin_strip(int32_t rows, int32_t used, int32_t end,
                                                  uint32_t border, uint32_t* words) {
  for (; rows > 0; --rows, words += kStripPitch) {
    const uint32_t a = words[kStripWords - 1], b = words[2 * kStripWords - 1],
                   c = words[3 * kStripWords - 1], d = words[4 * kStripWords - 1];
    words[0] = a, words[kStripWords] = b, words[2 * kStripWords] = c, words[3 * kStripWords] = d;
    for (int32_t i = used; i < end; ++i) {
      words[i] = words[i + kStripWords] = border;
      words[i + 2 * kStripWords] = words[i + 3 * kStripWords] = border;
    }
  }
}

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_
