// SPDX-License-Identifier: Apache-2.0
// The definition of GRU.
#include "base/math.h"
#include "ops/gru/gru.h"

namespace mote {
namespace {

/// A row of weights times [x, h], and the bias.
float gru_sum(const GruParams& p, const float* x, const float* h, const float* weights,
              float bias) {
  float sum = 0;
  for (int32_t i = 0; i < p.inputs; ++i) sum += weights[i] * x[i];
  for (int32_t i = 0; i < p.units; ++i) sum += weights[p.inputs + i] * h[i];
  return sum + bias;
}

}  // namespace

void gru_float32(const GruParams& p, const float* input, const float* state, const float* gates,
                 const float* gate_bias, const float* candidates, const float* candidate_bias,
                 float* scratch, float* output, float* last_state) {
  float *reset = scratch, *update = scratch + p.units;  // reset: r, then r · h
  int32_t width = p.inputs + p.units;
  for (int32_t i = 0; i < p.batches * p.units; ++i) last_state[i] = state[i];
  for (int32_t row = 0; row < p.steps * p.batches; ++row, input += p.inputs, output += p.units) {
    float* h = last_state + row % p.batches * p.units;
    for (int32_t j = 0; j < 2 * p.units; ++j) {
      scratch[j] = logistic(gru_sum(p, input, h, gates + j * width, gate_bias[j]));
    }
    for (int32_t j = 0; j < p.units; ++j) reset[j] = h[j] * reset[j];
    for (int32_t j = 0; j < p.units; ++j) {
      float c = tanh(gru_sum(p, input, reset, candidates + j * width, candidate_bias[j]));
      output[j] = (1.0f - update[j]) * c + update[j] * h[j];
    }
    for (int32_t j = 0; j < p.units; ++j) h[j] = output[j];
  }
}

bool check_gru_float32(const GruParams& p, const Operand* operands) {
  int64_t width = int64_t{p.inputs} + p.units, rows = int64_t{p.steps} * p.batches;
  return all_within(1, 1 << 30, p.steps, p.batches, p.inputs, p.units) &&
         operands[0].holds<float>(rows, p.inputs) && operands[1].holds<float>(p.batches, p.units) &&
         operands[2].holds<float>(2, p.units, width) && operands[3].holds<float>(2, p.units) &&
         operands[4].holds<float>(p.units, width) && operands[5].holds<float>(p.units) &&
         operands[6].holds<float>(2, p.units) && operands[7].holds<float>(rows, p.units) &&
         operands[8].holds<float>(p.batches, p.units);
}

}  // namespace mote
