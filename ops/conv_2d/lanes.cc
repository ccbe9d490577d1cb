// SPDX-License-Identifier: Apache-2.0
// CONV_2D for cores without instructions for pairs: four output pixels by two output channels at a
// time. Inputs of two pixels stand in one word of `columns`, so that one multiplication serves both
// (base/lanes.h). Padding is the input's zero point, which the folded bias takes off again.
#include "base/lanes.h"
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/windows.h"

namespace mote {
namespace {

/// Sums of four pixels for two channels: pixels 0 and 1, and 2 and 3, in lanes.
struct LaneTile {
  LaneSums first[2], second[2];
  uint32_t chunks;
};

/// The products of one step, two depths of two channels, added to a chunk.
struct LaneStep {
  uint32_t first[2], second[2];

  void add(const uint32_t* x, const int8_t* w) {
    uint32_t w0 = static_cast<uint32_t>(w[0]), w1 = static_cast<uint32_t>(w[1]);
    first[0] += w0 * x[0], first[1] += w0 * x[1];
    second[0] += w1 * x[0], second[1] += w1 * x[1];
    settle(first[0], first[1], second[0], second[1]);
    w0 = static_cast<uint32_t>(w[2]), w1 = static_cast<uint32_t>(w[3]);
    first[0] += w0 * x[2], first[1] += w0 * x[3];
    second[0] += w1 * x[2], second[1] += w1 * x[3];
  }
};

/// One row of chunks, `steps` in all. Inlined, it would share registers with what surrounds it.
__attribute__((noinline)) void multiply_lanes(const uint32_t* x, const int8_t* w,
                                              const uint8_t* chunks, int32_t steps,
                                              LaneTile* tile) {
  const uint8_t* begin = chunks;
  LaneSums a = {0, 0}, b = {0, 0}, c = {0, 0}, d = {0, 0};
  while (steps > 0) {
    int32_t left = *chunks++;
    steps -= left;
    LaneStep chunk = {{kLaneHalf, kLaneHalf}, {kLaneHalf, kLaneHalf}};
    for (const uint32_t* end = x + 4 * left; x != end; x += 4, w += 4) chunk.add(x, w);
    a.add(chunk.first[0]), b.add(chunk.first[1]), c.add(chunk.second[0]), d.add(chunk.second[1]);
  }
  tile->first[0] = a, tile->first[1] = b, tile->second[0] = c, tile->second[1] = d;
  tile->chunks = static_cast<uint32_t>(chunks - begin);
}

/// The walk over the output: windows are laid out one by one, and multiplied four by four.
struct LaneTiles {
  const Conv2dInt8Params& params;
  const int8_t* weights;
  const uint8_t* chunks;
  const FoldedChannel* channels;
  uint32_t* columns;
  int8_t* output;
  int32_t steps;
  int32_t filled;  // columns
};

int8_t finish_lane(int32_t sum, const FoldedChannel& channel) {
  return static_cast<int8_t>(requantize_folded(sum, channel.bias, channel.scale));
}

/// The first `pixels` of four, two lanes after two, to one channel.
void store_lanes(const LaneSums* sums, uint32_t chunks, const FoldedChannel& channel,
                 int32_t pixels, int8_t* out, int32_t step) {
  for (; pixels > 0; pixels -= 2, ++sums, out += 2 * step) {
    out[0] = finish_lane(sums->low(chunks), channel);
    if (pixels > 1) out[step] = finish_lane(sums->high, channel);
  }
}

void finish_tile(LaneTiles& tiles) {
  const int32_t count = tiles.params.window.output_c, pixels = tiles.filled;
  const int8_t* weights = tiles.weights;
  const uint8_t* chunks = tiles.chunks;
  for (int32_t c = 0; c < count; c += 2, weights += 4 * tiles.steps) {
    LaneTile t;
    multiply_lanes(tiles.columns, weights, chunks, tiles.steps, &t);
    chunks += t.chunks;
    store_lanes(t.first, t.chunks, tiles.channels[c], pixels, tiles.output + c, count);
    if (c + 1 < count) {
      store_lanes(t.second, t.chunks, tiles.channels[c + 1], pixels, tiles.output + c + 1, count);
    }
  }
  clamp_outputs(tiles.output, pixels * count, tiles.params.output);
  tiles.output += pixels * count;
  tiles.filled = 0;
}

/// One window as a lane of the columns: the even pixels in the low ones, which come first.
class LaneColumn {
 public:
  LaneColumn(uint32_t* columns, int32_t pixel) : word_(columns + pixel / 2), odd_(pixel % 2 != 0) {}

  void copy(const int8_t* from, int32_t bytes) {
    for (; bytes >= 4; bytes -= 4, from += 4, word_ += 8) {
      if (odd_) {
        put_high(from, 0), put_high(from, 1), put_high(from, 2), put_high(from, 3);
      } else {
        put_low(from, 0), put_low(from, 1), put_low(from, 2), put_low(from, 3);
      }
    }
    for (; bytes > 0; --bytes, ++from, word_ += 2) odd_ ? put_high(from, 0) : put_low(from, 0);
  }
  void fill(int32_t bytes, int8_t value) {
    for (; bytes > 0; --bytes) copy(&value, 1);
  }

 private:
  void put_low(const int8_t* from, int32_t i) { word_[2 * i] = static_cast<uint32_t>(from[i]); }
  void put_high(const int8_t* from, int32_t i) {
    word_[2 * i] += static_cast<uint32_t>(from[i]) << 16;
  }

  uint32_t* word_;
  bool odd_;
};

void add_window_lane(LaneTiles& tiles, const int8_t* picture, const PlacedWindow& at) {
  LaneColumn column(tiles.columns, tiles.filled);
  int8_t zero = static_cast<int8_t>(-tiles.params.input_offset);
  visit_window(
      tiles.params.window, picture, at,
      [&](const int8_t* from, int32_t bytes) { column.copy(from, bytes); },
      [&](int32_t bytes) { column.fill(bytes, zero); });
  if (++tiles.filled == 4) finish_tile(tiles);
}

/// Depths of a window, two by two.
int32_t window_steps(const Window& w) {
  return (w.filter_h * w.filter_w * w.input_c + 1) / 2;
}

}  // namespace

void conv_2d_int8_lanes(const Conv2dInt8Params& p, const int8_t* input, const int8_t* weights,
                        const uint8_t* chunks, const FoldedChannel* channels, uint32_t* columns,
                        int8_t* output) {
  LaneTiles tiles{p, weights, chunks, channels, columns, output, window_steps(p.window), 0};
  for_each_window(p.window, input, [&](const int8_t* picture, const PlacedWindow& at) {
    add_window_lane(tiles, picture, at);
  });
  if (tiles.filled > 0) finish_tile(tiles);
}

bool check_conv_2d_int8_lanes(const Conv2dInt8Params& p, const Operand* operands) {
  const Window& w = p.window;
  if (!check_packed_window(w, p.filter_c, operands[0], operands[5])) return false;
  int32_t rows = (w.output_c + 1) / 2, steps = window_steps(w);
  return operands[1].holds<int8_t>(rows, steps, 4) && check_chunks(operands[2], rows, steps) &&
         check_folded(operands[3], w.output_c) && operands[4].holds<uint32_t>(steps, 4) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

}  // namespace mote
