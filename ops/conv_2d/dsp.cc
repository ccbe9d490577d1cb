// SPDX-License-Identifier: Apache-2.0
// CONV_2D on pairs of 16-bit numbers: four output pixels by two output channels at a time. The
// inputs of four windows are widened to 16 bits once, side by side in `columns`, and then used by
// all channels. A word of weights holds two channels at two depths as 16-bit numbers
// 256·second + first, so that one multiplication serves both: its sum, less that of the first
// channel alone, is 256 times that of the second. Padding is the input's zero point, which the
// folded bias takes off again. Weights of 4 bits are multiplied for four channels at a time, and
// two pixels (dot_quads.h).
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/dot_pairs.h"
#include "ops/conv_2d/dot_quads.h"
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
  int32_t pairs;                // of depth in a column
  void (*finish_four)(Tiles&);  // four columns to four pixels of all channels
  int32_t filled = 0;           // columns
};

void fill_bytes(int8_t* to, int32_t count, int32_t value) {
  for (int32_t i = 0; i < count; ++i) to[i] = static_cast<int8_t>(value);
}

void copy_bytes(const int8_t* from, int32_t count, int8_t* to) {
  for (; count >= 4; count -= 4, from += 4, to += 4) store_word(to, load_word(from));
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
}

/// Bytes in rows of whole words.
struct Block {
  const int8_t* from;
  int32_t rows, words, step;  // step: bytes from row to row
};

/// Four bytes to each two pairs of a column. A function of its own, for its registers.
__attribute__((noinline)) void widen(const Block& block, uint32_t* column) {
  const int8_t* row = block.from;
  for (int32_t rows = block.rows; rows > 0; --rows, row += block.step) {
    const int8_t* from = row;
    int32_t words = block.words;
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
  }
}

/// Four columns at once, of pixels that lie `step` bytes apart.
__attribute__((noinline)) void widen_four(const int8_t* from, int32_t step, uint32_t* columns) {
  for (int32_t words = step / 4; words > 0; --words, from += 4, columns += 8) {
    const int8_t* third = from + 2 * step;
    uint32_t a = load_word(from), b = load_word(from + step), c = load_word(third),
             d = load_word(third + step);
    columns[0] = widen_even(a), columns[1] = widen_even(b);
    columns[2] = widen_even(c), columns[3] = widen_even(d);
    columns[4] = widen_odd(a), columns[5] = widen_odd(b);
    columns[6] = widen_odd(c), columns[7] = widen_odd(d);
  }
}

/// A window on the picture's edge, whole words of channels.
void widen_edge(const Conv2dInt8Params& p, const int8_t* picture, const PlacedWindow& at,
                uint32_t* column) {
  uint32_t zero = pair_of(-p.input_offset, -p.input_offset);
  auto copy = [&](const int8_t* from, int32_t bytes) {
    widen({from, 1, bytes / 4, 0}, column);
    column += 2 * bytes;
  };
  auto fill = [&](int32_t bytes) {
    for (; bytes > 0; bytes -= 4, column += 8) column[0] = column[4] = zero;
  };
  visit_window(p.window, picture, at, copy, fill);
}

/// The same for any number of channels, to bytes in a row.
void gather_edge(const Conv2dInt8Params& p, const int8_t* picture, const PlacedWindow& at,
                 int8_t* patch) {
  auto copy = [&](const int8_t* from, int32_t bytes) {
    copy_bytes(from, bytes, patch);
    patch += bytes;
  };
  auto fill = [&](int32_t bytes) {
    fill_bytes(patch, bytes, -p.input_offset);
    patch += bytes;
  };
  visit_window(p.window, picture, at, copy, fill);
}

/// A window inside the picture: its rows lie `step` bytes apart.
void gather_rows(const Window& w, const int8_t* from, int32_t step, int8_t* patch) {
  const int32_t bytes = w.filter_w * w.input_c;
  for (int32_t i = 0; i < w.filter_h; ++i, from += step, patch += bytes) {
    copy_bytes(from, bytes, patch);
  }
}

/// A function of its own, for its registers.
__attribute__((noinline)) void finish_four_pairs(Tiles& tiles) {
  const int32_t count = tiles.params.window.output_c;
  const PairLoop loop(tiles.columns, tiles.pairs);
  const uint32_t* weights = tiles.weights;
  const FoldedChannel* channel = tiles.channels;
  int8_t* out = tiles.output;
  for (int32_t left = count; left > 0; left -= 2, channel += 2, out += 2) {
    EightSums s;
    weights = loop.dot_four(weights, &s);
    int8_t* low = out;
    __asm__("" : "+r"(low));  // or the compiler keeps up four pointers
    int8_t* high = low + 2 * count;
    FoldedChannel first = load_channel(channel[0]);
    low[0] = requantize_first(s.first[0], first);
    low[count] = requantize_first(s.first[1], first);
    high[0] = requantize_first(s.first[2], first);
    high[count] = requantize_first(s.first[3], first);
    if (left == 1) break;
    FoldedChannel second = load_channel(channel[1]);
    low[1] = requantize_second(s.first[0], s.both[0], second);
    low[count + 1] = requantize_second(s.first[1], s.both[1], second);
    high[1] = requantize_second(s.first[2], s.both[2], second);
    high[count + 1] = requantize_second(s.first[3], s.both[3], second);
  }
  clamp_outputs(tiles.output, 4 * count, tiles.params.output);
  tiles.output += 4 * count;
}

constexpr uint32_t kOnes = 0x00010001;

/// 16 times the sums of four columns' inputs.
struct InputSums {
  int32_t sixteen[4];
};

InputSums sum_inputs(const uint32_t* columns, int32_t pairs) {
  int32_t a = 0, b = 0, c = 0, d = 0;
  for (const uint32_t* end = columns + 4 * pairs; columns != end; columns += 8) {
    a = mac_pairs(columns[0], kOnes, a), b = mac_pairs(columns[1], kOnes, b);
    c = mac_pairs(columns[2], kOnes, c), d = mac_pairs(columns[3], kOnes, d);
    a = mac_pairs(columns[4], kOnes, a), b = mac_pairs(columns[5], kOnes, b);
    c = mac_pairs(columns[6], kOnes, c), d = mac_pairs(columns[7], kOnes, d);
  }
  return {{wrapping_shift_left(a, 4), wrapping_shift_left(b, 4), wrapping_shift_left(c, 4),
           wrapping_shift_left(d, 4)}};
}

/// Two pixels' sums of four channels, and where their outputs go.
struct TwoPixels {
  QuadSums a, b;
  int32_t inputs_a, inputs_b;
  int8_t *out_a, *out_b;

  template <int kChannel>
  void store(const FoldedChannel* channels) const {
    FoldedChannel channel = load_channel(channels[kChannel]);
    out_a[kChannel] = static_cast<int8_t>(
        requantize_twice(twice_quad_sum(a, kChannel, inputs_a), channel.bias, channel.scale));
    out_b[kChannel] = static_cast<int8_t>(
        requantize_twice(twice_quad_sum(b, kChannel, inputs_b), channel.bias, channel.scale));
  }
};

/// Two columns to two pixels of all channels. A function of its own, for its registers.
__attribute__((noinline)) void finish_two_quads(Tiles& tiles, const uint32_t* columns,
                                                const int32_t* inputs) {
  const int32_t count = tiles.params.window.output_c, pairs = tiles.pairs;
  const QuadLoop loop(columns, pairs);
  const uint32_t* weights = tiles.weights;
  const FoldedChannel* channel = tiles.channels;
  int8_t* out = tiles.output;
  for (int32_t left = count; left > 0; left -= 4, weights += pairs, channel += 4, out += 4) {
    TwoPixels two;
    two.inputs_a = inputs[0], two.inputs_b = inputs[1];
    two.out_a = out, two.out_b = out + count;
    loop.dot_two(weights, &two.a, &two.b);
    two.store<0>(channel);
    if (left > 1) two.store<1>(channel);
    if (left > 2) two.store<2>(channel);
    if (left > 3) two.store<3>(channel);
  }
  clamp_outputs(tiles.output, 2 * count, tiles.params.output);
  tiles.output += 2 * count;
}

void finish_four_quads(Tiles& tiles) {
  InputSums inputs = sum_inputs(tiles.columns, tiles.pairs);
  finish_two_quads(tiles, tiles.columns, inputs.sixteen);
  finish_two_quads(tiles, tiles.columns + 2, inputs.sixteen + 2);
}

void finish_one_quads(Tiles& tiles, int32_t at) {
  const int32_t count = tiles.params.window.output_c, pairs = tiles.pairs;
  const int32_t inputs = sum_inputs(tiles.columns, pairs).sixteen[at];
  const uint32_t* weights = tiles.weights;
  for (int32_t c = 0; c < count; c += 4, weights += pairs) {
    QuadSums s = dot_one_quad(tiles.columns + at, weights, pairs);
    for (int32_t k = c; k < count && k < c + 4; ++k) {
      tiles.output[k] = static_cast<int8_t>(requantize_twice(
          twice_quad_sum(s, k - c, inputs), tiles.channels[k].bias, tiles.channels[k].scale));
    }
  }
  clamp_outputs(tiles.output, count, tiles.params.output);
  tiles.output += count;
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

void finish_column(Tiles& tiles) {
  if (++tiles.filled < 4) return;
  tiles.finish_four(tiles);
  tiles.filled = 0;
}

void add_pixels(Tiles& tiles, const int8_t* input) {
  const Window& w = tiles.params.window;
  int32_t left = w.batches * w.output_h * w.output_w;
  for (; left >= 4; left -= 4, input += 4 * w.input_c) {
    widen_four(input, w.input_c, tiles.columns);
    tiles.finish_four(tiles);
  }
  for (; left > 0; --left, input += w.input_c) {
    widen({input, 1, w.input_c / 4, 0}, tiles.columns + tiles.filled++);
  }
}

/// Whole words of channels go straight into the column.
void add_words(Tiles& tiles, const int8_t* picture, const PlacedWindow& at) {
  const Window& w = tiles.params.window;
  uint32_t* column = tiles.columns + tiles.filled;
  if (is_inside(w, at)) {
    widen({picture + at.origin, w.filter_h, w.filter_w * w.input_c / 4, w.input_w * w.input_c},
          column);
  } else {
    widen_edge(tiles.params, picture, at, column);
  }
  finish_column(tiles);
}

/// Any number of channels: the window's bytes are gathered first.
void add_bytes(Tiles& tiles, const int8_t* picture, const PlacedWindow& at) {
  const Window& w = tiles.params.window;
  int8_t* patch = reinterpret_cast<int8_t*>(tiles.columns + 4 * tiles.pairs);
  if (is_inside(w, at)) {
    gather_rows(w, picture + at.origin, w.input_w * w.input_c, patch);
  } else {
    gather_edge(tiles.params, picture, at, patch);
  }
  widen({patch, 1, tiles.pairs / 2, 0}, tiles.columns + tiles.filled);
  finish_column(tiles);
}

/// Finishes whole tiles; fewer than four columns may be left.
void walk_tiles(Tiles& tiles, const int8_t* input) {
  const Window& w = tiles.params.window;
  if (is_flat(w) && w.input_c % 4 == 0) {
    add_pixels(tiles, input);
  } else if (w.input_c % 4 == 0) {
    for_each_window(w, input, [&](const int8_t* picture, const PlacedWindow& at) {
      add_words(tiles, picture, at);
    });
  } else {
    tiles.columns[tiles.pairs * 4 + tiles.pairs / 2 - 1] = 0;  // the patch's end
    for_each_window(w, input, [&](const int8_t* picture, const PlacedWindow& at) {
      add_bytes(tiles, picture, at);
    });
  }
}

/// With weights for `together` channels in rows of as many words as a column has.
bool check_dsp(const Conv2dInt8Params& p, const Operand* operands, int32_t together) {
  const Window& w = p.window;
  if (!check_packed_window(w, p.filter_c, operands[0], operands[4])) return false;
  int32_t words = window_words(w), patch = w.input_c % 4 != 0 ? words : 0;
  return operands[1].holds<uint32_t>((w.output_c + together - 1) / together, 2 * words) &&
         check_folded(operands[2], w.output_c) &&
         operands[3].holds<uint32_t>(int64_t{8} * words + patch) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

}  // namespace

void conv_2d_int8_dsp(const Conv2dInt8Params& p, const int8_t* input, const uint32_t* weights,
                      const FoldedChannel* channels, uint32_t* columns, int8_t* output) {
  Tiles tiles{p, weights, channels, columns, output, 2 * window_words(p.window), finish_four_pairs};
  walk_tiles(tiles, input);
  for (int32_t i = 0; i < tiles.filled; ++i) finish_one(tiles, columns + i);
}

bool check_conv_2d_int8_dsp(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp(p, operands, 2);
}

void conv_2d_int8_dsp_int4(const Conv2dInt8Params& p, const int8_t* input, const uint32_t* weights,
                           const FoldedChannel* channels, uint32_t* columns, int8_t* output) {
  Tiles tiles{p, weights, channels, columns, output, 2 * window_words(p.window), finish_four_quads};
  walk_tiles(tiles, input);
  for (int32_t i = 0; i < tiles.filled; ++i) finish_one_quads(tiles, i);
}

bool check_conv_2d_int8_dsp_int4(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp(p, operands, 4);
}

}  // namespace mote
