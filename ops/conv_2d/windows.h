// SPDX-License-Identifier: Apache-2.0
// The way through a convolution's windows that packed kernels share: output pixels in memory order,
// each window as pieces of the picture and of padding in the order of the filter's depth.
#ifndef MOTE_OPS_CONV_2D_WINDOWS_H_
#define MOTE_OPS_CONV_2D_WINDOWS_H_

#include "base/fixed_point.h"
#include "ops/window/window.h"

namespace mote {

/// Where the window of one output pixel lies: its taps of rows [row_begin, row_end) and columns
/// [begin, end) are in the picture; tap (0, 0) is, or would be, `origin` bytes after its start.
struct PlacedWindow {
  int32_t row_begin, row_end, begin, end;
  uint32_t origin;  // wraps where it lies outside
};

/// The windows of output row y, all of their columns outside.
inline PlacedWindow place_rows(const Window& w, int32_t y) {
  Taps rows = rows_of(w, y);
  return {rows.begin, rows.end, 0, 0,
          static_cast<uint32_t>(rows.origin) * static_cast<uint32_t>(w.input_w * w.input_c)};
}

/// The window at column x of that row.
inline PlacedWindow place_window(const Window& w, const PlacedWindow& rows, int32_t x) {
  Taps columns = columns_of(w, x);
  int32_t begin = clamp(columns.begin, 0, w.filter_w), end = clamp(columns.end, begin, w.filter_w);
  return {rows.row_begin, begin < end ? rows.row_end : rows.row_begin, begin, end,
          rows.origin + static_cast<uint32_t>(columns.origin * w.input_c)};
}

/// Whether all taps are in the picture, rows in one piece each.
inline bool is_inside(const Window& w, const PlacedWindow& at) {
  return at.begin == 0 && at.end == w.filter_w && at.row_begin == 0 && at.row_end == w.filter_h &&
         w.dilation_w == 1 && w.dilation_h == 1;
}

/// The pieces that a window inside the picture is made of: its rows, or all in one where a row of
/// it is one of the picture.
struct WindowPieces {
  int32_t count, bytes;
};

inline WindowPieces pieces_of(const Window& w) {
  const int32_t row = w.filter_w * w.input_c;
  return w.filter_w == w.input_w ? WindowPieces{1, w.filter_h * row}
                                 : WindowPieces{w.filter_h, row};
}

/// Whether every pixel is a window, one after the other.
inline bool is_flat(const Window& w) {
  return w.filter_h == 1 && w.filter_w == 1 && w.pad_h == 0 && w.pad_w == 0 && w.stride_h == 1 &&
         w.stride_w == 1 && w.input_h == w.output_h && w.input_w == w.output_w;
}

/// Calls copy(from, bytes) for what is inside the picture and fill(bytes) for what isn't.
/// REQUIRES: begin < end; `from` is the first tap inside.
template <typename Copy, typename Fill>
void visit_row(const Window& w, const PlacedWindow& at, const int8_t* from, const Copy& copy,
               const Fill& fill) {
  const int32_t bytes = w.input_c;
  if (at.begin > 0) fill(at.begin * bytes);
  if (w.dilation_w == 1) {
    copy(from, (at.end - at.begin) * bytes);
  } else {
    for (int32_t j = at.begin; j < at.end; ++j, from += w.dilation_w * bytes) copy(from, bytes);
  }
  if (at.end < w.filter_w) fill((w.filter_w - at.end) * bytes);
}

/// The same for a whole window.
template <typename Copy, typename Fill>
void visit_window(const Window& w, const int8_t* picture, const PlacedWindow& at, const Copy& copy,
                  const Fill& fill) {
  uint32_t from = at.origin + static_cast<uint32_t>(at.begin * w.dilation_w * w.input_c);
  const uint32_t step =
      static_cast<uint32_t>(w.dilation_h) * static_cast<uint32_t>(w.input_w * w.input_c);
  for (int32_t i = 0; i < w.filter_h; ++i, from += step) {
    if (i >= at.row_begin && i < at.row_end) {
      visit_row(w, at, picture + from, copy, fill);
    } else {
      fill(w.filter_w * w.input_c);
    }
  }
}

/// Columns of the output whose windows lie inside the picture from side to side, in one piece a
/// row.
struct InnerColumns {
  int32_t begin, end;
};

inline InnerColumns inner_columns(const Window& w) {
  int32_t last = w.input_w + w.pad_w - w.filter_w;  // where a window can begin, padding counted
  if (w.dilation_w != 1 || last < 0) return {0, 0};
  int32_t begin = (w.pad_w + w.stride_w - 1) / w.stride_w, end = last / w.stride_w + 1;
  return {begin, end < w.output_w ? end : w.output_w};
}

/// Calls inside(first tap, count) for output pixels side by side whose windows lie inside the
/// picture, rows in one piece each, and visit(picture, window) for the others.
template <typename Inside, typename Visit>
void for_each_window(const Window& w, const int8_t* input, const Inside& inside,
                     const Visit& visit) {
  const InnerColumns inner = inner_columns(w);
  for (int32_t n = 0; n < w.batches; ++n) {
    for (int32_t y = 0; y < w.output_h; ++y) {
      const PlacedWindow rows = place_rows(w, y);
      const bool whole = rows.row_begin == 0 && rows.row_end == w.filter_h && w.dilation_h == 1;
      for (int32_t x = 0; x < w.output_w; ++x) {
        if (whole && x == inner.begin && x < inner.end) {
          inside(input + rows.origin + (x * w.stride_w - w.pad_w) * w.input_c, inner.end - x);
          x = inner.end - 1;
        } else {
          visit(input, place_window(w, rows, x));
        }
      }
    }
    input += w.input_h * w.input_w * w.input_c;
  }
}

/// Calls visit(picture, window) for each output pixel.
template <typename Visit>
void for_each_window(const Window& w, const int8_t* input, const Visit& visit) {
  for (int32_t n = 0; n < w.batches; ++n) {
    for (int32_t y = 0; y < w.output_h; ++y) {
      PlacedWindow rows = place_rows(w, y);
      for (int32_t x = 0; x < w.output_w; ++x) visit(input, place_window(w, rows, x));
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
