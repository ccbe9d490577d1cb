// SPDX-License-Identifier: Apache-2.0
// Means of int8 by words: bytes are made unsigned, and two words of two 16-bit sums each take the
// bytes at even and at odd places. No sum runs over into its neighbour: 257 · 255 < 2^16.
#include "base/dsp.h"
#include "ops/pool_2d/pool_2d.h"

namespace mote {
namespace {

constexpr int32_t kMostElements = 257;

/// Sums of the bytes of words, each plus 128.
struct ByteSums {
  uint32_t even = 0, odd = 0;

  void add(uint32_t word) {
    constexpr uint32_t kBytes = 0x00ff00ff;
    word ^= 0x80808080u;
    even += word & kBytes;
    odd += word >> 8 & kBytes;
  }
  /// Of byte i, without the 128 of `count` elements.
  int32_t of(int32_t i, int32_t count) const {
    uint32_t pair = i % 2 == 0 ? even : odd;
    return static_cast<int32_t>(i < 2 ? pair & 0xffff : pair >> 16) - 128 * count;
  }
};

/// The part of the picture that a window meets.
struct Meeting {
  const int8_t* first;  // its first element, channel 0
  int32_t rows, columns, row_step, column_step;
};

ByteSums sum_words(const Meeting& m, int32_t channel) {
  ByteSums sums;
  const int8_t* row = m.first + channel;
  for (int32_t i = 0; i < m.rows; ++i, row += m.row_step) {
    const int8_t* at = row;
    for (int32_t j = 0; j < m.columns; ++j, at += m.column_step) sums.add(load_word(at));
  }
  return sums;
}

Meeting meeting_of(const Window& w, const int8_t* picture, int32_t out_y, int32_t out_x) {
  Taps rows = rows_of(w, out_y), columns = columns_of(w, out_x);
  int32_t y = rows.origin + rows.begin * w.dilation_h;
  int32_t x = columns.origin + columns.begin * w.dilation_w;
  return {picture + (y * w.input_w + x) * w.input_c, rows.end - rows.begin,
          columns.end - columns.begin, w.dilation_h * w.input_w * w.input_c,
          w.dilation_w * w.input_c};
}

}  // namespace

void average_pool_2d_int8_words(const Pool2dIntegerParams& p, const int8_t* input, int8_t* output) {
  const Window& w = p.window;
  for (int32_t n = 0; n < w.batches; ++n) {
    const int8_t* picture = input + n * w.input_h * w.input_w * w.input_c;
    for (int32_t y = 0; y < w.output_h; ++y) {
      for (int32_t x = 0; x < w.output_w; ++x) {
        const Meeting m = meeting_of(w, picture, y, x);
        const int32_t count = m.rows * m.columns;
        for (int32_t c = 0; c < w.output_c; c += 4) {
          ByteSums sums = sum_words(m, c);
          for (int32_t i = 0; i < 4; ++i) {
            int32_t mean = rounded_mean(sums.of(i, count), count);
            *output++ = static_cast<int8_t>(clamp(mean, p.output_min, p.output_max));
          }
        }
      }
    }
  }
}

bool check_average_pool_2d_int8_words(const Pool2dIntegerParams& p, const Operand* operands) {
  const Window& w = p.window;
  return w.output_c == w.input_c && w.output_c % 4 == 0 &&
         check_window<int8_t>(w, operands[0], operands[1]) &&
         w.filter_h <= kMostElements / w.filter_w &&
         all_within(-128, 127, p.output_min, p.output_max) && p.output_min <= p.output_max &&
         every_window_meets_picture(w);
}

}  // namespace mote
