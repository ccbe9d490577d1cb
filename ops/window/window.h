// SPDX-License-Identifier: Apache-2.0
// The geometry that convolutions and poolings share: a filter window that slides over an NHWC
// picture. Padding isn't stored; kernels clip the window at the picture's edge.
#ifndef MOTE_OPS_WINDOW_WINDOW_H_
#define MOTE_OPS_WINDOW_WINDOW_H_

#include "base/kernel.h"

namespace mote {

/// Input [batches, input_h, input_w, input_c] to output [batches, output_h, output_w, output_c].
/// Tap (y, x) of the window for output (oy, ox) reads input (oy·stride_h - pad_h + y·dilation_h,
/// ox·stride_w - pad_w + x·dilation_w) where that exists.
struct Window {
  int32_t batches;
  int32_t input_h, input_w, input_c;
  int32_t output_h, output_w, output_c;
  int32_t filter_h, filter_w;
  int32_t stride_h, stride_w;
  int32_t dilation_h, dilation_w;
  int32_t pad_h, pad_w;  // rows above, columns left of the picture
};

/// The taps along one axis that fall inside the picture.
struct Taps {
  int32_t begin, end;  // taps [begin, end)
  int32_t origin;      // input coordinate of tap 0; may be negative
};

/// Clips a window of `filter` taps at output coordinate `out` to an axis of `size` inputs.
inline Taps clip_taps(int32_t out, int32_t stride, int32_t pad, int32_t filter, int32_t dilation,
                      int32_t size) {
  // Divisions are slow where there are none in hardware, and hardly ever needed.
  auto taps = [dilation](int32_t x) { return dilation == 1 ? x : (x + dilation - 1) / dilation; };
  int32_t origin = out * stride - pad;
  int32_t begin = origin >= 0 ? 0 : taps(-origin);
  int32_t left = size - origin;  // coordinates from tap 0 to the edge
  int32_t end = left <= 0 ? 0 : taps(left);
  return {begin, end < filter ? end : filter, origin};
}

inline Taps rows_of(const Window& w, int32_t out_y) {
  return clip_taps(out_y, w.stride_h, w.pad_h, w.filter_h, w.dilation_h, w.input_h);
}
inline Taps columns_of(const Window& w, int32_t out_x) {
  return clip_taps(out_x, w.stride_w, w.pad_w, w.filter_w, w.dilation_w, w.input_w);
}

/// Whether the window's own arithmetic can't overflow and input and output of T hold the pictures.
/// Cold, as all that is asked once at the door may be: small code instead of quick code.
template <typename T>
[[gnu::cold]] bool check_window(const Window& w, const Operand& input, const Operand& output) {
  constexpr int32_t kMost = 32767;
  return all_within(1, kMost, w.input_h, w.input_w, w.output_h, w.output_w, w.filter_h, w.filter_w,
                    w.stride_h, w.stride_w, w.dilation_h, w.dilation_w) &&
         all_within(0, kMost, w.pad_h, w.pad_w) &&
         input.holds<T>(w.batches, w.input_h, w.input_w, w.input_c) &&
         output.holds<T>(w.batches, w.output_h, w.output_w, w.output_c);
}

}  // namespace mote

#endif  // MOTE_OPS_WINDOW_WINDOW_H_
