// SPDX-License-Identifier: Apache-2.0
// The host's side of windows: SAME and VALID padding, output sizes, and the attributes that
// TFLite's convolutions and poolings share.
#ifndef MOTE_OPS_WINDOW_WINDOW_SHAPE_OP_H_
#define MOTE_OPS_WINDOW_WINDOW_SHAPE_OP_H_

#include "ir/record.h"
#include "ops/window/window.h"

namespace mote {

// The fields of a Window that is member `w` of a params struct, for MOTE_FIELDS.
#define MOTE_WINDOW_FIELDS(w)                                                                 \
  w.batches, w.input_h, w.input_w, w.input_c, w.output_h, w.output_w, w.output_c, w.filter_h, \
      w.filter_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, w.pad_h, w.pad_w

/// padding, stride_h, stride_w, which every windowed operator has.
std::vector<AttributeSpec> window_attributes();
/// dilation_h_factor, dilation_w_factor, which convolutions have as well.
std::vector<AttributeSpec> dilation_attributes();

/// The window of filter size `filter_h` × `filter_w` over input 0, by the node's attributes.
/// SAME: output = ceil(input / stride), the odd row or column of padding below and to the right.
/// VALID: output = ceil((input - effective filter + 1) / stride). (TensorFlow's padding rule.)
/// Errors: input isn't 4-D, the window is larger than a VALID input.
Result<Window> window_of(const NodeView& node, int32_t filter_h, int32_t filter_w,
                         int32_t output_c);

/// The output shape of a window.
Shape output_shape(const Window& window);

}  // namespace mote

#endif  // MOTE_OPS_WINDOW_WINDOW_SHAPE_OP_H_
