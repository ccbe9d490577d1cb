// SPDX-License-Identifier: Apache-2.0
// The way through a convolution's windows that packed kernels share: output pixels in memory order,
// each window as pieces of the picture and of padding in the order of the filter's depth.
#ifndef MOTE_OPS_CONV_2D_WINDOWS_H_
#define MOTE_OPS_CONV_2D_WINDOWS_H_

#include "base/fixed_point.h"
#include "ops/window/window.h"

namespace mote {

/// One row of a window: its taps [begin, end) lie in the picture, the first of them at `from`.
struct WindowRow {
  const int8_t* from;
  int32_t begin, end;
};

/// Calls copy(from, bytes) for what is inside the picture and fill(bytes) for what isn't.
template <typename Copy, typename Fill>
void visit_row(const Window& w, const WindowRow& row, const Copy& copy, const Fill& fill) {
  const int32_t bytes = w.input_c;
  if (row.begin > 0) fill(row.begin * bytes);
  if (w.dilation_w == 1) {
    if (row.begin < row.end) copy(row.from, (row.end - row.begin) * bytes);
  } else {
    const int8_t* from = row.from;
    for (int32_t j = row.begin; j < row.end; ++j, from += w.dilation_w * bytes) copy(from, bytes);
  }
  if (row.end < w.filter_w) fill((w.filter_w - row.end) * bytes);
}

/// The same for the whole window at output (y, x) of a picture.
template <typename Copy, typename Fill>
void visit_window(const Window& w, const int8_t* picture, int32_t y, int32_t x, const Copy& copy,
                  const Fill& fill) {
  Taps rows = rows_of(w, y), columns = columns_of(w, x);
  int32_t begin = clamp(columns.begin, 0, w.filter_w), end = clamp(columns.end, begin, w.filter_w);
  for (int32_t i = 0; i < w.filter_h; ++i) {
    bool inside = i >= rows.begin && i < rows.end && begin < end;
    if (!inside) {
      fill(w.filter_w * w.input_c);
      continue;
    }
    int32_t in_y = rows.origin + i * w.dilation_h, in_x = columns.origin + begin * w.dilation_w;
    const int8_t* from = picture + (in_y * w.input_w + in_x) * w.input_c;
    visit_row(w, WindowRow{from, begin, end}, copy, fill);
  }
}

/// Calls visit(picture, y, x) for each output pixel.
template <typename Visit>
void for_each_pixel(const Window& w, const int8_t* input, const Visit& visit) {
  for (int32_t n = 0; n < w.batches; ++n) {
    for (int32_t y = 0; y < w.output_h; ++y) {
      for (int32_t x = 0; x < w.output_w; ++x) visit(input, y, x);
    }
    input += w.input_h * w.input_w * w.input_c;
  }
}

/// Whether packed kernels can walk it: no groups, and a depth that 32-bit integers count.
inline bool check_packed_window(const Window& w, int32_t filter_c, const Operand& input,
                                const Operand& output) {
  return check_window<int8_t>(w, input, output) && filter_c == w.input_c && w.filter_h < 256 &&
         w.filter_w < 256 && all_within(1, 32767, w.input_c, w.output_c);
}

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_WINDOWS_H_
