// SPDX-License-Identifier: Apache-2.0
// Conv and ConvTranspose. Filters [O, I/groups, H, W] become [O, H, W, I/groups], or [1, H, W, O]
// where each channel is a group of its own.
#include "compiler/onnx/bias.h"
#include "compiler/onnx/table.h"
#include "compiler/onnx/window.h"

namespace mote::onnx_import {
namespace {

/// A picture's filter size; a signal's has height 1.
std::vector<int64_t> kernel_of(const Shape& filter) {
  if (filter.rank == 3) return {1, filter[2]};
  if (filter.rank == 4) return {filter[2], filter[3]};
  return {};
}

Result<void> import_conv(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId filter, op.input(1));
  int rank = op.shape(x).rank;
  Shape shape = op.shape(filter);
  if (shape.rank != rank || rank < 3 || rank > 4) {
    return fail(
        "has an input {} and a filter {}; pictures (4 dimensions) and signals (3) are "
        "supported",
        shape_text(op.shape(x)), shape_text(shape));
  }
  int64_t groups = op.integer("group", 1), channels = op.shape(x)[1];
  if (groups < 1 || groups * shape[1] != channels || shape[0] % groups != 0) {
    return fail("its {} groups don't fit {} channels and a filter {}", groups, channels,
                shape_text(shape));
  }
  bool depthwise = groups > 1 && groups == channels;
  MOTE_TRY(x, to_nhwc(op, x));
  MOTE_TRY(WindowOf window, read_window(op, op.shape(x), kernel_of(shape)));
  MOTE_TRY(filter,
           filter_as(op, filter,
                     depthwise ? std::vector<int>{1, 2, 3, 0} : std::vector<int>{0, 2, 3, 1}));
  MOTE_TRY(TensorId bias, bias_of(op, 2, x, filter, shape[0]));
  bool same = window.padded() && window.same();
  if (!same) {
    MOTE_TRY(x, pad_picture(op, x, window));
  }
  Attributes attributes = window.attributes(same ? "SAME" : "VALID");
  attributes["dilation_h_factor"] = window.h.dilation;
  attributes["dilation_w_factor"] = window.w.dilation;
  if (depthwise) attributes["depth_multiplier"] = shape[0] / groups;
  MOTE_TRY(TensorId y, op.out.append(depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D", {x, filter, bias},
                                     attributes, op.result(x)));
  MOTE_TRY(y, to_nchw(op, y, rank));
  return op.finish(y);
}

// ---- ConvTranspose

/// One dimension of the result: what the filter's places cover, of which `before` is cut off.
struct Spread {
  int64_t whole, before, output;
};

Result<Spread> spread_of(const Side& side, int64_t more, int64_t wanted, const std::string& mode) {
  Spread spread{(side.input - 1) * side.stride + side.reach(), side.before, wanted};
  bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (wanted == 0 && same) spread.output = side.input * side.stride;
  if (spread.output == 0) spread.output = spread.whole + more - side.before - side.after;
  if (wanted != 0 || same) {
    int64_t total = std::max<int64_t>(0, spread.whole + more - spread.output);
    spread.before = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
  }
  spread.whole = std::max(spread.whole, spread.before + spread.output);
  if (spread.output < 1 || spread.whole > 32767) return fail("has a result of {}", spread.output);
  return spread;
}

/// The places of one dimension as attributes say them, in the order height, width.
std::vector<int64_t> for_picture(std::vector<int64_t> values, int spatial, int64_t fallback) {
  if (values.empty()) values.assign(static_cast<size_t>(spatial), fallback);
  if (values.size() == 1) values.insert(values.begin(), fallback);
  return values;
}

/// Sides with paddings taken as they are: they cut off instead of adding.
Result<WindowOf> read_spread(Op& op, const Shape& input, const std::vector<int64_t>& kernel,
                             int spatial) {
  auto strides = for_picture(op.list("strides"), spatial, 1);
  auto dilations = for_picture(op.list("dilations"), spatial, 1);
  auto given = for_picture(op.list("kernel_shape"), spatial, 1);
  if (op.has_attribute("kernel_shape") && given != kernel) {
    return fail("attribute kernel_shape isn't the filter's shape");
  }
  std::vector<int64_t> pads = op.list("pads");
  if (pads.empty()) pads.assign(static_cast<size_t>(2 * spatial), 0);
  if (spatial == 1 && pads.size() == 2) pads = {0, pads[0], 0, pads[1]};
  if (strides.size() != 2 || dilations.size() != 2 || pads.size() != 4) {
    return fail("its attributes don't fit {} spatial dimensions", spatial);
  }
  for (int64_t pad : pads) {
    if (pad < 0 || pad > 32767) return fail("attribute pads has {}", pad);
  }
  for (size_t i = 0; i < 2; ++i) {
    if (strides[i] < 1 || strides[i] > 32767) return fail("attribute strides has {}", strides[i]);
    if (dilations[i] != 1) return fail("dilations aren't supported in transposed convolutions");
  }
  return WindowOf{{input[1], kernel[0], strides[0], 1, pads[0], pads[2]},
                  {input[2], kernel[1], strides[1], 1, pads[1], pads[3]}};
}

Result<void> import_conv_transpose(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId filter, op.input(1));
  int rank = op.shape(x).rank, spatial = rank - 2;
  Shape shape = op.shape(filter);
  if (rank < 3 || rank > 4 || shape.rank != rank || shape[0] != op.shape(x)[1]) {
    return fail("has an input {} and a filter {}", shape_text(op.shape(x)), shape_text(shape));
  }
  if (op.integer("group", 1) != 1) return fail("groups aren't supported");
  MOTE_TRY(x, to_nhwc(op, x));
  MOTE_TRY(filter, filter_as(op, filter, {1, 2, 3, 0}));
  MOTE_TRY(TensorId bias, bias_of(op, 2, x, filter, shape[1]));
  MOTE_TRY(WindowOf sides, read_spread(op, op.shape(x), kernel_of(shape), spatial));
  auto more = for_picture(op.list("output_padding"), spatial, 0);
  auto wanted = for_picture(op.list("output_shape"), spatial, 0);
  if (spatial == 1 && wanted[1] != 0) wanted[0] = 1;
  if (more.size() != 2 || wanted.size() != 2) return fail("output_shape has the wrong length");
  for (int64_t value : {more[0], more[1], wanted[0], wanted[1]}) {
    if (value < 0 || value > 32767) return fail("its result would have a dimension of {}", value);
  }
  std::string mode = op.text("auto_pad", "NOTSET");
  MOTE_TRY(Spread h, spread_of(sides.h, more[0], wanted[0], mode));
  MOTE_TRY(Spread w, spread_of(sides.w, more[1], wanted[1], mode));
  TensorId whole = op.out.integers({op.shape(x)[0], h.whole, w.whole, shape[1]});
  MOTE_TRY(TensorId y, op.out.append("TRANSPOSE_CONV", {whole, filter, x, bias},
                                     sides.attributes("VALID"), op.result(x)));
  if (h.whole != h.output || w.whole != w.output) {
    TensorId begin = op.out.integers({0, h.before, w.before, 0});
    TensorId size = op.out.integers({-1, h.output, w.output, -1});
    MOTE_TRY(y, op.out.append("SLICE", {y, begin, size}));
  }
  MOTE_TRY(y, to_nchw(op, y, rank));
  return op.finish(y);
}

constexpr Row kRows[] = {
    {"Conv", import_conv, "CONV_2D", true},
    {"ConvTranspose", import_conv_transpose, "TRANSPOSE_CONV", true},
};

}  // namespace

std::span<const Row> convolution_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
