// SPDX-License-Identifier: Apache-2.0
// CONV_2D on pairs of 16-bit numbers: four output pixels by two output channels at a time. The
// inputs of four windows are widened to 16 bits once, side by side in `columns`, and then used by
// all channels. A word of weights holds two channels at two depths as 16-bit numbers
// 256·second + first, so that one multiplication serves both: its sum, less that of the first
// channel alone, is 256 times that of the second. Padding is the input's zero point, which the
// folded bias takes off again.
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/dot_pairs.h"
#include "ops/conv_2d/windows.h"

namespace mote {
namespace {

/// The walk over the output: windows are widened one by one, and multiplied four by four.
struct Tiles {
  const Conv2dInt8Params& params;
  const uint32_t* weights;
  const FoldedChannel* channels;
  uint32_t* columns;
  int8_t* output;
  int32_t pairs;       // of depth in a column
  int32_t filled = 0;  // columns
};

void fill_bytes(int8_t* to, int32_t count, int32_t value) {
  for (int32_t i = 0; i < count; ++i) to[i] = static_cast<int8_t>(value);
}

void copy_bytes(const int8_t* from, int32_t count, int8_t* to) {
  for (; count >= 4; count -= 4, from += 4, to += 4) store_word(to, load_word(from));
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
}

/// Four bytes to each two pairs of the column.
uint32_t* widen(const int8_t* from, int32_t words, uint32_t* column) {
  for (; words >= 4; words -= 4, from += 16, column += 32) {
    uint32_t a = load_word(from), b = load_word(from + 4), c = load_word(from + 8),
             d = load_word(from + 12);
    column[0] = widen_even(a), column[4] = widen_odd(a);
    column[8] = widen_even(b), column[12] = widen_odd(b);
    column[16] = widen_even(c), column[20] = widen_odd(c);
    column[24] = widen_even(d), column[28] = widen_odd(d);
  }
  for (; words > 0; --words, from += 4, column += 8) {
    uint32_t a = load_word(from);
    column[0] = widen_even(a), column[4] = widen_odd(a);
  }
  return column;
}

uint32_t* fill_column(uint32_t pair, int32_t words, uint32_t* column) {
  for (; words > 0; --words, column += 8) column[0] = column[4] = pair;
  return column;
}

/// Whole words of channels: straight into the column.
void widen_window(const Conv2dInt8Params& p, const int8_t* picture, int32_t y, int32_t x,
                  uint32_t* column) {
  uint32_t zero = pair_of(-p.input_offset, -p.input_offset);
  auto copy = [&](const int8_t* from, int32_t bytes) { column = widen(from, bytes / 4, column); };
  auto fill = [&](int32_t bytes) { column = fill_column(zero, bytes / 4, column); };
  visit_window(p.window, picture, y, x, copy, fill);
}

/// Any number of channels: the window's bytes are gathered first.
void gather_window(const Conv2dInt8Params& p, const int8_t* picture, int32_t y, int32_t x,
                   int8_t* patch) {
  auto copy = [&](const int8_t* from, int32_t bytes) {
    copy_bytes(from, bytes, patch);
    patch += bytes;
  };
  auto fill = [&](int32_t bytes) {
    fill_bytes(patch, bytes, -p.input_offset);
    patch += bytes;
  };
  visit_window(p.window, picture, y, x, copy, fill);
}

/// Four columns to four pixels of all channels.
void finish_four(Tiles& tiles) {
  const int32_t count = tiles.params.window.output_c;
  const uint32_t* weights = tiles.weights;
  const FoldedChannel* channel = tiles.channels;
  int8_t* out = tiles.output;
  for (int32_t left = count; left > 0; left -= 2, weights += tiles.pairs, channel += 2, out += 2) {
    EightSums s;
    dot_four(tiles.columns, weights, tiles.pairs, &s);
    FoldedChannel first = load_channel(channel[0]);
    out[0] = requantize_first(s.first[0], first);
    out[count] = requantize_first(s.first[1], first);
    out[2 * count] = requantize_first(s.first[2], first);
    out[3 * count] = requantize_first(s.first[3], first);
    if (left == 1) break;
    FoldedChannel second = load_channel(channel[1]);
    out[1] = requantize_second(s.first[0], s.both[0], second);
    out[count + 1] = requantize_second(s.first[1], s.both[1], second);
    out[2 * count + 1] = requantize_second(s.first[2], s.both[2], second);
    out[3 * count + 1] = requantize_second(s.first[3], s.both[3], second);
  }
  clamp_outputs(tiles.output, 4 * count, tiles.params.output);
  tiles.output += 4 * count;
}

/// One column to one pixel.
void finish_one(Tiles& tiles, const uint32_t* column) {
  const int32_t count = tiles.params.window.output_c;
  const uint32_t* weights = tiles.weights;
  for (int32_t k = 0; k < count; k += 2, weights += tiles.pairs) {
    TwoSums s = dot_one(column, weights, tiles.pairs);
    tiles.output[k] = requantize_first(s.first, tiles.channels[k]);
    if (k + 1 < count) {
      tiles.output[k + 1] = requantize_second(s.first, s.both, tiles.channels[k + 1]);
    }
  }
  clamp_outputs(tiles.output, count, tiles.params.output);
  tiles.output += count;
}

/// Bytes of a window, rounded up to words.
int32_t window_words(const Window& w) {
  return (w.filter_h * w.filter_w * w.input_c + 3) / 4;
}

/// One tap, never on padding: a window is a pixel of the picture.
bool is_pixelwise(const Window& w) {
  return w.filter_h == 1 && w.filter_w == 1 && w.pad_h == 0 && w.pad_w == 0;
}

/// Whether the pixels of a pixelwise window lie in the picture: they are read without looking.
bool check_pixels(const Window& w) {
  return !is_pixelwise(w) ||
         ((w.output_h - 1) * w.stride_h < w.input_h && (w.output_w - 1) * w.stride_w < w.input_w);
}

void add_window(Tiles& tiles, const int8_t* picture, int32_t y, int32_t x) {
  const Window& w = tiles.params.window;
  uint32_t* column = tiles.columns + tiles.filled;
  if (w.input_c % 4 != 0) {
    int8_t* patch = reinterpret_cast<int8_t*>(tiles.columns + 4 * tiles.pairs);
    gather_window(tiles.params, picture, y, x, patch);
    widen(patch, tiles.pairs / 2, column);
  } else if (is_pixelwise(w)) {
    widen(picture + (y * w.stride_h * w.input_w + x * w.stride_w) * w.input_c, w.input_c / 4,
          column);
  } else {
    widen_window(tiles.params, picture, y, x, column);
  }
  if (++tiles.filled == 4) {
    finish_four(tiles);
    tiles.filled = 0;
  }
}

}  // namespace

void conv_2d_int8_dsp(const Conv2dInt8Params& p, const int8_t* input, const uint32_t* weights,
                      const FoldedChannel* channels, uint32_t* columns, int8_t* output) {
  const Window& w = p.window;
  Tiles tiles{p, weights, channels, columns, output, 2 * window_words(w)};
  if (w.input_c % 4 != 0) columns[tiles.pairs * 4 + tiles.pairs / 2 - 1] = 0;  // the patch's end
  for_each_pixel(w, input, [&](const int8_t* picture, int32_t y, int32_t x) {
    add_window(tiles, picture, y, x);
  });
  for (int32_t i = 0; i < tiles.filled; ++i) finish_one(tiles, columns + i);
}

bool check_conv_2d_int8_dsp(const Conv2dInt8Params& p, const Operand* operands) {
  const Window& w = p.window;
  if (!check_packed_window(w, p.filter_c, operands[0], operands[4]) || !check_pixels(w))
    return false;
  int32_t words = window_words(w), patch = w.input_c % 4 != 0 ? words : 0;
  return operands[1].holds<uint32_t>((w.output_c + 1) / 2, 2 * words) &&
         check_folded(operands[2], w.output_c) &&
         operands[3].holds<uint32_t>(int64_t{8} * words + patch) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

}  // namespace mote
