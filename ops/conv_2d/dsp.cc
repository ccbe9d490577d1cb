// SPDX-License-Identifier: Apache-2.0
// CONV_2D on pairs of 16-bit numbers: two output pixels by four output channels at a time. The
// inputs of two windows are widened to 16 bits once, side by side in `columns`, and then used by
// all channels. A word of weights holds two channels at two depths as 16-bit numbers
// 256·second + first, so that one multiplication serves both: its sum, less that of the first
// channel alone, is 256 times that of the second. Padding is the input's zero point, which the
// folded bias takes off again. Weights of 4 bits hold four channels in as many bits (dot_quads.h).
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/dot_linear.h"
#include "ops/conv_2d/dot_pairs.h"
#include "ops/conv_2d/dot_quads.h"
#include "ops/conv_2d/windows.h"

namespace mote {
namespace {

/// Bytes of a window, rounded up to words.
int32_t window_words(const Window& w) {
  return (w.filter_h * w.filter_w * w.input_c + 3) / 4;
}

struct LinearLayer;

/// The walk over the output: windows are widened one by one, and multiplied two by two.
struct Tiles {
  const Conv2dInt8Params& params;
  const uint32_t* weights;
  void* channels;  // what `finish` wants: a pointer to FoldedChannels or a LinearLayer
  uint32_t* columns;
  int8_t* output;
  int32_t pairs;           // of depth in a column
  void (*finish)(Tiles&);  // two columns to two pixels of all channels, or the first to one
  PairRounds rounds;
  int32_t filled = 0;             // columns
  LinearLayer* linear = nullptr;  // one of whole fours, which takes many tiles in one go

  Tiles(const Conv2dInt8Params& p, const uint32_t* packed, void* numbers, uint32_t* scratch,
        int8_t* out, void (*function)(Tiles&))
      : params(p),
        weights(packed),
        channels(numbers),
        columns(scratch),
        output(out),
        pairs(2 * window_words(p.window)),
        finish(function),
        rounds(scratch, pairs) {}

  /// From a pixel's outputs to the next one's. Of one pixel alone the second one's are nothing, and
  /// overwritten.
  int32_t output_step() const { return filled == 2 ? params.window.output_c : 0; }
};

void fill_bytes(int8_t* to, int32_t count, int32_t value) {
  for (int32_t i = 0; i < count; ++i) to[i] = static_cast<int8_t>(value);
}

void copy_bytes(const int8_t* from, int32_t count, int8_t* to) {
  for (; count >= 4; count -= 4, from += 4, to += 4) store_word(to, load_word(from));
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
}

/// A window's pieces: words, and `rest` bytes that are left of each.
struct Block {
  const int8_t* from;
  int32_t rows, words, rest, step;  // step: bytes from piece to piece
};

/// `step` of rows that aren't one piece.
Block block_of_window(const Window& w, const int8_t* from, int32_t step) {
  const WindowPieces pieces = pieces_of(w);
  return {from, pieces.count, pieces.bytes / 4, pieces.bytes % 4, step};
}

/// What the words of each row leave, joined to words of their own and filled up with zeros.
inline void widen_rest(const Block& block, uint32_t* column) {
  const int32_t rest = block.rest, step = block.step;
  const int8_t* row = block.from + 4 * block.words;
  uint32_t word = 0, count = 0;
  for (int32_t rows = block.rows; rows > 0; --rows, row += step) {
    const int8_t *from = row, *end = row + rest;
    do {
      word = word >> 8 | static_cast<uint32_t>(static_cast<uint8_t>(*from++)) << 24;
      if (++count % 4 != 0) continue;
      widen_word(word, column);
      column += 4;
    } while (from != end);
  }
  if (count % 4 != 0) widen_word(word >> (32 - 8 * (count % 4)), column);
}

/// Three rows of nine bytes, 3×3 windows of pictures of three colours, in one go.
__attribute__((noinline)) void widen_three_nines(const int8_t* row, int32_t step,
                                                 uint32_t* column) {
  const int8_t *second = row + step, *third = second + step;
  const uint32_t a = load_word(row), b = load_word(row + 4), c = load_word(second),
                 d = load_word(second + 4), e = load_word(third), f = load_word(third + 4);
  const int32_t x = row[8], y = second[8], z = third[8];
  widen_word(a, column), widen_word(b, column + 4), widen_word(c, column + 8);
  widen_word(d, column + 12), widen_word(e, column + 16), widen_word(f, column + 20);
  column[24] = low_halves(static_cast<uint32_t>(x), static_cast<uint32_t>(z));
  column[26] = static_cast<uint32_t>(y) & 0xffff;
}

/// A window to a column: the words of all rows, then what is left. A function of its own, for its
/// registers.
__attribute__((noinline)) void widen(const Block& block, uint32_t* column) {
  const int32_t all_words = block.words, step = block.step;
  const int8_t* row = block.from;
  for (int32_t rows = block.rows; rows > 0; --rows, row += step) {
    const int8_t* from = row;
    int32_t words = all_words;
    for (; words >= 4; words -= 4, from += 16, column += 16) {
      uint32_t a = load_word(from), b = load_word(from + 4), c = load_word(from + 8),
               d = load_word(from + 12);
      widen_word(a, column), widen_word(b, column + 4);
      widen_word(c, column + 8), widen_word(d, column + 12);
    }
    if ((words & 2) != 0) {
      uint32_t a = load_word(from), b = load_word(from + 4);
      widen_word(a, column), widen_word(b, column + 4);
      from += 8, column += 8;
    }
    if ((words & 1) != 0) {
      widen_word(load_word(from), column);
      column += 4;
    }
  }
  if (block.rest > 0) widen_rest(block, column);
}

/// Both columns at once, of pixels that lie `step` bytes apart.
inline void widen_two(const int8_t* from, int32_t step, uint32_t* columns) {
  for (int32_t words = step / 4; words > 0; --words, from += 4, columns += 4) {
    uint32_t a = load_word(from), b = load_word(from + step);
    columns[0] = widen_even(a), columns[1] = widen_even(b);
    columns[2] = widen_odd(a), columns[3] = widen_odd(b);
  }
}

/// A window on the picture's edge, whole words of channels.
void widen_edge(const Conv2dInt8Params& p, const int8_t* picture, const PlacedWindow& at,
                uint32_t* column) {
  uint32_t zero = pair_of(-p.input_offset, -p.input_offset);
  auto copy = [&](const int8_t* from, int32_t bytes) {
    widen({from, 1, bytes / 4, 0, 0}, column);
    column += bytes;
  };
  auto fill = [&](int32_t bytes) {
    for (; bytes > 0; bytes -= 4, column += 4) column[0] = column[2] = zero;
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

/// Two pixels' sums of four channels, and where their outputs go.
struct TwoPixels {
  int8_t *out_a, *out_b;
  EightSums s;

  /// The first or the third channel.
  static void store_first(const int32_t* first, const FoldedChannel& at, int8_t* a, int8_t* b) {
    FoldedChannel channel = load_channel(at);
    *b = static_cast<int8_t>(requantize_folded(first[1], channel.bias, channel.scale));
    *a = static_cast<int8_t>(requantize_folded(first[0], channel.bias, channel.scale));
  }
  /// The one behind it.
  static void store_second(const int32_t* first, const int32_t* both, const FoldedChannel& at,
                           int8_t* a, int8_t* b) {
    FoldedChannel channel = load_channel(at);
    int32_t twice_b = wrapping_sub(both[1], first[1]) >> 7;
    int32_t twice_a = wrapping_sub(both[0], first[0]) >> 7;
    *b = static_cast<int8_t>(requantize_twice(twice_b, channel.bias, channel.scale));
    *a = static_cast<int8_t>(requantize_twice(twice_a, channel.bias, channel.scale));
  }
  void store(const FoldedChannel* channels, int32_t count) const {
    store_first(s.first, channels[0], out_a, out_b);
    if (count > 1) store_second(s.first, s.both, channels[1], out_a + 1, out_b + 1);
    if (count > 2) store_first(s.third, channels[2], out_a + 2, out_b + 2);
    if (count > 3) store_second(s.third, s.last, channels[3], out_a + 3, out_b + 3);
  }
};

/// A function of its own, for its registers.
__attribute__((noinline)) void finish_pairs(Tiles& tiles) {
  const int32_t count = tiles.params.window.output_c, step = tiles.output_step();
  const uint32_t* weights = tiles.weights;
  auto* channels = *static_cast<const FoldedChannel**>(tiles.channels);
  int8_t* out = tiles.output;
  for (int32_t left = count; left > 0; left -= 4, channels += 4, out += 4) {
    TwoPixels two;
    two.s.both[0] = two.s.both[1] = two.s.last[0] = two.s.last[1] = 0;
    weights = multiply_pairs(tiles.rounds, weights, &two.s);
    two.out_a = out, two.out_b = out + step;
    two.store(channels, left);
  }
}

/// The channels of a layer that rounds once, and its whole fours.
struct LinearLayer {
  const LinearChannel* channels;
  int32_t whole;
  LinearFours fours;

  LinearLayer(const Tiles& tiles, const LinearChannel* all)
      : channels(all),
        whole(tiles.params.window.output_c / 4 * 4),
        fours{tiles.rounds, tiles.weights, all, all + whole, tiles.output, tiles.output_step(), 1,
              nullptr,      tiles.columns, 0,   nullptr,     nullptr} {}
};

/// The last channels where they aren't four: their outputs, and those of channels that aren't
/// there, are copied.
void finish_last_linear(const Tiles& tiles, const LinearLayer& layer) {
  const int32_t whole = layer.whole, rest = tiles.params.window.output_c - whole;
  auto* channels = layer.channels + whole;
  int8_t outputs[8];
  multiply_linear({tiles.rounds, tiles.weights + tiles.pairs * whole / 2, channels, channels + 4,
                   outputs, 4, 1, nullptr, nullptr, 0, nullptr, nullptr});
  copy_bytes(outputs + 4, rest, tiles.output + whole + tiles.output_step());
  copy_bytes(outputs, rest, tiles.output + whole);
}

/// The same in one rounding.
void finish_linear(Tiles& tiles) {
  auto& layer = *static_cast<LinearLayer*>(tiles.channels);
  layer.fours.output = tiles.output, layer.fours.step = tiles.output_step();
  if (layer.whole < tiles.params.window.output_c) finish_last_linear(tiles, layer);
  if (layer.whole > 0) multiply_linear(layer.fours);
}

/// Many tiles in one go: the layer's fours say where they come from.
void multiply_tiles(Tiles& tiles, int32_t pixels) {
  const int32_t outputs = pixels * tiles.params.window.output_c;
  LinearFours& run = tiles.linear->fours;
  run.output = tiles.output, run.step = tiles.params.window.output_c;
  multiply_linear(run);
  run.tiles = 1, run.words = 0, run.next = nullptr;
  clamp_outputs(tiles.output, outputs, tiles.params.output);
  tiles.output += outputs;
}

/// An even number of pixels, of whole words.
void multiply_pixels(Tiles& tiles, const int8_t* input, int32_t pixels) {
  LinearFours& run = tiles.linear->fours;
  run.tiles = pixels / 2, run.input = input, run.words = tiles.params.window.input_c / 4;
  multiply_tiles(tiles, pixels);
}

constexpr uint32_t kOnes = 0x00010001;

/// 16 times the sums of both columns' inputs.
struct InputSums {
  int32_t sixteen[2];
};

InputSums sum_inputs(const uint32_t* columns, int32_t pairs) {
  int32_t a = 0, b = 0;
  for (const uint32_t* end = columns + 2 * pairs; columns != end; columns += 2) {
    a = mac_pairs(columns[0], kOnes, a), b = mac_pairs(columns[1], kOnes, b);
  }
  return {{wrapping_shift_left(a, 4), wrapping_shift_left(b, 4)}};
}

/// The same for weights of 4 bits.
struct TwoQuadPixels {
  QuadSums a, b;
  InputSums inputs;
  int8_t *out_a, *out_b;

  template <int kChannel>
  void store(const FoldedChannel* channels) const {
    FoldedChannel channel = load_channel(channels[kChannel]);
    out_b[kChannel] = static_cast<int8_t>(requantize_twice(
        twice_quad_sum(b, kChannel, inputs.sixteen[1]), channel.bias, channel.scale));
    out_a[kChannel] = static_cast<int8_t>(requantize_twice(
        twice_quad_sum(a, kChannel, inputs.sixteen[0]), channel.bias, channel.scale));
  }
};

/// A function of its own, for its registers.
__attribute__((noinline)) void finish_quads(Tiles& tiles) {
  const int32_t count = tiles.params.window.output_c, pairs = tiles.pairs;
  const int32_t step = tiles.output_step();
  const QuadLoop loop(tiles.columns, pairs);
  const uint32_t* weights = tiles.weights;
  auto* channels = *static_cast<const FoldedChannel**>(tiles.channels);
  int8_t* out = tiles.output;
  TwoQuadPixels two;
  two.inputs = sum_inputs(tiles.columns, pairs);
  for (int32_t left = count; left > 0; left -= 4, weights += pairs, channels += 4, out += 4) {
    two.out_a = out, two.out_b = out + step;
    loop.dot_two(weights, &two.a, &two.b);
    two.store<0>(channels);
    if (left > 1) two.store<1>(channels);
    if (left > 2) two.store<2>(channels);
    if (left > 3) two.store<3>(channels);
  }
}

/// Multiplies the columns that are filled.
void finish_tile(Tiles& tiles) {
  const int32_t outputs = tiles.filled * tiles.params.window.output_c;
  tiles.finish(tiles);
  clamp_outputs(tiles.output, outputs, tiles.params.output);
  tiles.output += outputs;
  tiles.filled = 0;
}

void finish_column(Tiles& tiles) {
  if (++tiles.filled == 2) finish_tile(tiles);
}

void add_pixels(Tiles& tiles, const int8_t* input) {
  const Window& w = tiles.params.window;
  int32_t left = w.batches * w.output_h * w.output_w;
  if (tiles.linear && left >= 2) {
    multiply_pixels(tiles, input, left / 2 * 2);
    input += left / 2 * 2 * w.input_c, left %= 2;
  }
  for (; left >= 2; left -= 2, input += 2 * w.input_c) {
    widen_two(input, w.input_c, tiles.columns);
    tiles.filled = 2;
    finish_tile(tiles);
  }
  if (left > 0) widen({input, 1, w.input_c / 4, 0, 0}, tiles.columns + tiles.filled++);
}

/// Windows side by side that lie inside the picture.
struct InnerWindows {
  Tiles& tiles;
  Block rows;    // of the next one
  int32_t left;  // windows
  int32_t step;  // bytes from one to the next

  void widen_next(uint32_t* column) {
    if (rows.rows == 3 && rows.words == 2 && rows.rest == 1) {
      widen_three_nines(rows.from, rows.step, column);
    } else {
      widen(rows, column);
    }
    rows.from += step, --left;
  }
};

/// Of a pointer to InnerWindows, for multiply_linear().
bool widen_next_two(void* source) {
  auto& windows = *static_cast<InnerWindows*>(source);
  if (windows.left < 2) return false;
  windows.widen_next(windows.tiles.columns);
  windows.widen_next(windows.tiles.columns + 1);
  return true;
}

void add_next(InnerWindows& windows) {
  Tiles& tiles = windows.tiles;
  windows.widen_next(tiles.columns + tiles.filled);
  finish_column(tiles);
}

void add_inner(InnerWindows& windows) {
  Tiles& tiles = windows.tiles;
  if (tiles.filled == 1) add_next(windows);
  if (tiles.linear && windows.left >= 2) {
    tiles.linear->fours.next = widen_next_two, tiles.linear->fours.source = &windows;
    const int32_t pixels = windows.left / 2 * 2;
    widen_next_two(&windows);
    multiply_tiles(tiles, pixels);
  }
  while (windows.left > 0) add_next(windows);
}

/// A window on the edge: whole words of channels, or any bytes, which are gathered first.
void add_edge(Tiles& tiles, const int8_t* picture, const PlacedWindow& at) {
  const Window& w = tiles.params.window;
  uint32_t* column = tiles.columns + tiles.filled;
  if (w.input_c % 4 == 0) {
    widen_edge(tiles.params, picture, at, column);
  } else {
    int8_t* patch = reinterpret_cast<int8_t*>(tiles.columns + 2 * tiles.pairs);
    gather_edge(tiles.params, picture, at, patch);
    widen(block_of_window(w, patch, w.filter_w * w.input_c), column);
  }
  finish_column(tiles);
}

/// All windows, in tiles of two.
void walk_tiles(Tiles& tiles, const int8_t* input) {
  const Window& w = tiles.params.window;
  if (is_flat(w) && w.input_c % 4 == 0) {
    add_pixels(tiles, input);
  } else {
    Block rows = block_of_window(w, input, w.input_w * w.input_c);
    auto inside = [&](const int8_t* from, int32_t count) {
      rows.from = from;
      InnerWindows windows{tiles, rows, count, w.stride_w * w.input_c};
      add_inner(windows);
    };
    for_each_window(w, input, inside, [&](const int8_t* picture, const PlacedWindow& at) {
      add_edge(tiles, picture, at);
    });
  }
  if (tiles.filled > 0) finish_tile(tiles);
}

/// But for the channels. With weights for four channels in so many times the words that a column
/// has.
[[gnu::cold]] bool check_dsp(const Conv2dInt8Params& p, const Operand* operands,
                             int32_t words_of_four) {
  const Window& w = p.window;
  if (!check_packed_window(w, p.filter_c, operands[0], operands[4])) return false;
  int32_t words = window_words(w), patch = w.input_c % 4 != 0 ? words : 0;
  return operands[1].holds<uint32_t>((w.output_c + 3) / 4, words_of_four, 2 * words) &&
         operands[3].holds<uint32_t>(int64_t{4} * words + patch) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

}  // namespace

void conv_2d_int8_dsp_folded(const Conv2dInt8Params& p, const int8_t* input,
                             const uint32_t* weights, const FoldedChannel* channels,
                             uint32_t* columns, int8_t* output) {
  Tiles tiles(p, weights, &channels, columns, output, finish_pairs);
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_folded(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp(p, operands, 2) && check_folded(operands[2], p.window.output_c);
}

void conv_2d_int8_dsp_linear(const Conv2dInt8Params& p, const int8_t* input,
                             const uint32_t* weights, const LinearChannel* channels,
                             uint32_t* columns, int8_t* output) {
  Tiles tiles(p, weights, nullptr, columns, output, finish_linear);
  LinearLayer layer(tiles, channels);
  tiles.channels = &layer;
  if (layer.whole == p.window.output_c) tiles.linear = &layer;
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_linear(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp(p, operands, 2) && check_linear(operands[2], (p.window.output_c + 3) / 4 * 4);
}

void conv_2d_int8_dsp_folded_int4(const Conv2dInt8Params& p, const int8_t* input,
                                  const uint32_t* weights, const FoldedChannel* channels,
                                  uint32_t* columns, int8_t* output) {
  Tiles tiles(p, weights, &channels, columns, output, finish_quads);
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_folded_int4(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp(p, operands, 1) && check_folded(operands[2], p.window.output_c);
}

}  // namespace mote
