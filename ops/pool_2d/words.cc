// SPDX-License-Identifier: Apache-2.0
// Pooling of int8 by words of four channels. For means bytes are made unsigned, and two words of
// two 16-bit sums each take the bytes at even and at odd places. No sum runs over into its
// neighbour: 257 · 255 < 2^16.
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

/// The largest of each byte.
struct LargestBytes {
  uint32_t word = 0x80808080u;

  void add(uint32_t other) { word = max_bytes(word, other); }
};

/// The part of the picture that a window meets.
struct Meeting {
  const int8_t* first;  // its first element, channel 0
  int32_t rows, columns, row_step, column_step;
};

/// The words of four channels of each element, taken together. A function of its own, for its
/// registers.
template <typename Words>
__attribute__((noinline)) Words gather_words(const Meeting& m, int32_t channel) {
  Words words;
  const int8_t* row = m.first + channel;
  for (int32_t i = 0; i < m.rows; ++i, row += m.row_step) {
    const int8_t* at = row;
    for (int32_t j = 0; j < m.columns; ++j, at += m.column_step) words.add(load_word(at));
  }
  return words;
}

Meeting meeting_of(const Window& w, const int8_t* picture, int32_t out_y, int32_t out_x) {
  Taps rows = rows_of(w, out_y), columns = columns_of(w, out_x);
  int32_t y = rows.origin + rows.begin * w.dilation_h;
  int32_t x = columns.origin + columns.begin * w.dilation_w;
  return {picture + (y * w.input_w + x) * w.input_c, rows.end - rows.begin,
          columns.end - columns.begin, w.dilation_h * w.input_w * w.input_c,
          w.dilation_w * w.input_c};
}

/// Calls visit(meeting, channel, output) for each four outputs.
template <typename Visit>
void for_each_meeting(const Window& w, const int8_t* input, int8_t* output, const Visit& visit) {
  const int32_t channels = w.output_c;
  for (int32_t n = 0; n < w.batches; ++n) {
    const int8_t* picture = input + n * w.input_h * w.input_w * w.input_c;
    for (int32_t y = 0; y < w.output_h; ++y) {
      for (int32_t x = 0; x < w.output_w; ++x) {
        const Meeting m = meeting_of(w, picture, y, x);
        for (int32_t c = 0; c < channels; c += 4, output += 4) visit(m, c, output);
      }
    }
  }
}

uint32_t four_bytes(int32_t value) {
  return (static_cast<uint32_t>(value) & 0xff) * 0x01010101u;
}

bool check_words(const Pool2dIntegerParams& p, const Operand* operands) {
  const Window& w = p.window;
  return w.output_c == w.input_c && w.output_c % 4 == 0 &&
         check_window<int8_t>(w, operands[0], operands[1]) &&
         all_within(-128, 127, p.output_min, p.output_max) && p.output_min <= p.output_max &&
         every_window_meets_picture(w);
}

}  // namespace

void average_pool_2d_int8_words(const Pool2dIntegerParams& p, const int8_t* input, int8_t* output) {
  const int32_t low = p.output_min, high = p.output_max;
  for_each_meeting(p.window, input, output, [=](const Meeting& m, int32_t c, int8_t* to) {
    const int32_t count = m.rows * m.columns;
    const ByteSums sums = gather_words<ByteSums>(m, c);
    for (int32_t i = 0; i < 4; ++i) {
      to[i] = static_cast<int8_t>(clamp(rounded_mean(sums.of(i, count), count), low, high));
    }
  });
}

bool check_average_pool_2d_int8_words(const Pool2dIntegerParams& p, const Operand* operands) {
  return check_words(p, operands) && p.window.filter_h <= kMostElements / p.window.filter_w;
}

void max_pool_2d_int8_words(const Pool2dIntegerParams& p, const int8_t* input, int8_t* output) {
  const uint32_t low = four_bytes(p.output_min), high = four_bytes(p.output_max);
  for_each_meeting(p.window, input, output, [=](const Meeting& m, int32_t c, int8_t* to) {
    const uint32_t largest = gather_words<LargestBytes>(m, c).word;
    store_word(to, min_bytes(max_bytes(largest, low), high));
  });
}

bool check_max_pool_2d_int8_words(const Pool2dIntegerParams& p, const Operand* operands) {
  return check_words(p, operands);
}

}  // namespace mote
