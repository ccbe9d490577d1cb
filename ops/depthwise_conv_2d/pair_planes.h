// SPDX-License-Identifier: Apache-2.0
// Planes of the kernels for cores with SMLAD: two channels at a time are taken out of the picture
// into planes of their own, widened to 16 bits. What surrounds the picture there is filled once.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_PAIR_PLANES_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_PAIR_PLANES_H_

#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"

namespace mote {

/// Two planes' rows and columns, one plane behind the other; a row is words.
struct PairPlanes {
  int32_t rows, pitch;

  int32_t words() const { return rows * pitch; }
};

inline void widen_pixel(const int8_t* pixel, int16_t* first, int16_t* second) {
  *first = pixel[0];
  *second = pixel[1];
}

/// Two neighbours' two channels to both planes, which begin at a word.
inline void widen_pixels(const int8_t* pixel, int32_t step, int16_t* first, int16_t* second) {
  uint32_t bytes = load_half(pixel) | load_half(pixel + step) << 16;
  store_word(first, widen_even(bytes));
  store_word(second, widen_odd(bytes));
}

/// A row of the picture: a pixel before the first whole word, pairs of pixels, and one behind them.
struct RowParts {
  bool head, tail;
  int32_t pairs;
};

/// Channels c and c + 1 of one row.
inline void widen_row(const int8_t* pixel, int32_t step, const RowParts& parts, int16_t* first,
                      int16_t* second) {
  if (parts.head) {
    widen_pixel(pixel, first++, second++);
    pixel += step;
  }
  for (int32_t left = parts.pairs; left > 0; --left) {
    widen_pixels(pixel, step, first, second);
    pixel += 2 * step, first += 2, second += 2;
  }
  if (parts.tail) widen_pixel(pixel, first, second);
}

/// A single channel of one row.
inline void widen_row(const int8_t* pixel, int32_t count, int32_t step, int16_t* first) {
  for (; count > 0; --count, pixel += step) *first++ = *pixel;
}

/// Fills the planes' insides; their borders stay as they are. A function of its own, for its
/// registers.
__attribute__((noinline)) inline void fill_planes(const Window& w, const PairPlanes& plane,
                                                  const int8_t* picture, const Steps& steps,
                                                  bool two, int16_t* planes) {
  int32_t rows = clamp(plane.rows - w.pad_h, 0, w.input_h);
  const int32_t columns = clamp(plane.pitch - w.pad_w, 0, w.input_w);
  if (columns == 0) return;
  int16_t* first = planes + w.pad_h * plane.pitch + w.pad_w;
  const int32_t head = w.pad_w % 2, step = steps.pixel, second = plane.words();
  const RowParts parts = {head != 0, (columns - head) % 2 != 0, (columns - head) / 2};
  for (; rows > 0; --rows, picture += steps.row, first += plane.pitch) {
    if (two) {
      widen_row(picture, step, parts, first, first + second);
    } else {
      widen_row(picture, columns, step, first);
    }
  }
}

/// The input's zero point everywhere.
inline void clear_planes(const PairPlanes& plane, int32_t input_offset, uint32_t* planes) {
  uint32_t zero = pair_of(-input_offset, -input_offset);
  for (int32_t i = 0; i < plane.words(); ++i) planes[i] = zero;
}

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_PAIR_PLANES_H_
