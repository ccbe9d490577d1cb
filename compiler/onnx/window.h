// SPDX-License-Identifier: Apache-2.0
// What convolutions and poolings share: pictures and signals brought to NHWC and back, and ONNX's
// explicit paddings as one of mote's two (SAME, VALID), with a PAD before where neither says it.
#ifndef MOTE_COMPILER_ONNX_WINDOW_H_
#define MOTE_COMPILER_ONNX_WINDOW_H_

#include "compiler/onnx/op.h"

namespace mote::onnx_import {

/// [N, C, H, W] as [N, H, W, C]; a signal [N, C, L] as a picture [N, 1, L, C]. Errors: another
/// rank.
Result<TensorId> to_nhwc(Op& op, TensorId id);
/// The way back, to ONNX's rank.
Result<TensorId> to_nchw(Op& op, TensorId id, int rank);
/// A filter's dimensions in another order, a signal's with a height of 1 first: `perm` is of
/// [O, I, H, W].
Result<TensorId> filter_as(Op& op, TensorId filter, const std::vector<int>& perm);

/// One spatial dimension of a window.
struct Side {
  int64_t input, kernel, stride = 1, dilation = 1;
  int64_t before = 0, after = 0;  // padding that the model gives
  int64_t output = 0;             // how many places the window has
  int64_t used_after = 0;         // padding behind the picture that the last place reaches

  int64_t reach() const { return (kernel - 1) * dilation + 1; }
  bool padded() const { return before > 0 || used_after > 0; }
  /// Whether SAME means this padding.
  bool same() const;
};

/// Height and width of a picture's window.
struct WindowOf {
  Side h, w;

  bool padded() const { return h.padded() || w.padded(); }
  bool same() const { return h.same() && w.same(); }
  /// stride_h, stride_w, and padding as given.
  Attributes attributes(const char* padding) const;
};

/// The window that the attributes kernel_shape, strides, dilations, pads, auto_pad and ceil_mode
/// describe over `input` (NHWC). `kernel`: the filter's [H, W], empty if the attribute says it.
Result<WindowOf> read_window(Op& op, const Shape& input, std::vector<int64_t> kernel);

/// The picture with the window's padding around it. `value`: what the border holds, real 0 if none.
Result<TensorId> pad_picture(Op& op, TensorId id, const WindowOf& window,
                             std::optional<TensorId> value = {});

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_WINDOW_H_
