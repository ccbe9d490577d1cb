// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D as in dsp.cc, for layers that requantise in one rounding
// (ops/quantized/linear_channels.h): four channels at a time, in strips of the picture that fit
// into planes of a fixed pitch. The last two columns of a strip are the first ones of the next,
// which takes them from the plane: in place, outputs are there by then.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/linear_planes.h"
#include "ops/depthwise_conv_2d/window_linear.h"

namespace mote {
namespace {

/// A strip: where its pixels are in the picture, and its outputs.
struct LinearStrip {
  StripPixels pixels;
  int32_t first;        // bytes
  int32_t used, words;  // of a plane's row: up to the last pixel, and in all
  LinearState state;
};

/// The strip whose first output in a row is x; filters and output are of the next channel. The
/// first strip begins with the border, the others two columns on.
__attribute__((noinline)) void prepare_strip(const DepthwiseConv2dInt8DspParams& p, int32_t x,
                                             const LinearFilter* filters, int8_t* output,
                                             LinearStrip& strip) {
  const Window& w = p.window;
  const Steps from = steps_of(p, w.input_h, w.input_w), to = steps_of(p, w.output_h, w.output_w);
  const int32_t width = clamp(w.output_w - x, 1, kStripColumns / w.stride_w);
  const int32_t columns = (width + (width & 1)) * w.stride_w + 2;
  const bool leftmost = x == 0;
  const int32_t first = leftmost ? 0 : clamp(x * w.stride_w + 2 - w.pad_w, 0, w.input_w);
  const int32_t head = leftmost ? w.pad_w : 0;
  const int32_t count = clamp(w.input_w - first, 0, columns - (leftmost ? head : 2));
  const int32_t words = (head + count + 1) >> 1;
  strip.first = first * from.pixel;
  strip.used = words + (leftmost ? 0 : 1), strip.words = columns >> 1;
  strip.pixels.step = from.pixel, strip.pixels.gap = from.row - count * from.pixel;
  strip.pixels.row = static_cast<uint32_t>(count - head) + (head != 0 ? kBehindBorder : 0);
  strip.pixels.words_gap = 4 * (kStripPitch - words);
  prepare_linear({filters, output + x * to.pixel, width, w.output_h, to.pixel, to.row, w.stride_w},
                 strip.state);
}

void run_linear_picture(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                        const LinearFilter* filters, uint32_t* planes, int8_t* output) {
  const Window& w = p.window;
  const int32_t most = kStripColumns / w.stride_w;  // outputs of a strip
  const uint32_t zero = pair_of(-p.input_offset, -p.input_offset);
  uint32_t* inside = planes + w.pad_h * kStripPitch;
  LinearStrip strip;  // not filled by an initialiser, which would call memset
  strip.pixels.rows = clamp(linear_rows(w) - w.pad_h, 1, w.input_h);
  strip.pixels.border = 0x01010101 * (zero & 0xff);
  int32_t prepared = -1;
  for (int32_t c = 0; c < w.output_c; c += 4) {
    // The last four are filled together with some before them, which aren't computed again.
    const int32_t before = clamp(c + 4 - w.output_c, 0, 3);
    int32_t x = 0;
    do {
      if (x != prepared) {
        prepare_strip(p, x, filters + c, output + c, strip);
        if (x != 0 || prepared < 0) {
          begin_strip(strip.pixels.rows, strip.used, strip.words, zero, inside);
        }
        prepared = x;
      }
      fill_strip(strip.pixels, input + (c - before) + strip.first, inside + (x != 0));
      run_linear(reinterpret_cast<const int16_t*>(planes + before * kStripWords), 4 - before,
                 w.stride_w, strip.state);
      x += most;
    } while (x < w.output_w);
  }
}

}  // namespace

void depthwise_conv_2d_int8_dsp_linear(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                                       const LinearFilter* filters, uint32_t* planes,
                                       int8_t* output) {
  const Window& w = p.window;
  const int32_t output_bytes = w.output_h * w.output_w * w.output_c;
  const int32_t rows = linear_rows(w), above = w.pad_h + clamp(rows - w.pad_h, 1, w.input_h);
  clear_planes(w.pad_h * kStripPitch, p.input_offset, planes);
  clear_planes((rows - above) * kStripPitch, p.input_offset, planes + above * kStripPitch);
  for (int32_t n = 0; n < w.batches; ++n) {
    run_linear_picture(p, input, filters, planes, output);
    clamp_outputs(output, output_bytes, p.output);
    input += w.input_h * w.input_w * w.input_c;
    output += output_bytes;
  }
}

[[gnu::cold]] bool check_depthwise_conv_2d_int8_dsp_linear(const DepthwiseConv2dInt8DspParams& p,
                                                           const Operand* operands) {
  const Window& w = p.window;
  if (!check_plain_3x3(p, operands[0], operands[3])) return false;
  return w.output_c >= 4 && all_within(0, 1, w.pad_h, w.pad_w) &&
         operands[1].holds<LinearFilter>(w.output_c) &&
         operands[2].holds<uint32_t>(linear_rows(w), kLinearPitch / 2);
}

}  // namespace mote
