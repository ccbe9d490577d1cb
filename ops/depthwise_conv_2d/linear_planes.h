// SPDX-License-Identifier: Apache-2.0
// Planes of linear.cc: some channels at a time are taken out of the picture into planes of their
// own, widened to 16 bits, which lie side by side in rows of a fixed pitch. What surrounds the
// picture there is filled once.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_

#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"

namespace mote {

/// A row's parts in whole words of a plane: a pixel behind the border, pairs of pixels, and one
/// before the border.
struct LinearRowParts {
  bool head, tail;
  int32_t pairs;
  uint32_t border;  // two channels of a pixel of the border
};

/// Two channels of two neighbours, a plane `kWords` behind the other one.
template <int kWords>
void widen_two_channels(uint32_t bytes, uint32_t* to) {
  to[0] = widen_even(bytes), to[kWords] = widen_odd(bytes);
}

/// kChannels of two pixels, each as read_channels() reads it, to a word of as many planes.
template <int kChannels>
void widen_neighbours(uint32_t left, uint32_t right, uint32_t* to) {
  constexpr int kWords = kLinearPitch / 2 / kChannels;
  widen_two_channels<kWords>(low_halves(left, right), to);
  if (kChannels == 4) {
    widen_two_channels<kWords>(high_halves(left, right), to + 2 * kWords);
  }
}

template <int kChannels>
uint32_t read_channels(const int8_t* pixel) {
  return kChannels == 4 ? load_word(pixel) : load_half(pixel);
}

/// The picture's rows, from a plane's first word on. A function of its own, for its registers.
template <int kChannels>
__attribute__((noinline)) void widen_linear_rows(const int8_t* picture, const Steps& steps,
                                                 const LinearRowParts& parts, int32_t rows,
                                                 uint32_t* words) {
  const int32_t step = steps.pixel, row_step = steps.row, pairs = parts.pairs;
  const uint32_t border = parts.border;
  const bool head = parts.head, tail = parts.tail;
  for (; rows > 0; --rows, picture += row_step, words += kLinearPitch / 2) {
    const int8_t* pixel = picture;
    uint32_t* to = words;
    if (head) {
      widen_neighbours<kChannels>(border, read_channels<kChannels>(pixel), to++);
      pixel += step;
    }
    for (int32_t left = pairs; left > 0; --left, pixel += 2 * step) {
      uint32_t first = read_channels<kChannels>(pixel),
               second = read_channels<kChannels>(pixel + step);
      widen_neighbours<kChannels>(first, second, to++);
    }
    if (tail) widen_neighbours<kChannels>(read_channels<kChannels>(pixel), border, to);
  }
}

/// A single channel, to the first plane.
inline void widen_channel(const int8_t* picture, const Steps& steps, int32_t rows, int32_t columns,
                          int16_t* plane) {
  for (; rows > 0; --rows, picture += steps.row, plane += kLinearPitch) {
    for (int32_t x = 0; x < columns; ++x) plane[x] = picture[x * steps.pixel];
  }
}

/// Fills the insides of as many planes as side by side; their borders stay as they are.
inline void fill_linear_planes(const DepthwiseConv2dInt8DspParams& p, const int8_t* picture,
                               int32_t channels, int16_t* planes) {
  const Window& w = p.window;
  const Steps steps = steps_of(p, w.input_h, w.input_w);
  const int32_t rows = clamp(linear_rows(w) - w.pad_h, 0, w.input_h);
  const int32_t columns = clamp(linear_columns(w) - w.pad_w, 0, w.input_w);
  int16_t* first = planes + w.pad_h * kLinearPitch + w.pad_w;
  if (columns == 0) return;
  if (channels == 1) return widen_channel(picture, steps, rows, columns, first);
  const int32_t head = w.pad_w % 2, rest = columns - head;
  const uint32_t zero = static_cast<uint32_t>(-p.input_offset) & 0xff;
  const LinearRowParts parts = {head != 0, rest % 2 != 0, rest / 2, 0x01010101 * zero};
  auto* words = reinterpret_cast<uint32_t*>(first - head);
  if (channels == 4) {
    widen_linear_rows<4>(picture, steps, parts, rows, words);
  } else {
    widen_linear_rows<2>(picture, steps, parts, rows, words);
  }
}

/// The input's zero point everywhere.
inline void clear_linear_planes(const DepthwiseConv2dInt8DspParams& p, uint32_t* planes) {
  const uint32_t zero = pair_of(-p.input_offset, -p.input_offset);
  for (int32_t i = linear_rows(p.window) * kLinearPitch / 2; i > 0; --i) *planes++ = zero;
}

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_LINEAR_PLANES_H_
