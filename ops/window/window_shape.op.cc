// SPDX-License-Identifier: Apache-2.0
#include "ops/window/window_shape.op.h"

#include <algorithm>

namespace mote {
namespace {

/// One axis: fills output size and the padding before the picture; false if nothing fits.
bool place(bool same, int32_t input, int32_t filter, int32_t stride, int32_t dilation,
           int32_t* output, int32_t* pad) {
  int64_t effective = int64_t{filter - 1} * dilation + 1;
  int64_t size = same ? (int64_t{input} + stride - 1) / stride
                      : (int64_t{input} - effective + stride) / stride;
  if (size < 1) return false;
  *output = static_cast<int32_t>(size);
  *pad = static_cast<int32_t>(std::max<int64_t>(0, (size - 1) * stride + effective - input) / 2);
  return same || int64_t{input} >= effective;
}

int32_t dilation(const NodeView& node, const char* name) {
  for (const AttributeSpec& spec : node.node().record->attributes) {
    if (std::string_view(spec.name) == name) return node.integer(name);
  }
  return 1;
}

}  // namespace

std::vector<AttributeSpec> window_attributes() {
  return {
      {.name = "padding", .fallback = std::string("SAME"), .choices = {"SAME", "VALID"}},
      {.name = "stride_h", .fallback = int64_t{1}, .low = 1, .high = 32767},
      {.name = "stride_w", .fallback = int64_t{1}, .low = 1, .high = 32767},
  };
}

std::vector<AttributeSpec> dilation_attributes() {
  return {
      {.name = "dilation_h_factor", .fallback = int64_t{1}, .low = 1, .high = 32767},
      {.name = "dilation_w_factor", .fallback = int64_t{1}, .low = 1, .high = 32767},
  };
}

Result<Window> window_of(const NodeView& node, int32_t filter_h, int32_t filter_w,
                         int32_t output_c) {
  const Shape& input = node.input(0).shape;
  if (input.rank != 4) return fail("{} must have 4 dimensions (NHWC)", node.input_text(0));
  Window w{};
  w.batches = input[0], w.input_h = input[1], w.input_w = input[2], w.input_c = input[3];
  w.output_c = output_c;
  w.filter_h = filter_h, w.filter_w = filter_w;
  w.stride_h = node.integer("stride_h"), w.stride_w = node.integer("stride_w");
  w.dilation_h = dilation(node, "dilation_h_factor");
  w.dilation_w = dilation(node, "dilation_w_factor");
  bool same = node.choice("padding") == "SAME";
  if (!place(same, w.input_h, filter_h, w.stride_h, w.dilation_h, &w.output_h, &w.pad_h) ||
      !place(same, w.input_w, filter_w, w.stride_w, w.dilation_w, &w.output_w, &w.pad_w)) {
    return fail("a {}x{} window with dilation {}x{} doesn't fit into {} without padding", filter_h,
                filter_w, w.dilation_h, w.dilation_w, node.input_text(0));
  }
  return w;
}

Shape output_shape(const Window& w) {
  return Shape(w.batches, w.output_h, w.output_w, w.output_c);
}

}  // namespace mote
