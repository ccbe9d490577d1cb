// SPDX-License-Identifier: Apache-2.0
// FULLY_CONNECTED on vectors of 16 bytes, four outputs at a time: rows are the pixels of a
// convolution, and one scale serves all outputs.
#include "ops/conv_2d/dot_vectors.h"
#include "ops/fully_connected/fully_connected.h"

namespace mote {

void fully_connected_int8_mve(const FullyConnectedInt8PackedParams& p, const int8_t* input,
                              const int8_t* weights, const int32_t* bias, int8_t* output) {
  FoldedFour four;
  for (int32_t i = 0; i < 4; ++i) {
    four.bias[i] = 0;
    four.multiplier[i] = p.scale.multiplier;
    four.addend[i] = p.scale.addend;
    four.left_shift[i] = -p.scale.shift;
  }
  PixelRun run;
  run.step = run.depth = p.depth, run.output_step = p.outputs, run.four = &four;
  for (int32_t o = 0; o < p.outputs; o += 4) {
    set_weights(run, weights + o * p.depth, p.outputs - o);
    for (int32_t i = 0; i < run.channels; ++i) four.bias[i] = bias[o + i];
    run.from = input, run.count = p.rows, run.output = output + o;
    multiply_run(run);
  }
  clamp_outputs(output, p.rows * p.outputs, p.output);
}

bool check_fully_connected_int8_mve(const FullyConnectedInt8PackedParams& p,
                                    const Operand* operands) {
  return operands[0].holds<int8_t>(p.rows, p.depth) &&
         operands[1].holds<int8_t>(p.outputs, p.depth) && operands[2].holds<int32_t>(p.outputs) &&
         operands[3].holds<int8_t>(p.rows, p.outputs) && is_valid(p.scale) && is_valid(p.output);
}

}  // namespace mote
