// SPDX-License-Identifier: Apache-2.0
// FULLY_CONNECTED for hosts: thirty-two outputs at a time, two depths in one instruction. Weights
// stay bytes, for they come from memory once for each row.
#include "ops/fully_connected/fully_connected.h"
#include "ops/quantized/folded_eight.h"

namespace mote {

MOTE_EIGHT_BEGIN

namespace {

/// The sums of 32 outputs.
struct FourEights {
  Int32x8 a, b, c, d;

  void add(const int16_t* pair, const int8_t* weights) {
    Int32x8 x = all_eight(load_vector<int32_t>(pair));
    a += mac_halves(x, widen_sixteen(weights)), b += mac_halves(x, widen_sixteen(weights + 16));
    c += mac_halves(x, widen_sixteen(weights + 32));
    d += mac_halves(x, widen_sixteen(weights + 48));
  }
};

/// The row is widened, an even number of depths. Four pairs at a time, for the loop itself would
/// take a sixth.
inline void multiply_row(const int16_t* row, const int8_t* weights, int32_t pairs,
                         Int32x8 (&sums)[4]) {
  FourEights all{};
  for (; pairs >= 4; pairs -= 4, row += 8, weights += 256) {
    for (int i = 0; i < 4; ++i) all.add(row + 2 * i, weights + 64 * i);
  }
  for (; pairs > 0; --pairs, row += 2, weights += 64) all.add(row, weights);
  sums[0] = all.a, sums[1] = all.b, sums[2] = all.c, sums[3] = all.d;
}

}  // namespace

void fully_connected_int8_avx2(const FullyConnectedInt8WideParams& p, const int8_t* input,
                               const int8_t* weights, const FoldedEight* channels, int16_t* row,
                               int8_t* output) {
  const int32_t pairs = (p.depth + 1) / 2;
  row[2 * pairs - 1] = 0;
  for (int32_t r = 0; r < p.rows; ++r, input += p.depth, output += p.outputs) {
    for (int32_t i = 0; i < p.depth; ++i) row[i] = input[i];
    for (int32_t o = 0; o < p.outputs; o += 32) {
      Int32x8 sums[4];
      multiply_row(row, weights + o * 2 * pairs, pairs, sums);
      for (int32_t k = 0; k < 4 && o + 8 * k < p.outputs; ++k) {
        int32_t at = o + 8 * k;
        store_bytes(requantize_eight(sums[k], channels[at / 8], p.output), p.outputs - at,
                    output + at);
      }
    }
  }
}

MOTE_EIGHT_END

bool check_fully_connected_int8_avx2(const FullyConnectedInt8WideParams& p,
                                     const Operand* operands) {
  if (!has_eight() || !all_within(1, 1 << 24, p.depth, p.outputs)) return false;
  int32_t blocks = (p.outputs + 31) / 32, pairs = (p.depth + 1) / 2;
  return operands[0].holds<int8_t>(p.rows, p.depth) &&
         operands[1].holds<int8_t>(blocks, pairs, 64) &&
         operands[2].holds<FoldedEight>(blocks, 4) && operands[3].holds<int16_t>(pairs, 2) &&
         operands[4].holds<int8_t>(p.rows, p.outputs) && is_valid(p.output);
}

}  // namespace mote
