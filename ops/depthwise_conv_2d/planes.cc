// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D on planes, for cores without instructions for pairs: one input channel at a
// time is taken out of the picture into a plane of its own, surrounded by the input's zero point.
// No bounds need a check then, and a 3×3 filter stays in registers. Once a channel is in its plane
// its bytes are free, so it may run in place.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"

namespace mote {
namespace {

struct BytePlane {
  int32_t rows, pitch;
};

BytePlane byte_plane_of(const Window& w) {
  return {(w.output_h - 1) * w.stride_h + (w.filter_h - 1) * w.dilation_h + 1,
          (w.output_w - 1) * w.stride_w + (w.filter_w - 1) * w.dilation_w + 1};
}

/// Fills the plane's inside from one channel; its border stays as it is.
void fill_byte_plane(const Window& w, const BytePlane& plane, const int8_t* picture, int8_t* to) {
  int32_t rows = clamp(plane.rows - w.pad_h, 0, w.input_h);
  int32_t columns = clamp(plane.pitch - w.pad_w, 0, w.input_w);
  for (int32_t y = 0; y < rows; ++y) {
    const int8_t* pixel = picture + y * w.input_w * w.input_c;
    int8_t* row = to + (y + w.pad_h) * plane.pitch + w.pad_w;
    for (int32_t x = 0; x < columns; ++x, pixel += w.input_c) row[x] = *pixel;
  }
}

/// A window's sum for any filter.
struct AnyFilter {
  const Window& w;
  const int8_t* weights;

  int32_t sum(const int8_t* top, int32_t pitch) const {
    int32_t total = 0;
    const int8_t* weight = weights;
    for (int32_t i = 0; i < w.filter_h; ++i, top += w.dilation_h * pitch) {
      const int8_t* x = top;
      for (int32_t j = 0; j < w.filter_w; ++j, x += w.dilation_w) {
        total = wrapping_add(total, *x * *weight++);
      }
    }
    return total;
  }
};

/// The same for 3×3 without dilation, in registers.
struct SmallFilter {
  int32_t a, b, c, d, e, f, g, h, i;

  explicit SmallFilter(const int8_t* w)
      : a(w[0]), b(w[1]), c(w[2]), d(w[3]), e(w[4]), f(w[5]), g(w[6]), h(w[7]), i(w[8]) {}

  int32_t sum(const int8_t* top, int32_t pitch) const {
    const int8_t *middle = top + pitch, *bottom = middle + pitch;
    return top[0] * a + top[1] * b + top[2] * c + middle[0] * d + middle[1] * e + middle[2] * f +
           bottom[0] * g + bottom[1] * h + bottom[2] * i;
  }
};

/// All outputs of one channel.
template <typename Filter>
void run_byte_plane(const Window& w, int32_t pitch, const int8_t* plane, const Filter filter,
                    const FoldedChannel& stored, int8_t* output) {
  const FoldedChannel channel = load_channel(stored);
  for (int32_t y = 0; y < w.output_h; ++y, plane += w.stride_h * pitch) {
    const int8_t* top = plane;
    for (int32_t x = 0; x < w.output_w; ++x, top += w.stride_w, output += w.output_c) {
      int32_t sum = filter.sum(top, pitch);
      *output = static_cast<int8_t>(requantize_folded(sum, channel.bias, channel.scale));
    }
  }
}

}  // namespace

void depthwise_conv_2d_int8_planes(const DepthwiseConv2dInt8Params& p, const int8_t* input,
                                   const int8_t* filter, const FoldedChannel* channels,
                                   int8_t* scratch, int8_t* output) {
  const Window& w = p.window;
  BytePlane plane = byte_plane_of(w);
  int32_t taps = w.filter_h * w.filter_w, output_bytes = w.output_h * w.output_w * w.output_c;
  bool small = w.filter_h == 3 && w.filter_w == 3 && w.dilation_h == 1 && w.dilation_w == 1;
  for (int32_t i = 0; i < plane.rows * plane.pitch; ++i) {
    scratch[i] = static_cast<int8_t>(-p.input_offset);
  }
  for (int32_t n = 0; n < w.batches; ++n) {
    for (int32_t c = 0; c < w.output_c; ++c) {
      int32_t multiplier = w.output_c / w.input_c;
      if (c % multiplier == 0) fill_byte_plane(w, plane, input + c / multiplier, scratch);
      const int8_t* weights = filter + c * taps;
      if (small) {
        run_byte_plane(w, plane.pitch, scratch, SmallFilter(weights), channels[c], output + c);
      } else {
        run_byte_plane(w, plane.pitch, scratch, AnyFilter{w, weights}, channels[c], output + c);
      }
    }
    clamp_outputs(output, output_bytes, p.output);
    input += w.input_h * w.input_w * w.input_c;
    output += output_bytes;
  }
}

bool check_depthwise_conv_2d_int8_planes(const DepthwiseConv2dInt8Params& p,
                                         const Operand* operands) {
  const Window& w = p.window;
  if (!check_window<int8_t>(w, operands[0], operands[4]) || w.output_c % w.input_c != 0) {
    return false;
  }
  BytePlane plane = byte_plane_of(w);
  return operands[1].holds<int8_t>(w.output_c, w.filter_h, w.filter_w) &&
         check_folded(operands[2], w.output_c) &&
         operands[3].holds<int8_t>(plane.rows, plane.pitch) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

}  // namespace mote
