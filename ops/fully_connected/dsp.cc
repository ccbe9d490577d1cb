// SPDX-License-Identifier: Apache-2.0
// FULLY_CONNECTED on pairs of 16-bit numbers, eight outputs at a time. A word of weights holds two
// outputs at two depths, as in ops/conv_2d/dsp.cc; weights of 4 bits four outputs, as in
// ops/conv_2d/dot_quads.h.
#include "ops/fully_connected/dot_eight.h"
#include "ops/fully_connected/dot_eight_int4.h"
#include "ops/fully_connected/fully_connected.h"

namespace mote {
namespace {

/// The bytes of a row's last word, `count` of them.
uint32_t last_word(const int8_t* bytes, int32_t count) {
  uint32_t word = 0;
  for (int32_t i = 0; i < count; ++i) {
    word |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << 8 * i;
  }
  return word;
}

/// Eight sums over the whole row; the last word of inputs may be short of bytes.
FourPairsOfSums sum_row(const int8_t* input, int32_t depth, const uint32_t* weights) {
  FourPairsOfSums sums;
  for (int32_t k = 0; k < 4; ++k) sums.first[k] = sums.both[k] = 0;
  int32_t words = depth / 4, rest = depth % 4;
  if (words > 0) dot_eight(input, weights, words, &sums);
  if (rest > 0) {
    uint32_t last = last_word(input + 4 * words, rest);
    dot_eight(&last, weights + 8 * words, 1, &sums);
  }
  return sums;
}

/// Outputs 0 to 3, and 4 to 7.
struct TwoQuads {
  QuadSums low, high;
};

/// The same for weights of 4 bits.
TwoQuads sum_row_int4(const int8_t* input, int32_t depth, const uint32_t* weights) {
  TwoQuads sums;
  for (int32_t k = 0; k < 4; ++k) sums.low.sums[k] = sums.high.sums[k] = 0;
  int32_t words = depth / 4, rest = depth % 4;
  if (words > 0) dot_eight_int4(input, weights, words, &sums.low, &sums.high);
  if (rest > 0) {
    uint32_t last = last_word(input + 4 * words, rest);
    dot_eight_int4(&last, weights + 4 * words, 1, &sums.low, &sums.high);
  }
  return sums;
}

int32_t sixteen_times_sum(const int8_t* input, int32_t depth) {
  int32_t sum = 0;
  for (int32_t i = 0; i < depth; ++i) sum = wrapping_add(sum, input[i]);
  return wrapping_shift_left(sum, 4);
}

}  // namespace

void fully_connected_int8_dsp(const FullyConnectedInt8PackedParams& p, const int8_t* input,
                              const uint32_t* weights, const int32_t* bias, int8_t* output) {
  const FoldedScale scale = {p.scale.multiplier, p.scale.addend, p.scale.shift};
  for (int32_t r = 0; r < p.rows; ++r, input += p.depth, output += p.outputs) {
    for (int32_t o = 0; o < p.outputs; o += 8) {
      FourPairsOfSums sums = sum_row(input, p.depth, weights + (p.depth + 3) / 4 * o);
      for (int32_t k = 0; k < 4; ++k) {
        int32_t twice = wrapping_sub(sums.both[k], sums.first[k]) >> 7, at = o + 2 * k;
        output[at] = static_cast<int8_t>(requantize_folded(sums.first[k], bias[at], scale));
        output[at + 1] = static_cast<int8_t>(requantize_twice(twice, bias[at + 1], scale));
      }
    }
    clamp_outputs(output, p.outputs, p.output);
  }
}

bool check_fully_connected_int8_dsp(const FullyConnectedInt8PackedParams& p,
                                    const Operand* operands) {
  return check_fully_connected_int8_packed(p, operands[0], operands[1], operands[2], operands[3]);
}

void fully_connected_int8_dsp_int4(const FullyConnectedInt8PackedParams& p, const int8_t* input,
                                   const uint32_t* weights, const int32_t* bias, int8_t* output) {
  const FoldedScale scale = {p.scale.multiplier, p.scale.addend, p.scale.shift};
  for (int32_t r = 0; r < p.rows; ++r, input += p.depth, output += p.outputs) {
    const int32_t inputs = sixteen_times_sum(input, p.depth);
    for (int32_t o = 0; o < p.outputs; o += 8) {
      TwoQuads s = sum_row_int4(input, p.depth, weights + (p.depth + 3) / 4 * o / 2);
      for (int32_t k = 0; k < 8; ++k) {
        int32_t twice = twice_quad_sum(k < 4 ? s.low : s.high, k % 4, inputs);
        output[o + k] = static_cast<int8_t>(requantize_any(twice, bias[o + k], scale));
      }
    }
    clamp_outputs(output, p.outputs, p.output);
  }
}

bool check_fully_connected_int8_dsp_int4(const FullyConnectedInt8PackedParams& p,
                                         const Operand* operands) {
  return check_fully_connected_int8_packed(p, operands[0], operands[1], operands[2], operands[3],
                                           kLeastAnyShift, 2);
}

}  // namespace mote
