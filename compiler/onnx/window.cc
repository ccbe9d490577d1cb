// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/window.h"

#include <algorithm>

namespace mote::onnx_import {
namespace {

constexpr int64_t kMost = 32767;  // what records take as a window's numbers

/// A list attribute for two spatial dimensions: `fallback` where it's missing, 1 dimension brought
/// to 2 by `first` before it.
Result<std::vector<int64_t>> pair(Op& op, const char* name, int spatial, int64_t fallback,
                                  int64_t low) {
  std::vector<int64_t> values = op.list(name);
  if (values.empty()) values.assign(static_cast<size_t>(spatial), fallback);
  if (values.size() != static_cast<size_t>(spatial)) {
    return fail("attribute {} has {} numbers for {} spatial dimensions", name, values.size(),
                spatial);
  }
  for (int64_t value : values) {
    if (value < low || value > kMost) return fail("attribute {} has {}", name, value);
  }
  if (spatial == 1) values.insert(values.begin(), fallback);
  return values;
}

/// How many places the window has, and how far the last one reaches.
Result<void> place(Side& side, bool ceil_mode) {
  int64_t room = side.input + side.before + side.after - side.reach();
  if (room < 0) return fail("its window of {} doesn't fit into {}", side.reach(), side.input);
  side.output = (ceil_mode ? (room + side.stride - 1) / side.stride : room / side.stride) + 1;
  // A place that would begin in the padding behind the picture doesn't count.
  if (ceil_mode && (side.output - 1) * side.stride >= side.input + side.before) --side.output;
  int64_t needed = (side.output - 1) * side.stride + side.reach() - side.input - side.before;
  side.used_after = std::max<int64_t>(0, needed);
  return {};
}

/// auto_pad's SAME: as many places as input / stride, the odd row behind (UPPER) or before (LOWER).
void pad_same(Side& side, bool lower) {
  int64_t places = (side.input + side.stride - 1) / side.stride;
  int64_t total = std::max<int64_t>(0, (places - 1) * side.stride + side.reach() - side.input);
  side.before = lower ? total - total / 2 : total / 2;
  side.after = total - side.before;
}

Result<void> read_padding(Op& op, WindowOf& window, int spatial) {
  std::string mode = op.text("auto_pad", "NOTSET");
  std::vector<int64_t> pads = op.list("pads");
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    pad_same(window.h, mode == "SAME_LOWER");
    pad_same(window.w, mode == "SAME_LOWER");
    return {};
  }
  if (mode != "NOTSET" && mode != "VALID") return fail("attribute auto_pad is {}", mode);
  if (mode == "VALID" || pads.empty()) return {};
  size_t half = static_cast<size_t>(spatial);
  if (pads.size() != 2 * half) return fail("attribute pads has {} numbers", pads.size());
  for (int64_t pad : pads) {
    if (pad < 0 || pad > kMost) return fail("attribute pads has {}", pad);
  }
  window.w.before = pads[half - 1], window.w.after = pads[2 * half - 1];
  if (spatial == 2) window.h.before = pads[0], window.h.after = pads[2];
  return {};
}

}  // namespace

bool Side::same() const {
  Side wanted = *this;
  pad_same(wanted, false);
  return output == (input + stride - 1) / stride && before == wanted.before &&
         used_after == wanted.after;
}

Attributes WindowOf::attributes(const char* padding) const {
  return {{"padding", std::string(padding)}, {"stride_h", h.stride}, {"stride_w", w.stride}};
}

Result<TensorId> to_nhwc(Op& op, TensorId id) {
  Shape shape = op.shape(id);
  if (shape.rank == 4) return op.out.transpose(id, {0, 2, 3, 1});
  if (shape.rank != 3) {
    return fail("has an operand of {} dimensions; pictures (4) and signals (3) are supported",
                shape.rank);
  }
  MOTE_TRY(TensorId last, op.out.transpose(id, {0, 2, 1}));
  return op.out.reshape(last, Shape(shape[0], 1, shape[2], shape[1]));
}

Result<TensorId> to_nchw(Op& op, TensorId id, int rank) {
  if (rank == 4) return op.out.transpose(id, {0, 3, 1, 2});
  Shape shape = op.shape(id);
  MOTE_TRY(TensorId signal, op.out.reshape(id, Shape(shape[0], shape[2], shape[3])));
  return op.out.transpose(signal, {0, 2, 1});
}

Result<TensorId> filter_as(Op& op, TensorId filter, const std::vector<int>& perm) {
  Shape shape = op.shape(filter);
  if (shape.rank == 3) {
    MOTE_TRY(filter, op.out.reshape(filter, Shape(shape[0], shape[1], 1, shape[2])));
  }
  if (op.shape(filter).rank != 4) return fail("has a filter of {} dimensions", shape.rank);
  return op.out.transpose(filter, perm);
}

Result<WindowOf> read_window(Op& op, const Shape& input, std::vector<int64_t> kernel) {
  std::vector<int64_t> given = op.list("kernel_shape");
  bool signal = given.size() == 1 || op.list("strides").size() == 1 ||
                op.list("pads").size() == 2 || op.list("dilations").size() == 1;
  int spatial = signal ? 1 : 2;
  MOTE_TRY(given, pair(op, "kernel_shape", spatial, 1, 1));
  if (kernel.empty()) kernel = given;
  if (op.has_attribute("kernel_shape") && given != kernel) {
    return fail("attribute kernel_shape isn't the filter's shape");
  }
  MOTE_TRY(std::vector<int64_t> strides, pair(op, "strides", spatial, 1, 1));
  MOTE_TRY(std::vector<int64_t> dilations, pair(op, "dilations", spatial, 1, 1));
  WindowOf window{{input[1], kernel[0], strides[0], dilations[0]},
                  {input[2], kernel[1], strides[1], dilations[1]}};
  for (int64_t size : kernel) {
    if (size < 1 || size > kMost) return fail("has a window of {}", size);
  }
  MOTE_CHECK_OK(read_padding(op, window, spatial));
  bool ceil_mode = op.integer("ceil_mode", 0) != 0;
  MOTE_CHECK_OK(place(window.h, ceil_mode));
  MOTE_CHECK_OK(place(window.w, ceil_mode));
  return window;
}

Result<TensorId> pad_picture(Op& op, TensorId id, const WindowOf& window,
                             std::optional<TensorId> value) {
  if (!window.padded()) return id;
  std::vector<int32_t> around = {0, 0};
  for (const Side& side : {window.h, window.w}) {
    around.push_back(static_cast<int32_t>(side.before));
    around.push_back(static_cast<int32_t>(side.used_after));
  }
  around.insert(around.end(), {0, 0});
  TensorId amounts = op.out.constant<int32_t>(Shape(4, 2), around);
  if (!value) return op.out.append("PAD", {id, amounts});
  return op.out.append("PADV2", {id, amounts, *value});
}

}  // namespace mote::onnx_import
