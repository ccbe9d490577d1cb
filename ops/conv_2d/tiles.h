// SPDX-License-Identifier: Apache-2.0
// The walk that convolutions on pairs of 16-bit numbers share: two output pixels at a time, whose
// windows are widened to columns side by side and then used by all channels. Padding is the input's
// zero point, which the folded bias takes off again. Functions that aren't inlined are so that
// kernels share them.
#ifndef MOTE_OPS_CONV_2D_TILES_H_
#define MOTE_OPS_CONV_2D_TILES_H_

#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/dot_pairs.h"
#include "ops/conv_2d/widen.h"

namespace mote {

/// Bytes of a window, rounded up to words.
inline int32_t window_words(const Window& w) {
  return (w.filter_h * w.filter_w * w.input_c + 3) / 4;
}

struct InnerWindows;

/// The walk over the output: windows are widened one by one, and multiplied two by two.
struct Tiles {
  const Conv2dInt8Params& params;
  const uint32_t* weights;
  void* layer;  // what the functions want beside
  uint32_t* columns;
  int8_t* output;
  int32_t pairs;           // of depth in a column
  void (*finish)(Tiles&);  // two columns to two pixels of all channels, or the first to one
  PairRounds rounds;
  int32_t filled = 0;  // columns
  // An even number of windows to as many pixels in one go, or null.
  void (*finish_many)(InnerWindows&, int32_t) = nullptr;

  Tiles(const Conv2dInt8Params& p, const uint32_t* packed, void* beside, uint32_t* scratch,
        int8_t* out, void (*function)(Tiles&))
      : params(p),
        weights(packed),
        layer(beside),
        columns(scratch),
        output(out),
        pairs(2 * window_words(p.window)),
        finish(function),
        rounds(scratch, pairs) {}

  /// From a pixel's outputs to the next one's. Of one pixel alone the second one's are nothing, and
  /// overwritten.
  int32_t output_step() const { return filled == 2 ? params.window.output_c : 0; }
};

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

/// Multiplies the columns that are filled.
__attribute__((noinline)) inline void finish_tile(Tiles& tiles) {
  const int32_t outputs = tiles.filled * tiles.params.window.output_c;
  tiles.finish(tiles);
  clamp_outputs(tiles.output, outputs, tiles.params.output);
  tiles.output += outputs;
  tiles.filled = 0;
}

inline void finish_column(Tiles& tiles) {
  if (++tiles.filled == 2) finish_tile(tiles);
}

/// Windows side by side that lie inside the picture.
struct InnerWindows {
  Tiles& tiles;
  WindowRows rows;  // of the next one
  int32_t step;     // bytes from one to the next
  int32_t left;     // windows

  // A constructor, for an initialiser may call memset.
  explicit InnerWindows(Tiles& t)
      : tiles(t),
        rows(rows_of_window(t.params.window, nullptr,
                            t.params.window.input_w * t.params.window.input_c)) {
    step = t.params.window.stride_w * t.params.window.input_c, left = 0;
  }

  const int8_t* take(int32_t windows) {
    const int8_t* from = rows.from;
    rows.from += windows * step, left -= windows;
    return from;
  }
};

__attribute__((noinline)) inline void add_inner(InnerWindows& windows) {
  Tiles& tiles = windows.tiles;
  while (windows.left > 0) {
    if (tiles.finish_many && tiles.filled == 0 && windows.left >= 2) {
      tiles.finish_many(windows, windows.left / 2 * 2);
    } else {
      widen(windows.rows, tiles.columns + tiles.filled);
      windows.take(1);
      finish_column(tiles);
    }
  }
}

/// A window on the edge: whole words of channels, or any bytes, which are gathered first.
inline void add_edge(Tiles& tiles, const int8_t* picture, const PlacedWindow& at) {
  const Window& w = tiles.params.window;
  uint32_t* column = tiles.columns + tiles.filled;
  int8_t* patch = reinterpret_cast<int8_t*>(tiles.columns + 2 * tiles.pairs);
  const bool words = w.input_c % 4 == 0;
  EdgePieces pieces = {-tiles.params.input_offset, words ? column : nullptr, patch};
  visit_window(
      w, picture, at, [&](const int8_t* from, int32_t bytes) { pieces.copy(from, bytes); },
      [&](int32_t bytes) { pieces.fill(bytes); });
  if (!words) widen(rows_of_window(w, patch, w.filter_w * w.input_c), column);
  finish_column(tiles);
}

/// Windows of a picture with edges. A function of its own, for pixels don't need its memory.
__attribute__((noinline)) inline void walk_windows(InnerWindows& windows, const int8_t* input) {
  auto inside = [&](const int8_t* from, int32_t count) {
    windows.rows.from = from, windows.left = count;
    add_inner(windows);
  };
  for_each_window(
      windows.tiles.params.window, input, inside,
      [&](const int8_t* picture, const PlacedWindow& at) { add_edge(windows.tiles, picture, at); });
}

/// All windows, in tiles of two.
__attribute__((noinline)) inline void walk_tiles(Tiles& tiles, const int8_t* input) {
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
[[gnu::cold, gnu::noinline]] inline bool check_dsp(const Conv2dInt8Params& p, const Operand& input,
                                                   const Operand& columns, const Operand& output) {
  const Window& w = p.window;
  if (!check_packed_window(w, p.filter_c, input, output)) return false;
  int32_t words = window_words(w), patch = w.input_c % 4 != 0 ? words : 0;
  return columns.holds<uint32_t>(int64_t{4} * words + patch) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

/// Of weights for four channels in so many times the words that a column has.
[[gnu::cold, gnu::noinline]] inline bool check_dsp_folded(const Conv2dInt8Params& p,
                                                          const Operand* operands,
                                                          int32_t words_of_four) {
  const int32_t channels = p.window.output_c;
  return check_dsp(p, operands[0], operands[3], operands[4]) &&
         operands[1].holds<uint32_t>((channels + 3) / 4, words_of_four,
                                     2 * window_words(p.window)) &&
         check_folded(operands[2], channels);
}

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_TILES_H_
