// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D for hosts, for filters of 3x3: an output row of eight channels after the other.
// Each column of three rows is widened once, the first two rows as pairs, and adds to the sums of
// all windows that it lies in. Rows and columns outside of the picture are zero points.
#include "ops/conv_2d/windows.h"
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/quantized/folded_eight.h"

namespace mote {

MOTE_EIGHT_BEGIN

namespace {

/// A column of the filter, or of the picture: eight channels of the first two rows, as pairs, and
/// of the third, beside zeros in the filter.
struct ThreeEights {
  Int32x8 pairs, third;

  static ThreeEights of_filter(const int32_t* filter, int32_t channels) {
    return {load_vector<Int32x8>(filter), load_vector<Int32x8>(filter + channels)};
  }
  Int32x8 times(const ThreeEights& other) const {
    return mac_halves(pairs, other.pairs) + mac_halves(third, other.third);
  }
};

/// The columns of three rows of the picture, one after the other.
struct ColumnReader {
  const int8_t* rows[3];  // the next column's
  int32_t steps[3];       // from column to column; 0 for a row outside
  const int8_t* zeros;
  int32_t column, columns;

  ThreeEights next() {
    const bool inside = column >= 0 && column < columns;
    ++column;
    if (!inside) return {widen_two_eights(zeros, zeros), widen_eight(zeros)};
    ThreeEights read = {widen_two_eights(rows[0], rows[1]), widen_eight(rows[2])};
    for (int32_t i = 0; i < 3; ++i) rows[i] += steps[i];
    return read;
  }
};

/// One output row of eight channels.
struct RowOfEight {
  const int32_t* filter;  // [3, 2, channels]
  const FoldedEight* folded;
  int32_t channels, count;  // columns of the output
  const Int8Output* range;
  int8_t* output;

  void store(Int32x8 sums) {
    store_bytes(requantize_eight(sums, *folded, *range), 8, output);
    output += channels;
  }

  template <int kStride>
  void run(ColumnReader from) {
    const ThreeEights first = ThreeEights::of_filter(filter, channels);
    const ThreeEights second = ThreeEights::of_filter(filter + 2 * channels, channels);
    const ThreeEights third = ThreeEights::of_filter(filter + 4 * channels, channels);
    ThreeEights column = from.next();
    Int32x8 begun = column.times(first), half{};  // windows of which one column is in, or two
    if (kStride == 1) {
      column = from.next();
      half = begun + column.times(second), begun = column.times(first);
    }
    for (int32_t x = 0; x < count; ++x) {
      column = from.next();
      if (kStride == 2) {
        half = begun + column.times(second);
        column = from.next();
      }
      store(half + column.times(third));
      if (kStride == 1) half = begun + column.times(second);
      begun = column.times(first);
    }
  }
};

/// The rows that output row y reads, of the first channels.
ColumnReader rows_from(const Window& w, const int8_t* picture, int32_t y, const int8_t* zeros) {
  ColumnReader reader = {{zeros, zeros, zeros}, {0, 0, 0}, zeros, -w.pad_w, w.input_w};
  for (int32_t i = 0; i < 3; ++i) {
    const int32_t row = y * w.stride_h - w.pad_h + i;
    if (row < 0 || row >= w.input_h) continue;
    reader.rows[i] = picture + row * w.input_w * w.input_c, reader.steps[i] = w.input_c;
  }
  return reader;
}

}  // namespace

void depthwise_conv_2d_int8_avx2_3x3(const DepthwiseConv2dInt8Params& p, const int8_t* input,
                                     const int32_t* filter, const FoldedEight* channels,
                                     int8_t* zeros, int8_t* output) {
  const Window& w = p.window;
  const int32_t count = w.output_c, rows = w.batches * w.output_h;
  for (int32_t c = 0; c < count; ++c) zeros[c] = static_cast<int8_t>(-p.input_offset);
  for (int32_t r = 0; r < rows; ++r, output += w.output_w * count) {
    const int8_t* picture = input + r / w.output_h * (w.input_h * w.input_w * w.input_c);
    ColumnReader from = rows_from(w, picture, r % w.output_h, zeros);
    for (int32_t c = 0; c < count; c += 8) {
      RowOfEight row = {filter + c, channels + c / 8, count, w.output_w, &p.output, output + c};
      w.stride_w == 1 ? row.run<1>(from) : row.run<2>(from);
      for (const int8_t*& at : from.rows) at += 8;
    }
  }
}

MOTE_EIGHT_END

bool check_depthwise_conv_2d_int8_avx2_3x3(const DepthwiseConv2dInt8Params& p,
                                           const Operand* operands) {
  const Window& w = p.window;
  return has_eight() && check_packed_window(w, w.input_c, operands[0], operands[4]) &&
         w.filter_h == 3 && w.filter_w == 3 && w.dilation_h == 1 && w.dilation_w == 1 &&
         w.stride_h == w.stride_w && w.stride_w <= 2 && w.input_c == w.output_c &&
         w.output_c % 8 == 0 && operands[1].holds<int32_t>(3, 2, w.output_c) &&
         operands[2].holds<FoldedEight>(w.output_c / 8) && operands[3].holds<int8_t>(w.output_c) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

}  // namespace mote
