// SPDX-License-Identifier: Apache-2.0
// CONV_2D on pairs of 16-bit numbers (tiles.h), two output pixels by four output channels at a
// time. A word of weights holds two channels at two depths as 16-bit numbers 256·second + first, so
// that one multiplication serves both: its sum, less that of the first channel alone, is 256 times
// that of the second.
#include "ops/conv_2d/tiles.h"

namespace mote {
namespace {

/// Two pixels' sums of four channels, and where their outputs go.
struct TwoPixels {
  int8_t *out_a, *out_b;
  EightSums s;

  /// The first or the third channel.
  static void store_first(const int32_t* first, const FoldedChannel& at, int8_t* a, int8_t* b) {
    FoldedChannel channel = load_channel(at);
    *b = static_cast<int8_t>(requantize_folded(first[1], channel.bias, channel.scale));
    *a = static_cast<int8_t>(requantize_folded(first[0], channel.bias, channel.scale));
  }
  /// The one behind it.
  static void store_second(const int32_t* first, const int32_t* both, const FoldedChannel& at,
                           int8_t* a, int8_t* b) {
    FoldedChannel channel = load_channel(at);
    int32_t twice_b = wrapping_sub(both[1], first[1]) >> 7;
    int32_t twice_a = wrapping_sub(both[0], first[0]) >> 7;
    *b = static_cast<int8_t>(requantize_twice(twice_b, channel.bias, channel.scale));
    *a = static_cast<int8_t>(requantize_twice(twice_a, channel.bias, channel.scale));
  }
  void store(const FoldedChannel* channels, int32_t count) const {
    store_first(s.first, channels[0], out_a, out_b);
    if (count > 1) store_second(s.first, s.both, channels[1], out_a + 1, out_b + 1);
    if (count > 2) store_first(s.third, channels[2], out_a + 2, out_b + 2);
    if (count > 3) store_second(s.third, s.last, channels[3], out_a + 3, out_b + 3);
  }
};

/// A function of its own, for its registers.
__attribute__((noinline)) void finish_pairs(Tiles& tiles) {
  const int32_t count = tiles.params.window.output_c, step = tiles.output_step();
  const uint32_t* weights = tiles.weights;
  auto* channels = *static_cast<const FoldedChannel**>(tiles.layer);
  int8_t* out = tiles.output;
  for (int32_t left = count; left > 0; left -= 4, channels += 4, out += 4) {
    TwoPixels two;
    two.s.both[0] = two.s.both[1] = two.s.last[0] = two.s.last[1] = 0;
    weights = multiply_pairs(tiles.rounds, weights, &two.s);
    two.out_a = out, two.out_b = out + step;
    two.store(channels, left);
  }
}

}  // namespace

void conv_2d_int8_dsp_folded(const Conv2dInt8Params& p, const int8_t* input,
                             const uint32_t* weights, const FoldedChannel* channels,
                             uint32_t* columns, int8_t* output) {
  Tiles tiles(p, weights, &channels, columns, output, finish_pairs);
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_folded(const Conv2dInt8Params& p, const Operand* operands) {
  return check_dsp_folded(p, operands, 2);
}

}  // namespace mote
