// SPDX-License-Identifier: Apache-2.0
// Planes of the kernels for cores with SMLAD: some channels at a time are taken out of the picture
// into planes of their own, widened to 16 bits. What surrounds the picture there is filled once.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_PAIR_PLANES_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_PAIR_PLANES_H_

#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"

namespace mote {

/// Two planes: rows and columns of each, from one row to the next, from one plane to the other. All
/// but the rows are even.
struct PairPlanes {
  int32_t rows, columns, pitch, second;
};

/// The picture in a plane: rows of whole words, from the one that holds their first pixel on. A
/// pixel behind the border, pairs of pixels, one before the border.
struct PlaneInside {
  int32_t rows, columns;
  int16_t* first;
  int32_t head, pairs, tail;
  uint32_t border;  // channels of a pixel of the border

  uint32_t* words() const { return reinterpret_cast<uint32_t*>(first - head); }
};

inline PlaneInside inside_of(const DepthwiseConv2dInt8DspParams& p, const PairPlanes& plane,
                             int16_t* planes) {
  const Window& w = p.window;
  const int32_t columns = clamp(plane.columns - w.pad_w, 0, w.input_w);
  const int32_t rows = columns > 0 ? clamp(plane.rows - w.pad_h, 0, w.input_h) : 0;
  const int32_t head = w.pad_w & 1, rest = columns - head;
  return {rows,
          columns,
          planes + w.pad_h * plane.pitch + w.pad_w,
          head,
          rest >> 1,
          rest & 1,
          0x01010101 * (static_cast<uint32_t>(-p.input_offset) & 0xff)};
}

/// Two channels of two neighbours, each in a half, to both planes.
inline void widen_pixels(uint32_t left, uint32_t right, uint32_t* first, uint32_t* second) {
  const uint32_t bytes = low_halves(left, right);
  *first = widen_even(bytes);
  *second = widen_odd(bytes);
}

inline void fill_two_planes(const PairPlanes& plane, const PlaneInside& inside,
                            const int8_t* picture, const Steps& steps) {
  const int32_t step = steps.pixel, second = plane.second / 2, pitch = plane.pitch / 2;
  const int32_t head = inside.head, pairs = inside.pairs, tail = inside.tail;
  uint32_t* words = inside.words();
  for (int32_t rows = inside.rows; rows > 0; --rows, picture += steps.row, words += pitch) {
    const int8_t* pixel = picture;
    uint32_t* to = words;
    if (head != 0) {
      widen_pixels(inside.border, load_half(pixel), to, to + second);
      pixel += step, ++to;
    }
    int32_t left = pairs;
    for (; left >= 2; left -= 2, pixel += 4 * step, to += 2) {
      const int8_t* third = pixel + 2 * step;
      const uint32_t a = load_half(pixel), b = load_half(pixel + step), c = load_half(third),
                     d = load_half(third + step);
      widen_pixels(a, b, to, to + second);
      widen_pixels(c, d, to + 1, to + 1 + second);
    }
    if (left > 0) {
      widen_pixels(load_half(pixel), load_half(pixel + step), to, to + second);
      pixel += 2 * step, ++to;
    }
    if (tail != 0) widen_pixels(load_half(pixel), inside.border, to, to + second);
  }
}

/// A single channel, to the first plane.
inline void fill_one_plane(const PairPlanes& plane, const PlaneInside& inside,
                           const int8_t* picture, const Steps& steps) {
  int16_t* row = inside.first;
  for (int32_t y = inside.rows; y > 0; --y, picture += steps.row, row += plane.pitch) {
    for (int32_t x = 0; x < inside.columns; ++x) row[x] = picture[x * steps.pixel];
  }
}

/// Fills the insides of both planes, or of the first one; their borders stay as they are. A
/// function of its own, for its registers.
__attribute__((noinline)) inline void fill_planes(const DepthwiseConv2dInt8DspParams& p,
                                                  const PairPlanes& plane, const int8_t* picture,
                                                  const Steps& steps, bool two, int16_t* planes) {
  const PlaneInside inside = inside_of(p, plane, planes);
  if (two) {
    fill_two_planes(plane, inside, picture, steps);
  } else {
    fill_one_plane(plane, inside, picture, steps);
  }
}

/// The input's zero point everywhere, in a multiple of four words.
__attribute__((noinline)) inline void clear_planes(int32_t words, int32_t input_offset,
                                                   uint32_t* planes) {
  const uint32_t zero = pair_of(-input_offset, -input_offset);
  for (; words >= 4; words -= 4, planes += 4) {
    planes[0] = planes[1] = planes[2] = planes[3] = zero;
  }
  for (; words > 0; --words) *planes++ = zero;
}

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_PAIR_PLANES_H_
