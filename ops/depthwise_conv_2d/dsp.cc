// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D with 3×3 filters on pairs of 16-bit numbers. Two channels at a time are taken
// out of the picture into planes of their own, widened to 16 bits and surrounded by the input's
// zero point; along a plane's rows, neighbours are pairs, a channel's filter stays in registers and
// no bounds need a check. Once a channel is in its plane its bytes are free, so it may run in
// place.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/window_3x3.h"

namespace mote {
namespace {

/// The planes' rows and columns; a row is words.
struct Plane {
  int32_t rows, pitch;
};

Plane plane_of(const Window& w) {
  return {(w.output_h - 1) * w.stride_h + 3, (w.output_w * w.stride_w + 3) / 2 * 2};
}

void widen_pixel(const int8_t* pixel, int16_t* first, int16_t* second) {
  *first = pixel[0];
  *second = pixel[1];
}

/// Two neighbours' two channels to both planes, which begin at a word.
void widen_two(const int8_t* pixel, int32_t step, int16_t* first, int16_t* second) {
  uint32_t bytes = load_half(pixel) | load_half(pixel + step) << 16;
  store_word(first, widen_even(bytes));
  store_word(second, widen_odd(bytes));
}

/// Channels c and c + 1 of one row of the picture.
void widen_row(const int8_t* pixel, int32_t count, int32_t step, bool odd, int16_t* first,
               int16_t* second) {
  if (odd && count > 0) {
    widen_pixel(pixel, first++, second++);
    pixel += step;
    --count;
  }
  for (; count >= 2; count -= 2, pixel += 2 * step, first += 2, second += 2) {
    widen_two(pixel, step, first, second);
  }
  if (count > 0) widen_pixel(pixel, first, second);
}

/// A single channel of one row.
void widen_row(const int8_t* pixel, int32_t count, int32_t step, int16_t* first) {
  for (; count > 0; --count, pixel += step) *first++ = *pixel;
}

/// Fills the planes' insides; their borders stay as they are.
void fill_planes(const Window& w, const Plane& plane, const int8_t* picture, const Steps& steps,
                 bool two, int16_t* planes) {
  int32_t rows = clamp(plane.rows - w.pad_h, 0, w.input_h);
  int32_t columns = clamp(plane.pitch - w.pad_w, 0, w.input_w);
  if (columns == 0) return;
  for (int32_t y = 0; y < rows; ++y) {
    const int8_t* from = picture + y * steps.row;
    int16_t* first = planes + (y + w.pad_h) * plane.pitch + w.pad_w;
    if (two) {
      widen_row(from, columns, steps.pixel, w.pad_w % 2 != 0, first,
                first + plane.rows * plane.pitch);
    } else {
      widen_row(from, columns, steps.pixel, first);
    }
  }
}

Filter3x3 load_filter(const uint32_t* weights) {
  Filter3x3 filter;
  for (int32_t i = 0; i < 3; ++i) {
    filter.left[i] = widen_even(weights[i]);
    filter.right[i] = widen_odd(weights[i]);
  }
  return filter;
}

/// All outputs of one channel: two by two, then the last of each row where their number is odd.
template <int kStride>
void run_plane(const Window& w, const Plane& plane, const uint32_t* weights,
               const FoldedChannel& channel, const int16_t* top, const Steps& steps,
               int8_t* output) {
  Filter3x3 filter = load_filter(weights);
  Rows3x3 r{top, plane.pitch, w.output_h, w.output_w / 2, output, steps.pixel, steps.row};
  if (r.pairs > 0) run_rows<kStride>(filter, channel, r);
  if (w.output_w % 2 == 0) return;
  top += 2 * r.pairs * kStride, output += 2 * r.pairs * steps.pixel;
  for (int32_t y = 0; y < w.output_h; ++y, top += kStride * plane.pitch, output += steps.row) {
    *output = window_3x3(filter, channel, top, plane.pitch);
  }
}

template <int kStride>
void run_picture(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                 const uint32_t* weights, const FoldedChannel* channels, int16_t* planes,
                 int8_t* output) {
  const Window& w = p.window;
  Plane plane = plane_of(w);
  Steps from = steps_of(p, w.input_h, w.input_w), to = steps_of(p, w.output_h, w.output_w);
  for (int32_t c = 0; c < w.output_c; c += 2) {
    bool two = c + 1 < w.output_c;
    fill_planes(w, plane, input + c, from, two, planes);
    run_plane<kStride>(w, plane, weights + 3 * c, channels[c], planes, to, output + c);
    if (!two) break;
    run_plane<kStride>(w, plane, weights + 3 * c + 3, channels[c + 1],
                       planes + plane.rows * plane.pitch, to, output + c + 1);
  }
}

}  // namespace

void depthwise_conv_2d_int8_dsp(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                                const uint32_t* weights, const FoldedChannel* channels,
                                uint32_t* planes, int8_t* output) {
  const Window& w = p.window;
  Plane plane = plane_of(w);
  uint32_t zero = pair_of(-p.input_offset, -p.input_offset);
  for (int32_t i = 0; i < plane.rows * plane.pitch; ++i) planes[i] = zero;
  auto run = w.stride_w == 1 ? run_picture<1> : run_picture<2>;
  int32_t output_bytes = w.output_h * w.output_w * w.output_c;
  for (int32_t n = 0; n < w.batches; ++n) {
    run(p, input, weights, channels, reinterpret_cast<int16_t*>(planes), output);
    clamp_outputs(output, output_bytes, p.output);
    input += w.input_h * w.input_w * w.input_c;
    output += output_bytes;
  }
}

bool check_depthwise_conv_2d_int8_dsp(const DepthwiseConv2dInt8DspParams& p,
                                      const Operand* operands) {
  const Window& w = p.window;
  if (!check_plain_3x3(p, operands[0], operands[4])) return false;
  Plane plane = plane_of(w);
  return operands[1].holds<uint32_t>(w.output_c, 3) && check_folded(operands[2], w.output_c) &&
         operands[3].holds<uint32_t>(plane.rows, plane.pitch);
}

}  // namespace mote
