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
struct InnerWindows;
void multiply_inner(InnerWindows& windows, int32_t count);

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

void copy_bytes(const int8_t* from, int32_t count, int8_t* to) {
  for (; count >= 4; count -= 4, from += 4, to += 4) store_word(to, load_word(from));
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
}

/// A window's pieces: words, and `rest` bytes that are left of each.
struct Block {
  const int8_t* from;
  int32_t rows, words, rest, step;  // step: bytes from piece to piece

  bool is_three_nines() const { return rows == 3 && words == 2 && rest == 1; }
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

/// A window to a column: the words of all rows, then what is left. A function of its own, for its
/// registers.
__attribute__((noinline)) void widen(const Block& block, uint32_t* column) {
  if (block.is_three_nines()) return widen_three_nines(block.from, block.step, column);
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

/// Where the pieces of a window on the picture's edge go: to a column if they are words, else to
/// bytes in a row. Functions of their own, for the walk through a window has many calls.
struct EdgePieces {
  int32_t zero;
  uint32_t* column;  // or null
  int8_t* patch;

  __attribute__((noinline)) void copy(const int8_t* from, int32_t bytes) {
    if (column) {
      widen({from, 1, bytes / 4, 0, 0}, column);
      column += bytes;
    } else {
      copy_bytes(from, bytes, patch);
      patch += bytes;
    }
  }
  __attribute__((noinline)) void fill(int32_t bytes) {
    const uint32_t pair = pair_of(zero, zero);
    if (column) {
      for (; bytes > 0; bytes -= 4, column += 4) column[0] = column[2] = pair;
    } else {
      for (; bytes > 0; --bytes) *patch++ = static_cast<int8_t>(zero);
    }
  }
};

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

/// The fours of a layer that rounds once, but for one that isn't whole.
struct LinearLayer {
  int32_t whole;  // channels
  LinearFours fours;
  // By a pointer, so that only kernels with such a layer are linked with it.
  void (*multiply)(InnerWindows&, int32_t) = multiply_inner;

  explicit LinearLayer(const Tiles& tiles)
      : whole(tiles.params.window.output_c / 4 * 4), fours(of(tiles, 0, whole / 4)) {}

  /// One tile.
  static LinearFours of(const Tiles& tiles, int32_t begin, int32_t end) {
    const int32_t words = 2 * tiles.pairs + LinearBlock::kBefore + LinearBlock::kBehind;
    return {tiles.rounds,
            tiles.weights + begin * words,
            tiles.weights + end * words,
            tiles.columns,
            tiles.output,
            tiles.output_step()};
  }
};

/// The last channels where they aren't four: their outputs, and those of channels that aren't
/// there, are copied.
void finish_last_linear(const Tiles& tiles, int32_t whole) {
  const int32_t rest = tiles.params.window.output_c - whole;
  int8_t outputs[8];
  LinearFours four = LinearLayer::of(tiles, whole / 4, whole / 4 + 1);
  four.output = outputs, four.step = 4;
  multiply_linear(four);
  copy_bytes(outputs + 4, rest, tiles.output + whole + tiles.output_step());
  copy_bytes(outputs, rest, tiles.output + whole);
}

/// The same in one rounding.
void finish_linear(Tiles& tiles) {
  auto& layer = *static_cast<LinearLayer*>(tiles.channels);
  layer.fours.output = tiles.output, layer.fours.step = tiles.output_step();
  if (layer.whole < tiles.params.window.output_c) finish_last_linear(tiles, layer.whole);
  if (layer.whole > 0) multiply_linear(layer.fours);
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

/// Windows side by side that lie inside the picture.
struct InnerWindows {
  Tiles& tiles;
  Block rows;    // of the next one
  int32_t step;  // bytes from one to the next
  int32_t left;  // windows

  // A constructor, for an initialiser may call memset.
  explicit InnerWindows(Tiles& t)
      : tiles(t),
        rows(block_of_window(t.params.window, nullptr,
                             t.params.window.input_w * t.params.window.input_c)) {
    step = t.params.window.stride_w * t.params.window.input_c, left = 0;
  }

  const int8_t* take(int32_t windows) {
    const int8_t* from = rows.from;
    rows.from += windows * step, left -= windows;
    return from;
  }
  LinearSource source() const {
    const bool pixels = rows.rows == 1 && rows.rest == 0 && rows.words % 2 == 0;
    if (pixels && rows.words * 4 == step) return LinearSource::kPixels;
    return rows.is_three_nines() ? LinearSource::kThreeNines : LinearSource::kNothing;
  }
};

/// Of a pointer to InnerWindows, for multiply_linear().
bool widen_next_two(void* source) {
  auto& windows = *static_cast<InnerWindows*>(source);
  if (windows.left < 2) return false;
  for (int32_t i = 0; i < 2; ++i) {
    widen(windows.rows, windows.tiles.columns + i);
    windows.take(1);
  }
  return true;
}

/// An even number of them in one go: the layer's fours say where they come from.
void multiply_inner(InnerWindows& windows, int32_t count) {
  Tiles& tiles = windows.tiles;
  const int32_t outputs = count * tiles.params.window.output_c;
  LinearFours& run = tiles.linear->fours;
  run.output = tiles.output, run.step = tiles.params.window.output_c;
  run.source = windows.source();
  if (run.source != LinearSource::kNothing) {
    run.input_step = windows.step, run.row_step = windows.rows.step;
    run.tiles = count / 2, run.input = windows.take(count);
  } else {
    run.next = widen_next_two, run.windows = &windows;
    widen_next_two(&windows);
  }
  multiply_linear(run);
  run.tiles = 1, run.source = LinearSource::kNothing, run.next = nullptr;
  clamp_outputs(tiles.output, outputs, tiles.params.output);
  tiles.output += outputs;
}

void add_inner(InnerWindows& windows) {
  Tiles& tiles = windows.tiles;
  while (windows.left > 0) {
    if (tiles.linear && tiles.filled == 0 && windows.left >= 2) {
      tiles.linear->multiply(windows, windows.left / 2 * 2);
    } else {
      widen(windows.rows, tiles.columns + tiles.filled);
      windows.take(1);
      finish_column(tiles);
    }
  }
}

/// A window on the edge: whole words of channels, or any bytes, which are gathered first.
void add_edge(Tiles& tiles, const int8_t* picture, const PlacedWindow& at) {
  const Window& w = tiles.params.window;
  uint32_t* column = tiles.columns + tiles.filled;
  int8_t* patch = reinterpret_cast<int8_t*>(tiles.columns + 2 * tiles.pairs);
  const bool words = w.input_c % 4 == 0;
  EdgePieces pieces = {-tiles.params.input_offset, words ? column : nullptr, patch};
  visit_window(
      w, picture, at, [&](const int8_t* from, int32_t bytes) { pieces.copy(from, bytes); },
      [&](int32_t bytes) { pieces.fill(bytes); });
  if (!words) widen(block_of_window(w, patch, w.filter_w * w.input_c), column);
  finish_column(tiles);
}

/// Windows of a picture with edges. A function of its own, for pixels don't need its memory.
__attribute__((noinline)) void walk_windows(InnerWindows& windows, const int8_t* input) {
  auto inside = [&](const int8_t* from, int32_t count) {
    windows.rows.from = from, windows.left = count;
    add_inner(windows);
  };
  for_each_window(
      windows.tiles.params.window, input, inside,
      [&](const int8_t* picture, const PlacedWindow& at) { add_edge(windows.tiles, picture, at); });
}

/// All windows, in tiles of two.
void walk_tiles(Tiles& tiles, const int8_t* input) {
  const Window& w = tiles.params.window;
  InnerWindows windows(tiles);
  if (is_flat(w)) {
    windows.rows.from = input, windows.left = w.batches * w.output_h * w.output_w;
    add_inner(windows);
  } else {
    walk_windows(windows, input);
  }
  if (tiles.filled > 0) finish_tile(tiles);
}

/// But for weights and channels.
[[gnu::cold]] bool check_dsp(const Conv2dInt8Params& p, const Operand& input,
                             const Operand& columns, const Operand& output) {
  const Window& w = p.window;
  if (!check_packed_window(w, p.filter_c, input, output)) return false;
  int32_t words = window_words(w), patch = w.input_c % 4 != 0 ? words : 0;
  return columns.holds<uint32_t>(int64_t{4} * words + patch) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

/// Of weights for four channels in so many times the words that a column has.
[[gnu::cold]] bool check_dsp_folded(const Conv2dInt8Params& p, const Operand* operands,
                                    int32_t words_of_four) {
  const int32_t channels = p.window.output_c;
  return check_dsp(p, operands[0], operands[3], operands[4]) &&
         operands[1].holds<uint32_t>((channels + 3) / 4, words_of_four,
                                     2 * window_words(p.window)) &&
         check_folded(operands[2], channels);
}

}  // namespace

void conv_2d_int8_dsp_folded(const Conv2dInt8Params& p, const int8_t* input,
                             const uint32_t* weights, const FoldedChannel* channels,
                             uint32_t* columns, int8_t* output) {
  Tiles tiles(p, weights, &channels, columns, output, finish_pairs);
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_folded(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp_folded(p, operands, 2);
}

void conv_2d_int8_dsp_linear(const Conv2dInt8Params& p, const int8_t* input, const uint32_t* blocks,
                             uint32_t* columns, int8_t* output) {
  Tiles tiles(p, blocks, nullptr, columns, output, finish_linear);
  LinearLayer layer(tiles);
  tiles.channels = &layer;
  if (layer.whole == p.window.output_c) tiles.linear = &layer;
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_linear(const Conv2dInt8Params& p, const Operand* operands) {
  const int32_t beside = LinearBlock::kBefore + LinearBlock::kBehind;
  return check_dsp(p, operands[0], operands[2], operands[3]) &&
         window_words(p.window) <= kMostLinearDepth / 4 &&
         operands[1].holds<uint32_t>((p.window.output_c + 3) / 4,
                                     4 * window_words(p.window) + beside);
}

void conv_2d_int8_dsp_folded_int4(const Conv2dInt8Params& p, const int8_t* input,
                                  const uint32_t* weights, const FoldedChannel* channels,
                                  uint32_t* columns, int8_t* output) {
  Tiles tiles(p, weights, &channels, columns, output, finish_quads);
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_folded_int4(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp_folded(p, operands, 1);
}

}  // namespace mote
