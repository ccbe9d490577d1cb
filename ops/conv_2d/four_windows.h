// SPDX-License-Identifier: Apache-2.0
// The way through a convolution's windows for kernels that multiply four of them at a time, whose
// padding is zero: each window is put together in a column of scratch, or, if it is one pixel of
// the picture, read where it is.
#ifndef MOTE_OPS_CONV_2D_FOUR_WINDOWS_H_
#define MOTE_OPS_CONV_2D_FOUR_WINDOWS_H_

#include "ops/window/window.h"

namespace mote {

constexpr int32_t kTileWindows = 4;

/// Whether the window is a pixel, never on padding.
inline bool has_single_taps(const Window& w) {
  return w.filter_h == 1 && w.filter_w == 1 && w.pad_h == 0 && w.pad_w == 0 &&
         (w.output_h - 1) * w.stride_h < w.input_h && (w.output_w - 1) * w.stride_w < w.input_w;
}

/// The same with four values at a time.
inline bool reads_fours_in_place(const Window& w) {
  return has_single_taps(w) && w.input_c % 4 == 0;
}

/// Whether int32_t counts in columns of such windows and their packed weights.
inline bool fits_four_windows(const Window& w) {
  return all_within(1, 32767, w.input_c, w.output_c) &&
         int64_t{w.filter_h} * w.filter_w * w.input_c <= INT32_MAX / 64;
}

/// Both return the end of what they wrote.
template <typename T>
T* copy_values(const T* from, int32_t count, T* to) {
  for (; count >= 4; count -= 4, from += 4, to += 4) {
    T a = from[0], b = from[1], c = from[2], d = from[3];
    to[0] = a, to[1] = b, to[2] = c, to[3] = d;
  }
  for (; count > 0; --count) *to++ = *from++;
  return to;
}
template <typename T>
T* clear_values(int32_t count, T* to) {
  for (; count > 0; --count) *to++ = 0;
  return to;
}

/// The window's taps in the order of the filter's depth.
template <typename T>
void copy_window(const Window& w, const T* picture, const Taps& rows, const Taps& columns, T* to) {
  const int32_t c = w.input_c;
  for (int32_t i = 0; i < w.filter_h; ++i) {
    if (i < rows.begin || i >= rows.end || columns.begin >= columns.end) {
      to = clear_values(w.filter_w * c, to);
      continue;
    }
    const T* row = picture + (rows.origin + i * w.dilation_h) * w.input_w * c;
    to = clear_values(columns.begin * c, to);
    if (w.dilation_w == 1) {
      const T* first = row + (columns.origin + columns.begin) * c;
      to = copy_values(first, (columns.end - columns.begin) * c, to);
    } else {
      for (int32_t j = columns.begin; j < columns.end; ++j) {
        to = copy_values(row + (columns.origin + j * w.dilation_w) * c, c, to);
      }
    }
    to = clear_values((w.filter_w - columns.end) * c, to);
  }
}

/// Calls multiply(windows, count) for the first to the last output pixel, up to four at a time.
/// `columns` is room for four columns `step` apart; null where windows are read where they are,
/// which REQUIRES has_single_taps().
template <typename T, typename Multiply>
void for_four_windows(const Window& w, const T* input, T* columns, int32_t step,
                      const Multiply& multiply) {
  const T* windows[kTileWindows];
  int32_t count = 0;
  for (int32_t n = 0; n < w.batches; ++n, input += w.input_h * w.input_w * w.input_c) {
    for (int32_t y = 0; y < w.output_h; ++y) {
      const Taps rows = rows_of(w, y);
      for (int32_t x = 0; x < w.output_w; ++x) {
        if (columns) {
          windows[count] = columns + count * step;
          copy_window(w, input, rows, columns_of(w, x), columns + count * step);
        } else {
          windows[count] = input + (rows.origin * w.input_w + x * w.stride_w) * w.input_c;
        }
        if (++count < kTileWindows) continue;
        multiply(windows, count);
        count = 0;
      }
    }
  }
  if (count > 0) multiply(windows, count);
}

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_FOUR_WINDOWS_H_
