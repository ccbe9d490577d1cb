// SPDX-License-Identifier: Apache-2.0
// A plain recurrent layer over a sequence, in each step h = activation(b + W x + R h), output = h.
#ifndef MOTE_OPS_RNN_RNN_H_
#define MOTE_OPS_RNN_RNN_H_

#include "base/kernel.h"

namespace mote {

struct RnnParams {
  int32_t batches, steps, inputs, units;
  int32_t time_major;  // 1: [steps, batches, …], 0: [batches, steps, …]
  int32_t tanh;        // 1: the activation is tanh; 0: a clamp
  float low, high;
};

/// input [batches, steps, inputs] or time-major, weights [units, inputs], recurrent [units, units],
/// bias [units], hidden [batches, units], output as the input with rows of units.
void rnn_float32(const RnnParams& params, const float* input, const float* weights,
                 const float* recurrent, const float* bias, float* hidden, float* output);
bool check_rnn_float32(const RnnParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_RNN_RNN_H_
