// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D as in dsp.cc, for layers that requantise in one rounding
// (ops/quantized/linear_channels.h) and pictures whose rows fit into a plane of a fixed pitch.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/linear_planes.h"
#include "ops/depthwise_conv_2d/window_linear.h"

namespace mote {
namespace {

/// The loop of a stride, and how far it goes at once.
struct LinearLoop {
  void (*run)(const LinearRun&);
  int32_t rows, stride;
};

/// All outputs of the run's channels in pairs of a row, then the last of each row where their
/// number is odd.
void run_linear_rows(const LinearLoop& loop, const Window& w, LinearRun& run, int32_t step) {
  const int16_t* top = run.top;
  int8_t* output = run.output;
  run.pairs = w.output_w / 2, run.step = step;
  if (run.pairs > 0) loop.run(run);
  if (w.output_w % 2 == 0) return;
  run.top = top + 2 * loop.stride * run.pairs, run.output = output + 2 * step * run.pairs;
  run.pairs = 1, run.step = 0;
  loop.run(run);
}

/// Rows in groups, then the last one if they leave one.
void run_linear_planes(const LinearLoop& loop, const Window& w, const int16_t* top,
                       const Steps& steps, int8_t* output, LinearRun& run) {
  const int32_t groups = w.output_h / loop.rows;
  run.top = top, run.groups = groups;
  run.output = output, run.row = steps.row;
  if (groups > 0) run_linear_rows(loop, w, run, steps.pixel);
  if (w.output_h % loop.rows == 0) return;
  run.top = top + groups * loop.rows * loop.stride * kLinearPitch;
  run.output = output + groups * loop.rows * steps.row;
  run.groups = 1, run.row = 0;
  run_linear_rows(loop, w, run, steps.pixel);
}

void run_linear_picture(const LinearLoop& loop, const DepthwiseConv2dInt8DspParams& p,
                        const int8_t* input, const uint32_t* weights, const LinearChannel* channels,
                        int16_t* planes, int8_t* output) {
  const Window& w = p.window;
  const Steps to = steps_of(p, w.output_h, w.output_w);
  const PairPlanes pair = {linear_rows(w), linear_columns(w), kLinearPitch, kLinearPitch / 2};
  const PlaneInside inside = inside_of(p, pair, planes);
  const Steps from = steps_of(p, w.input_h, w.input_w);
  const bool narrow = pair.columns <= kLinearPitch / 4;
  LinearRun run;  // not filled by an initialiser, which would call memset
  run.group_step = loop.rows * to.row;
  for (int32_t c = 0; c < w.output_c; c += run.count) {
    const int32_t left = w.output_c - c;
    run.count = narrow && left >= 4 ? 4 : left >= 2 ? 2 : 1;
    run.plane = kLinearPitch / run.count;
    if (run.count == 4) {
      fill_four_planes(inside, input + c, from);
    } else {
      fill_planes(p, pair, input + c, from, run.count == 2, planes);
    }
    run.weights = weights + 3 * c, run.channels = channels + c;
    run_linear_planes(loop, w, planes, to, output + c, run);
  }
}

}  // namespace

void depthwise_conv_2d_int8_dsp_linear(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                                       const uint32_t* weights, const LinearChannel* channels,
                                       uint32_t* planes, int8_t* output) {
  const Window& w = p.window;
  clear_planes(linear_rows(w) * kLinearPitch / 2, p.input_offset, planes);
  LinearLoop loop = {run_linear<1>, kLinearRows<1>, 1};
  if (w.stride_w == 2) loop = {run_linear<2>, kLinearRows<2>, 2};
  int32_t output_bytes = w.output_h * w.output_w * w.output_c;
  for (int32_t n = 0; n < w.batches; ++n) {
    run_linear_picture(loop, p, input, weights, channels, reinterpret_cast<int16_t*>(planes),
                       output);
    clamp_outputs(output, output_bytes, p.output);
    input += w.input_h * w.input_w * w.input_c;
    output += output_bytes;
  }
}

[[gnu::cold]] bool check_depthwise_conv_2d_int8_dsp_linear(const DepthwiseConv2dInt8DspParams& p,
                                                           const Operand* operands) {
  const Window& w = p.window;
  if (!check_plain_3x3(p, operands[0], operands[4])) return false;
  return w.output_w <= most_linear_width(w.stride_w) &&
         operands[1].holds<uint32_t>(w.output_c, 3) && check_linear(operands[2], w.output_c) &&
         operands[3].holds<uint32_t>(linear_rows(w), kLinearPitch / 2);
}

}  // namespace mote
