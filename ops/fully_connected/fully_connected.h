// SPDX-License-Identifier: Apache-2.0
// Matrix times vectors with one scale for all weights:
//
//   output[r,o] = activation(bias[o] + sum over d of input[r,d] · filter[o,d])
//
// Weights with a scale per output, and float ones, run as 1×1 convolutions (conv_2d.h).
#ifndef MOTE_OPS_FULLY_CONNECTED_FULLY_CONNECTED_H_
#define MOTE_OPS_FULLY_CONNECTED_FULLY_CONNECTED_H_

#include "ops/quantized/folded_eight.h"

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

struct FullyConnectedInt8PackedParams {
  int32_t rows, depth, outputs;  // outputs is a multiple of 8 where weights are packed
  FoldedScale scale;
  Int8Output output;
};

/// The same for weights with zero point 0, for cores with SMLAD. weights as pack_eights() (the
/// record's) writes them, [outputs, ceil(depth / 4)]; bias [outputs] is folded (folded.h).
void fully_connected_int8_dsp(const FullyConnectedInt8PackedParams& params, const int8_t* input,
                              const uint32_t* weights, const int32_t* bias, int8_t* output);
bool check_fully_connected_int8_dsp(const FullyConnectedInt8PackedParams& params,
                                    const Operand* operands);

/// The same for weights of 4 bits, in half the bytes: [outputs, ceil(depth / 4), 2] as
/// pack_eights_int4() (the record's) writes them.
void fully_connected_int8_dsp_int4(const FullyConnectedInt8PackedParams& params,
                                   const int8_t* input, const uint32_t* weights,
                                   const int32_t* bias, int8_t* output);
bool check_fully_connected_int8_dsp_int4(const FullyConnectedInt8PackedParams& params,
                                         const Operand* operands);

/// The same for any number of outputs, for cores with MVE. weights are the filter as it is; bias is
/// folded, but not doubled.
void fully_connected_int8_mve(const FullyConnectedInt8PackedParams& params, const int8_t* input,
                              const int8_t* weights, const int32_t* bias, int8_t* output);
bool check_fully_connected_int8_mve(const FullyConnectedInt8PackedParams& params,
                                    const Operand* operands);

/// The same for a depth in fours, for cores without such instructions. weights are bytes to which
/// 128 was added, [outputs / 8, depth, 8]; chunks as cut_chunks() (conv_2d/packing.op.h) writes
/// them.
void fully_connected_int8_lanes(const FullyConnectedInt8PackedParams& params, const int8_t* input,
                                const uint32_t* weights, const uint8_t* chunks, const int32_t* bias,
                                int8_t* output);
bool check_fully_connected_int8_lanes(const FullyConnectedInt8PackedParams& params,
                                      const Operand* operands);

struct FullyConnectedInt8WideParams {
  int32_t rows, depth, outputs;
  Int8Output output;
};

/// The same for any number of outputs and scales, for hosts with AVX2. weights are thirty-two
/// outputs at two depths after the other, filled up with zeros: [ceil(outputs / 32), ceil(depth /
/// 2), 32, 2]; row is scratch, [2 · ceil(depth / 2)].
void fully_connected_int8_avx2(const FullyConnectedInt8WideParams& params, const int8_t* input,
                               const int8_t* weights, const FoldedEight* channels, int16_t* row,
                               int8_t* output);
bool check_fully_connected_int8_avx2(const FullyConnectedInt8WideParams& params,
                                     const Operand* operands);

/// What their checks have in common; `bytes` are those of four weights.
inline bool check_fully_connected_int8_packed(const FullyConnectedInt8PackedParams& p,
                                              const Operand& input, const Operand& weights,
                                              const Operand& bias, const Operand& output,
                                              int32_t least_shift = 1, int32_t bytes = 4) {
  return all_within(1, 1 << 24, p.depth, p.outputs) && p.outputs % 8 == 0 &&
         input.holds<int8_t>(p.rows, p.depth) &&
         weights.holds<int8_t>(p.outputs, (p.depth + 3) / 4, bytes) &&
         bias.holds<int32_t>(p.outputs) && output.holds<int8_t>(p.rows, p.outputs) &&
         all_within(least_shift, 31, p.scale.shift) && is_valid(p.output);
}

}  // namespace mote

#endif  // MOTE_OPS_FULLY_CONNECTED_FULLY_CONNECTED_H_
