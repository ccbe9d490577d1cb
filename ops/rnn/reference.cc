// SPDX-License-Identifier: Apache-2.0
// The definition of RNN. A step's new hidden state is computed in the output, since all units still
// want the old one.
#include "base/math.h"
#include "ops/rnn/rnn.h"

namespace mote {
namespace {

float add_dot(float sum, const float* a, const float* b, int32_t count) {
  for (int32_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

void rnn_float32(const RnnParams& p, const float* input, const float* weights,
                 const float* recurrent, const float* bias, float* hidden, float* output) {
  for (int32_t b = 0; b < p.batches; ++b, hidden += p.units) {
    for (int32_t t = 0; t < p.steps; ++t) {
      int32_t row = p.time_major ? t * p.batches + b : b * p.steps + t;
      float* next = output + row * p.units;
      for (int32_t u = 0; u < p.units; ++u) {
        float sum = add_dot(bias[u], input + row * p.inputs, weights + u * p.inputs, p.inputs);
        sum = add_dot(sum, hidden, recurrent + u * p.units, p.units);
        next[u] = p.tanh ? tanh(sum) : clamp(sum, p.low, p.high);
      }
      for (int32_t u = 0; u < p.units; ++u) hidden[u] = next[u];
    }
  }
}

bool check_rnn_float32(const RnnParams& p, const Operand* operands) {
  int64_t rows = int64_t{p.batches} * p.steps;
  return p.batches > 0 && p.steps > 0 && operands[0].holds<float>(rows, p.inputs) &&
         operands[1].holds<float>(p.units, p.inputs) &&
         operands[2].holds<float>(p.units, p.units) && operands[3].holds<float>(p.units) &&
         operands[4].holds<float>(p.batches, p.units) && operands[5].holds<float>(rows, p.units);
}

}  // namespace mote
