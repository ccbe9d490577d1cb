// SPDX-License-Identifier: Apache-2.0
// CONV_2D for hosts: four output pixels by sixteen channels at a time, in eight vectors of sums.
// The windows of four pixels are widened to 16 bits, one after the other, in `columns`; two depths
// of a pixel meet two depths of eight channels in one instruction. Padding is the input's zero
// point, which the folded bias takes off again.
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/windows.h"
#include "ops/quantized/folded_eight.h"

namespace mote {

MOTE_EIGHT_BEGIN

namespace {

/// Four pixels' sums of sixteen channels.
struct SixteenSums {
  Int32x8 low[4], high[4];
};

Int32x8 spread_pair(const int16_t* pair) {
  return all_eight(load_vector<int32_t>(pair));
}

/// `pairs` of depths; columns lie 2 · pairs apart. Sums have names, or GCC's loop is a tenth
/// slower.
inline void multiply_sixteen(const int16_t* columns, const int16_t* weights, int32_t pairs,
                             SixteenSums* sums) {
  const int16_t *a = columns, *b = a + 2 * pairs, *c = b + 2 * pairs, *d = c + 2 * pairs;
  Int32x8 a0{}, a1{}, b0{}, b1{}, c0{}, c1{}, d0{}, d1{};
  for (int32_t i = 0; i < pairs; ++i, weights += 32) {
    Int32x8 low = load_vector<Int32x8>(weights), high = load_vector<Int32x8>(weights + 16);
    Int32x8 x = spread_pair(a + 2 * i);
    a0 += mac_halves(x, low), a1 += mac_halves(x, high);
    x = spread_pair(b + 2 * i);
    b0 += mac_halves(x, low), b1 += mac_halves(x, high);
    x = spread_pair(c + 2 * i);
    c0 += mac_halves(x, low), c1 += mac_halves(x, high);
    x = spread_pair(d + 2 * i);
    d0 += mac_halves(x, low), d1 += mac_halves(x, high);
  }
  *sums = {{a0, b0, c0, d0}, {a1, b1, c1, d1}};
}

/// The walk over the output.
struct WideTiles {
  const Conv2dInt8Params& params;
  const int16_t* weights;
  const FoldedEight* channels;
  int16_t* columns;
  int8_t* output;
  int32_t pairs;
  int32_t filled;  // columns
};

void finish_pixels(WideTiles& tiles) {
  const int32_t count = tiles.params.window.output_c;
  const int16_t* weights = tiles.weights;
  const FoldedEight* channels = tiles.channels;
  for (int32_t c = 0; c < count; c += 16, weights += 32 * tiles.pairs, channels += 2) {
    SixteenSums sums;
    multiply_sixteen(tiles.columns, weights, tiles.pairs, &sums);
    int8_t* out = tiles.output + c;
    for (int32_t i = 0; i < tiles.filled; ++i, out += count) {
      Int32x8 low = requantize_eight(sums.low[i], channels[0], tiles.params.output);
      Int32x8 high = requantize_eight(sums.high[i], channels[1], tiles.params.output);
      if (count - c >= 16) {
        store_sixteen(low, high, out);
      } else {
        store_bytes(low, count - c, out);
        if (count - c > 8) store_bytes(high, count - c - 8, out + 8);
      }
    }
  }
  tiles.output += tiles.filled * count;
  tiles.filled = 0;
}

void widen_row(const int8_t* from, int32_t count, int16_t* to) {
  for (; count >= 16; count -= 16, from += 16, to += 16) {
    reinterpret_cast<Anywhere<Int32x8>*>(to)->value = widen_sixteen(from);
  }
  if (count >= 8) {
    reinterpret_cast<Anywhere<Int16x8>*>(to)->value = widen_half(from);
    count -= 8, from += 8, to += 8;
  }
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
}

/// The next window's column.
int16_t* next_column(const WideTiles& tiles) {
  return tiles.columns + tiles.filled * 2 * tiles.pairs;
}

void finish_column(WideTiles& tiles) {
  if (++tiles.filled == 4) finish_pixels(tiles);
}

/// A window on the picture's edge.
void add_edge(WideTiles& tiles, const int8_t* picture, const PlacedWindow& at) {
  const int16_t zero = static_cast<int16_t>(-tiles.params.input_offset);
  int16_t* column = next_column(tiles);
  visit_window(
      tiles.params.window, picture, at,
      [&](const int8_t* from, int32_t bytes) {
        widen_row(from, bytes, column);
        column += bytes;
      },
      [&](int32_t bytes) {
        for (int32_t i = 0; i < bytes; ++i) column[i] = zero;
        column += bytes;
      });
  finish_column(tiles);
}

/// Windows side by side that lie inside the picture.
void add_inner(WideTiles& tiles, const int8_t* from, int32_t count) {
  const Window& w = tiles.params.window;
  const WindowPieces pieces = pieces_of(w);
  for (; count > 0; --count, from += w.stride_w * w.input_c) {
    int16_t* column = next_column(tiles);
    const int8_t* piece = from;
    for (int32_t i = 0; i < pieces.count; ++i, piece += w.input_w * w.input_c) {
      widen_row(piece, pieces.bytes, column);
      column += pieces.bytes;
    }
    finish_column(tiles);
  }
}

/// Pixels that are windows, four by four.
void add_pixels(WideTiles& tiles, const int8_t* input) {
  const Window& w = tiles.params.window;
  const int32_t depth = w.input_c;
  for (int32_t left = w.batches * w.output_h * w.output_w; left > 0; left -= 4) {
    tiles.filled = left < 4 ? left : 4;
    widen_row(input, tiles.filled * depth, tiles.columns);
    input += tiles.filled * depth;
    finish_pixels(tiles);
  }
}

int32_t depth_pairs(const Window& w) {
  return (w.filter_h * w.filter_w * w.input_c + 1) / 2;
}

}  // namespace

void conv_2d_int8_avx2(const Conv2dInt8Params& p, const int8_t* input, const int16_t* weights,
                       const FoldedEight* channels, int16_t* columns, int8_t* output) {
  WideTiles tiles{p, weights, channels, columns, output, depth_pairs(p.window), 0};
  for (int32_t i = 0; i < 8 * tiles.pairs; ++i) columns[i] = 0;  // odd depths have a last one more
  if (is_flat(p.window) && p.window.input_c % 2 == 0) return add_pixels(tiles, input);
  for_each_window(
      p.window, input,
      [&](const int8_t* from, int32_t windows) { add_inner(tiles, from, windows); },
      [&](const int8_t* picture, const PlacedWindow& at) { add_edge(tiles, picture, at); });
  if (tiles.filled > 0) finish_pixels(tiles);
}

MOTE_EIGHT_END

bool check_conv_2d_int8_avx2(const Conv2dInt8Params& p, const Operand* operands) {
  const Window& w = p.window;
  if (!has_eight() || !check_packed_window(w, p.filter_c, operands[0], operands[4])) return false;
  int32_t blocks = (w.output_c + 15) / 16, pairs = depth_pairs(w);
  return operands[1].holds<int16_t>(blocks, pairs, 32) &&
         operands[2].holds<FoldedEight>(blocks, 2) && operands[3].holds<int16_t>(pairs, 8) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

}  // namespace mote
