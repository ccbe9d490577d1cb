// SPDX-License-Identifier: Apache-2.0
// Matrix times vectors with one scale for all weights:
//
//   output[r,o] = activation(bias[o] + sum over d of input[r,d] · filter[o,d])
//
// Weights with a scale per output, and float ones, run as 1×1 convolutions (conv_2d.h).
#ifndef MOTE_OPS_FULLY_CONNECTED_FULLY_CONNECTED_H_
#define MOTE_OPS_FULLY_CONNECTED_FULLY_CONNECTED_H_

#include "ops/quantized/quantized.h"

namespace mote {

struct FullyConnectedInt8Params {
  int32_t rows, depth, outputs;
  int32_t input_offset;   // minus the input's zero point
  int32_t filter_offset;  // minus the filter's zero point, usually 0
  QuantizedMultiplier multiplier;
  Int8Output output;
};

/// input [rows, depth], filter [outputs, depth], bias [outputs] or null, output [rows, outputs].
void fully_connected_int8(const FullyConnectedInt8Params& params, const int8_t* input,
                          const int8_t* filter, const int32_t* bias, int8_t* output);
bool check_fully_connected_int8(const FullyConnectedInt8Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_FULLY_CONNECTED_FULLY_CONNECTED_H_
