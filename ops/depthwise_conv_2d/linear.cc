// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D as in dsp.cc, for layers that requantise in one rounding
// (ops/quantized/linear_channels.h) and pictures whose rows fit into a plane of a fixed pitch.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/pair_planes.h"
#include "ops/depthwise_conv_2d/window_linear.h"

namespace mote {
namespace {

/// All outputs of one channel in pairs of a row, then the last of each row where their number is
/// odd.
template <int kStride>
void run_linear_rows(const Window& w, LinearRun& run, int32_t step) {
  const int16_t* top = run.top;
  int8_t* output = run.output;
  run.pairs = w.output_w / 2, run.step = step;
  if (run.pairs > 0) run_linear<kStride>(run);
  if (w.output_w % 2 == 0) return;
  run.top = top + 2 * kStride * run.pairs, run.output = output + 2 * step * run.pairs;
  run.pairs = 1, run.step = 0;
  run_linear<kStride>(run);
}

/// Rows in groups, then the last one if they leave one.
template <int kStride>
void run_linear_plane(const Window& w, const uint32_t* weights, const LinearChannel& channel,
                      const int16_t* top, const Steps& steps, int8_t* output) {
  constexpr int32_t kRows = kLinearRows<kStride>;
  const int32_t groups = w.output_h / kRows;
  LinearRun run;  // not filled by an initialiser, which would call memset
  run.weights = weights;
  run.channel.bias = channel.bias, run.channel.multiplier = channel.multiplier;
  run.top = top, run.groups = groups;
  run.output = output, run.row = steps.row, run.group_step = kRows * steps.row;
  if (groups > 0) run_linear_rows<kStride>(w, run, steps.pixel);
  if (w.output_h % kRows == 0) return;
  run.top = top + groups * kRows * kStride * kLinearPitch;
  run.output = output + groups * kRows * steps.row;
  run.groups = 1, run.row = 0;
  run_linear_rows<kStride>(w, run, steps.pixel);
}

template <int kStride>
void run_linear_picture(const DepthwiseConv2dInt8DspParams& p, const PairPlanes& plane,
                        const int8_t* input, const uint32_t* weights, const LinearChannel* channels,
                        int16_t* planes, int8_t* output) {
  const Window& w = p.window;
  Steps from = steps_of(p, w.input_h, w.input_w), to = steps_of(p, w.output_h, w.output_w);
  for (int32_t c = 0; c < w.output_c; ++c) {
    const bool second = c % 2 != 0;
    if (!second) fill_planes(w, plane, input + c, from, c + 1 < w.output_c, planes);
    run_linear_plane<kStride>(w, weights + 3 * c, channels[c],
                              second ? planes + plane.words() : planes, to, output + c);
  }
}

}  // namespace

void depthwise_conv_2d_int8_dsp_linear(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                                       const uint32_t* weights, const LinearChannel* channels,
                                       uint32_t* planes, int8_t* output) {
  const Window& w = p.window;
  PairPlanes plane = {linear_rows(w), kLinearPitch};
  clear_planes(plane, p.input_offset, planes);
  auto run = w.stride_w == 1 ? run_linear_picture<1> : run_linear_picture<2>;
  int32_t output_bytes = w.output_h * w.output_w * w.output_c;
  for (int32_t n = 0; n < w.batches; ++n) {
    run(p, plane, input, weights, channels, reinterpret_cast<int16_t*>(planes), output);
    clamp_outputs(output, output_bytes, p.output);
    input += w.input_h * w.input_w * w.input_c;
    output += output_bytes;
  }
}

bool check_depthwise_conv_2d_int8_dsp_linear(const DepthwiseConv2dInt8DspParams& p,
                                             const Operand* operands) {
  const Window& w = p.window;
  if (!check_plain_3x3(p, operands[0], operands[4])) return false;
  PairPlanes plane = {linear_rows(w), kLinearPitch};
  return w.output_w <= most_linear_width(w.stride_w) &&
         operands[1].holds<uint32_t>(w.output_c, 3) && check_linear(operands[2], w.output_c) &&
         operands[3].holds<uint32_t>(plane.rows, plane.pitch);
}

}  // namespace mote
