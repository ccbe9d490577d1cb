// SPDX-License-Identifier: Apache-2.0
// GRU over a sequence. In each step, with x the input and h the state (·: products of elements):
//
//   r, u = logistic(W [x, h] + b),  c = tanh(V [x, r · h] + d),  h = (1 - u) · c + u · h, output =
//   h
#ifndef MOTE_OPS_GRU_GRU_H_
#define MOTE_OPS_GRU_GRU_H_

#include "base/kernel.h"

namespace mote {

struct GruParams {
  int32_t steps, batches, inputs, units;
};

/// input [steps, batches, inputs], state [batches, units] before the sequence, gates [2 · units,
/// inputs + units] (r, then u) with their bias, candidates [units, inputs + units] with theirs,
/// scratch [2, units]; output [steps, batches, units] and the state after the sequence.
void gru_float32(const GruParams& params, const float* input, const float* state,
                 const float* gates, const float* gate_bias, const float* candidates,
                 const float* candidate_bias, float* scratch, float* output, float* last_state);
bool check_gru_float32(const GruParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_GRU_GRU_H_
