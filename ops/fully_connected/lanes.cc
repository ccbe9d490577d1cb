// SPDX-License-Identifier: Apache-2.0
// FULLY_CONNECTED for cores without instructions for pairs: eight outputs at a time, their weights
// at one depth in two words, as bytes to which 128 was added. The second and fourth byte of a word
// are the lanes (base/lanes.h) of one product. The word as it stands is another, of all four bytes:
// less 256 times the first product it leaves the lanes of the first and third. What adding 128 did
// is 128 times the sum of the inputs, in each lane.
#include "base/lanes.h"
#include "ops/fully_connected/fully_connected.h"

namespace mote {
namespace {

constexpr uint32_t kOddBytes = 0x00ff00ff, kBothLanes = 0x00800080;

/// The sums of eight outputs: 0 and 2, 1 and 3, 4 and 6, 5 and 7.
struct EightLanes {
  LaneSums sums[4];
  uint32_t chunks;
};

/// Products of a chunk so far.
struct LaneChunk {
  uint32_t all0, odd0, all1, odd1, inputs;

  void add_depth(const int8_t* input, const uint32_t* w) {
    settle(all0, odd0, all1, odd1);
    uint32_t x = static_cast<uint32_t>(*input);
    inputs += x;
    all0 += x * w[0], odd0 += x * (w[0] >> 8 & kOddBytes);
    all1 += x * w[1], odd1 += x * (w[1] >> 8 & kOddBytes);
  }
};

/// `steps` of two depths in all, cut into chunks. Inlined, it would share registers with what
/// surrounds it.
__attribute__((noinline)) void multiply_eight(const int8_t* x, const uint32_t* w,
                                              const uint8_t* chunks, int32_t steps,
                                              EightLanes* lanes) {
  const uint8_t* begin = chunks;
  LaneSums a = {0, 0}, b = {0, 0}, c = {0, 0}, d = {0, 0};
  while (steps > 0) {
    int32_t left = *chunks++;
    steps -= left;
    LaneChunk chunk;
    chunk.all0 = chunk.odd0 = chunk.all1 = chunk.odd1 = chunk.inputs = 0;
    for (const uint32_t* end = w + 4 * left; w != end; x += 2, w += 4) {
      chunk.add_depth(x, w);
      chunk.add_depth(x + 1, w + 2);
    }
    uint32_t start = kLaneHalf - chunk.inputs * kBothLanes;
    a.add(start + chunk.all0 - (chunk.odd0 << 8)), b.add(start + chunk.odd0);
    c.add(start + chunk.all1 - (chunk.odd1 << 8)), d.add(start + chunk.odd1);
  }
  lanes->sums[0] = a, lanes->sums[1] = b, lanes->sums[2] = c, lanes->sums[3] = d;
  lanes->chunks = static_cast<uint32_t>(chunks - begin);
}

void store_eight(const EightLanes& t, const int32_t* bias, const FoldedScale& scale, int8_t* out) {
  auto finish = [&](int32_t sum, int32_t o) {
    out[o] = static_cast<int8_t>(requantize_folded(sum, bias[o], scale));
  };
  for (int32_t k = 0; k < 4; ++k) {
    int32_t o = k / 2 * 4 + k % 2;
    finish(t.sums[k].low(t.chunks), o);
    finish(t.sums[k].high, o + 2);
  }
}

}  // namespace

void fully_connected_int8_lanes(const FullyConnectedInt8PackedParams& p, const int8_t* input,
                                const uint32_t* weights, const uint8_t* chunks, const int32_t* bias,
                                int8_t* output) {
  for (int32_t r = 0; r < p.rows; ++r, input += p.depth, output += p.outputs) {
    const uint8_t* chunk = chunks;
    for (int32_t o = 0; o < p.outputs; o += 8) {
      EightLanes t;
      multiply_eight(input, weights + p.depth / 4 * o, chunk, p.depth / 2, &t);
      store_eight(t, bias + o, p.scale, output + o);
      chunk += t.chunks;
    }
    clamp_outputs(output, p.outputs, p.output);
  }
}

bool check_fully_connected_int8_lanes(const FullyConnectedInt8PackedParams& p,
                                      const Operand* operands) {
  return check_fully_connected_int8_packed(p, operands[0], operands[1], operands[3], operands[4]) &&
         p.depth % 4 == 0 && check_chunks(operands[2], p.outputs / 8, p.depth / 2);
}

}  // namespace mote
