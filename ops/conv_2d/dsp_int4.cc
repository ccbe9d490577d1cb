// SPDX-License-Identifier: Apache-2.0
// CONV_2D as in dsp.cc with weights of 4 bits: a word holds four channels at two depths
// (dot_quads.h).
#include "ops/conv_2d/dot_quads.h"
#include "ops/conv_2d/tiles.h"

namespace mote {
namespace {

constexpr uint32_t kOnes = 0x00010001;

/// 16 times the sums of both columns' inputs.
struct InputSums {
  int32_t sixteen[2];
};

InputSums sum_inputs(const uint32_t* columns, int32_t pairs) {
  int32_t a = 0, b = 0;
  for (const uint32_t* end = columns + 2 * pairs; columns != end; columns += 2) {
    a = mac_pairs(columns[0], kOnes, a), b = mac_pairs(columns[1], kOnes, b);
  }
  return {{wrapping_shift_left(a, 4), wrapping_shift_left(b, 4)}};
}

/// Two pixels' sums of four channels, and where their outputs go.
struct TwoQuadPixels {
  QuadSums a, b;
  InputSums inputs;
  int8_t *out_a, *out_b;

  template <int kChannel>
  void store(const FoldedChannel* channels) const {
    FoldedChannel channel = load_channel(channels[kChannel]);
    out_b[kChannel] = static_cast<int8_t>(requantize_twice(
        twice_quad_sum(b, kChannel, inputs.sixteen[1]), channel.bias, channel.scale));
    out_a[kChannel] = static_cast<int8_t>(requantize_twice(
        twice_quad_sum(a, kChannel, inputs.sixteen[0]), channel.bias, channel.scale));
  }
};

/// A function of its own, for its registers.
__attribute__((noinline)) void finish_quads(Tiles& tiles) {
  const int32_t count = tiles.params.window.output_c, pairs = tiles.pairs;
  const int32_t step = tiles.output_step();
  const QuadLoop loop(tiles.columns, pairs);
  const uint32_t* weights = tiles.weights;
  auto* channels = *static_cast<const FoldedChannel**>(tiles.layer);
  int8_t* out = tiles.output;
  TwoQuadPixels two;
  two.inputs = sum_inputs(tiles.columns, pairs);
  for (int32_t left = count; left > 0; left -= 4, weights += pairs, channels += 4, out += 4) {
    two.out_a = out, two.out_b = out + step;
    loop.dot_two(weights, &two.a, &two.b);
    two.store<0>(channels);
    if (left > 1) two.store<1>(channels);
    if (left > 2) two.store<2>(channels);
    if (left > 3) two.store<3>(channels);
  }
}

}  // namespace

void conv_2d_int8_dsp_folded_int4(const Conv2dInt8Params& p, const int8_t* input,
                                  const uint32_t* weights, const FoldedChannel* channels,
                                  uint32_t* columns, int8_t* output) {
  Tiles tiles(p, weights, &channels, columns, output, finish_quads);
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_folded_int4(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp_folded(p, operands, 1);
}

}  // namespace mote
