// SPDX-License-Identifier: Apache-2.0
// Planes of linear.cc: two or, of narrow pictures, four side by side in rows of a fixed pitch.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_

#include "ops/depthwise_conv_2d/pair_planes.h"

namespace mote {

/// A word of four planes from a word of each of two pixels.
inline void widen_four_channels(uint32_t left, uint32_t right, uint32_t* to) {
  constexpr int32_t kSecond = kLinearPitch / 8;  // words from plane to plane
  widen_pixels(left, right, to, to + kSecond);
  const uint32_t bytes = high_halves(left, right);
  to[2 * kSecond] = widen_even(bytes), to[3 * kSecond] = widen_odd(bytes);
}

/// A function of its own, for its registers.
__attribute__((noinline)) inline void fill_four_planes(const PlaneInside& inside,
                                                       const int8_t* picture, const Steps& steps) {
  const int32_t step = steps.pixel, row_step = steps.row;
  const int32_t head = inside.head, pairs = inside.pairs, tail = inside.tail;
  const uint32_t border = inside.border;
  uint32_t* words = inside.words();
  for (int32_t rows = inside.rows; rows > 0; --rows, picture += row_step) {
    const int8_t* pixel = picture;
    uint32_t* to = words;
    words += kLinearPitch / 2;
    if (head != 0) {
      widen_four_channels(border, load_word(pixel), to++);
      pixel += step;
    }
    for (int32_t left = pairs; left > 0; --left, pixel += 2 * step) {
      widen_four_channels(load_word(pixel), load_word(pixel + step), to++);
    }
    if (tail != 0) widen_four_channels(load_word(pixel), border, to);
  }
}

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_
