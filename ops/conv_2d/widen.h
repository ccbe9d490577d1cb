// SPDX-License-Identifier: Apache-2.0
// From windows of bytes to columns of 16-bit pairs, as dot_pairs.h, dot_linear.h and dot_quads.h
// multiply them: of two columns side by side each has every other word.
#ifndef MOTE_OPS_CONV_2D_WIDEN_H_
#define MOTE_OPS_CONV_2D_WIDEN_H_

#include "base/dsp.h"
#include "ops/conv_2d/windows.h"

namespace mote {

/// A word of bytes to two pairs of a column.
inline void widen_word(uint32_t word, uint32_t* column) {
  column[0] = widen_even(word), column[2] = widen_odd(word);
}

/// Three rows of nine bytes to a column: the words of all rows, then what is left of each. A
/// function of its own, for its registers.
__attribute__((noinline)) inline void widen_three_nines(const int8_t* row, int32_t step,
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

inline void copy_bytes(const int8_t* from, int32_t count, int8_t* to) {
  for (; count >= 4; count -= 4, from += 4, to += 4) store_word(to, load_word(from));
  for (int32_t i = 0; i < count; ++i) to[i] = from[i];
}

/// A window's pieces: words, and `rest` bytes that are left of each.
struct WindowRows {
  const int8_t* from;
  int32_t rows, words, rest, step;  // step: bytes from piece to piece

  bool is_three_nines() const { return rows == 3 && words == 2 && rest == 1; }
};

/// `step` of rows that aren't one piece.
inline WindowRows rows_of_window(const Window& w, const int8_t* from, int32_t step) {
  const WindowPieces pieces = pieces_of(w);
  return {from, pieces.count, pieces.bytes / 4, pieces.bytes % 4, step};
}

/// What the words of each row leave, joined to words of their own and filled up with zeros.
inline void widen_rest(const WindowRows& window, uint32_t* column) {
  const int32_t rest = window.rest, step = window.step;
  const int8_t* row = window.from + 4 * window.words;
  uint32_t word = 0, count = 0;
  for (int32_t rows = window.rows; rows > 0; --rows, row += step) {
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
__attribute__((noinline)) inline void widen(const WindowRows& window, uint32_t* column) {
  if (window.is_three_nines()) return widen_three_nines(window.from, window.step, column);
  const int32_t all_words = window.words, step = window.step;
  const int8_t* row = window.from;
  for (int32_t rows = window.rows; rows > 0; --rows, row += step) {
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
  if (window.rest > 0) widen_rest(window, column);
}

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_WIDEN_H_
