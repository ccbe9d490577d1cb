// SPDX-License-Identifier: Apache-2.0
// CONV_2D as in dsp.cc, for layers that requantise in one rounding
// (ops/quantized/linear_channels.h): many tiles in one go (dot_linear.h).
#include "ops/conv_2d/dot_linear.h"
#include "ops/conv_2d/tiles.h"

namespace mote {
namespace {

/// The fours of a layer that rounds once, but for one that isn't whole.
struct LinearLayer {
  int32_t whole;  // channels
  LinearFours fours;

  explicit LinearLayer(const Tiles& tiles)
      : whole(tiles.params.window.output_c / 4 * 4), fours(of(tiles, 0, whole / 4)) {}

  /// One tile.
  static LinearFours of(const Tiles& tiles, int32_t begin, int32_t end) {
    const int32_t words = 2 * tiles.pairs + LinearBlock::kBefore + LinearBlock::kBehind;
    return {tiles.rounds,
            tiles.weights + begin * words,
            tiles.weights + end * words,
            tiles.columns,
            tiles.output,
            tiles.output_step()};
  }
};

/// The last channels where they aren't four: their outputs, and those of channels that aren't
/// there, are copied.
void finish_last_linear(const Tiles& tiles, int32_t whole) {
  const int32_t rest = tiles.params.window.output_c - whole;
  int8_t outputs[8];
  LinearFours four = LinearLayer::of(tiles, whole / 4, whole / 4 + 1);
  four.output = outputs, four.step = 4;
  multiply_linear(four);
  copy_bytes(outputs + 4, rest, tiles.output + whole + tiles.output_step());
  copy_bytes(outputs, rest, tiles.output + whole);
}

/// A tile of all channels.
void finish_linear(Tiles& tiles) {
  auto& layer = *static_cast<LinearLayer*>(tiles.layer);
  layer.fours.output = tiles.output, layer.fours.step = tiles.output_step();
  if (layer.whole < tiles.params.window.output_c) finish_last_linear(tiles, layer.whole);
  if (layer.whole > 0) multiply_linear(layer.fours);
}

LinearSource source_of(const InnerWindows& windows) {
  const WindowRows& rows = windows.rows;
  const bool pixels = rows.rows == 1 && rows.rest == 0 && rows.words % 2 == 0;
  if (pixels && rows.words * 4 == windows.step) return LinearSource::kPixels;
  return rows.is_three_nines() ? LinearSource::kThreeNines : LinearSource::kNothing;
}

/// Of a pointer to InnerWindows, for multiply_linear().
bool widen_next_two(void* source) {
  auto& windows = *static_cast<InnerWindows*>(source);
  if (windows.left < 2) return false;
  for (int32_t i = 0; i < 2; ++i) {
    widen(windows.rows, windows.tiles.columns + i);
    windows.take(1);
  }
  return true;
}

/// An even number of them in one go: the layer's fours say where they come from.
void finish_many_linear(InnerWindows& windows, int32_t count) {
  Tiles& tiles = windows.tiles;
  const int32_t outputs = count * tiles.params.window.output_c;
  LinearFours& run = static_cast<LinearLayer*>(tiles.layer)->fours;
  run.output = tiles.output, run.step = tiles.params.window.output_c;
  run.source = source_of(windows);
  if (run.source != LinearSource::kNothing) {
    run.input_step = windows.step, run.row_step = windows.rows.step;
    run.tiles = count / 2, run.input = windows.take(count);
  } else {
    run.next = widen_next_two, run.windows = &windows;
    widen_next_two(&windows);
  }
  multiply_linear(run);
  run.tiles = 1, run.source = LinearSource::kNothing, run.next = nullptr;
  clamp_outputs(tiles.output, outputs, tiles.params.output);
  tiles.output += outputs;
}

}  // namespace

void conv_2d_int8_dsp_linear(const Conv2dInt8Params& p, const int8_t* input, const uint32_t* blocks,
                             uint32_t* columns, int8_t* output) {
  Tiles tiles(p, blocks, nullptr, columns, output, finish_linear);
  LinearLayer layer(tiles);
  tiles.layer = &layer;
  if (layer.whole == p.window.output_c) tiles.finish_many = finish_many_linear;
  walk_tiles(tiles, input);
}

bool check_conv_2d_int8_dsp_linear(const Conv2dInt8Params& p, const Operand* operands) {
  const int32_t beside = LinearBlock::kBefore + LinearBlock::kBehind;
  return check_dsp(p, operands[0], operands[2], operands[3]) &&
         window_words(p.window) <= kMostLinearDepth / 4 &&
         operands[1].holds<uint32_t>((p.window.output_c + 3) / 4,
                                     4 * window_words(p.window) + beside);
}

}  // namespace mote
