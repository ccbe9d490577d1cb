// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D with 3×3 filters on pairs of 16-bit numbers. Two channels at a time are taken
// out of the picture into planes of their own, widened to 16 bits and surrounded by the input's
// zero point; along a plane's rows, neighbours are pairs, a channel's filter stays in registers and
// no bounds need a check. Once a channel is in its plane its bytes are free, so it may run in
// place.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/pair_planes.h"
#include "ops/depthwise_conv_2d/window_3x3.h"

namespace mote {
namespace {

PairPlanes planes_of(const Window& w) {
  const int32_t rows = (w.output_h - 1) * w.stride_h + 3;
  const int32_t columns = (w.output_w * w.stride_w + 3) / 2 * 2;
  return {rows, columns, columns, rows * columns};
}

/// All outputs of one channel: two by two, then the last of each row where their number is odd.
void run_plane(const Window& w, const PairPlanes& plane, const uint32_t* weights,
               const FoldedChannel& channel, const int16_t* top, const Steps& steps,
               int8_t* output) {
  Filter3x3 filter = load_filter(weights);
  Rows3x3 r{top, plane.pitch, w.output_h, w.output_w / 2, output, steps.pixel, steps.row};
  auto* run = w.stride_w == 1 ? run_rows<1> : run_rows<2>;
  if (r.pairs > 0) run(filter, channel, r);
  if (w.output_w % 2 == 0) return;
  top += 2 * r.pairs * w.stride_w, output += 2 * r.pairs * steps.pixel;
  for (int32_t y = 0; y < w.output_h; ++y, top += w.stride_h * plane.pitch, output += steps.row) {
    *output = window_3x3(filter, channel, top, plane.pitch);
  }
}

void run_picture(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                 const uint32_t* weights, const FoldedChannel* channels, int16_t* planes,
                 int8_t* output) {
  const Window& w = p.window;
  PairPlanes plane = planes_of(w);
  Steps from = steps_of(p, w.input_h, w.input_w), to = steps_of(p, w.output_h, w.output_w);
  for (int32_t c = 0; c < w.output_c; c += 2) {
    bool two = c + 1 < w.output_c;
    fill_planes(p, plane, input + c, from, two, planes);
    run_plane(w, plane, weights + 3 * c, channels[c], planes, to, output + c);
    if (!two) break;
    run_plane(w, plane, weights + 3 * c + 3, channels[c + 1], planes + plane.second, to,
              output + c + 1);
  }
}

}  // namespace

void depthwise_conv_2d_int8_dsp(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                                const uint32_t* weights, const FoldedChannel* channels,
                                uint32_t* planes, int8_t* output) {
  const Window& w = p.window;
  PairPlanes plane = planes_of(w);
  clear_planes(plane.second, p.input_offset, planes);
  int32_t output_bytes = w.output_h * w.output_w * w.output_c;
  for (int32_t n = 0; n < w.batches; ++n) {
    run_picture(p, input, weights, channels, reinterpret_cast<int16_t*>(planes), output);
    clamp_outputs(output, output_bytes, p.output);
    input += w.input_h * w.input_w * w.input_c;
    output += output_bytes;
  }
}

[[gnu::cold]] bool check_depthwise_conv_2d_int8_dsp(const DepthwiseConv2dInt8DspParams& p,
                                                    const Operand* operands) {
  const Window& w = p.window;
  if (!check_plain_3x3(p, operands[0], operands[4])) return false;
  PairPlanes plane = planes_of(w);
  return operands[1].holds<uint32_t>(w.output_c, 3) && check_folded(operands[2], w.output_c) &&
         operands[3].holds<uint32_t>(plane.rows, plane.columns);
}

}  // namespace mote
