// SPDX-License-Identifier: Apache-2.0
// The way through the outputs of a depthwise convolution of int16 activations with a multiplier of
// 1, whose channels lie side by side, as do their weights of 16 bits.
#ifndef MOTE_OPS_DEPTHWISE_CONV_2D_INT16_TAPS_H_
#define MOTE_OPS_DEPTHWISE_CONV_2D_INT16_TAPS_H_

#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"

namespace mote {

/// An output's taps that are in the picture, the first one's input and weights, and how many values
/// it is from one row of taps to the next.
struct Int16Taps {
  int32_t rows, columns;
  const int16_t *input, *weights;
  int32_t input_row, weight_row;
};

/// Channel c's sum.
inline int32_t sum_of_taps(const Window& w, const Int16Taps& taps, int32_t c) {
  const int16_t *row = taps.input + c, *weight_row = taps.weights + c;
  int32_t sum = 0;
  for (int32_t i = 0; i < taps.rows; ++i) {
    for (int32_t j = 0; j < taps.columns; ++j) {
      sum = wrapping_add(sum, row[j * w.dilation_w * w.input_c] * weight_row[j * w.output_c]);
    }
    row += taps.input_row, weight_row += taps.weight_row;
  }
  return sum;
}

/// Calls visit(taps) for each output pixel. Where there is no tap in the picture, rows are empty.
template <typename Visit>
void for_each_taps(const Window& w, const int16_t* input, const int16_t* weights,
                   const Visit& visit) {
  const int32_t pitch = w.input_w * w.input_c;
  Int16Taps taps;
  taps.input_row = w.dilation_h * pitch, taps.weight_row = w.filter_w * w.output_c;
  for (int32_t n = 0; n < w.batches; ++n, input += w.input_h * pitch) {
    for (int32_t y = 0; y < w.output_h; ++y) {
      const Taps rows = rows_of(w, y);
      for (int32_t x = 0; x < w.output_w; ++x) {
        const Taps columns = columns_of(w, x);
        taps.columns = columns.end - columns.begin;
        taps.rows = taps.columns > 0 && rows.begin < rows.end ? rows.end - rows.begin : 0;
        taps.input = input, taps.weights = weights;
        if (taps.rows > 0) {
          taps.input += (rows.origin + rows.begin * w.dilation_h) * pitch +
                        (columns.origin + columns.begin * w.dilation_w) * w.input_c;
          taps.weights += rows.begin * taps.weight_row + columns.begin * w.output_c;
        }
        visit(taps);
      }
    }
  }
}

}  // namespace mote

#endif  // MOTE_OPS_DEPTHWISE_CONV_2D_INT16_TAPS_H_
