// SPDX-License-Identifier: Apache-2.0
// The standard LSTM over a sequence. In each step, with x the input, h the hidden state and c the
// cell state (·: products of elements):
//
//   i, f, o = logistic(W x + b + R h), g = tanh(W x + b + R h), each with weights of its own
//   c = clip(f · c + i · g),  h = o · tanh(c),  output = h
//
// Weights and biases of the four gates lie one behind the other, in the order i, f, g, o. Integers
// are as TFLM has them: W x + b and R h become int16 with 12 fractional bits each and are then
// added; gates have 15; the cell state is int16 and its scale a power of two.
#ifndef MOTE_OPS_LSTM_LSTM_H_
#define MOTE_OPS_LSTM_LSTM_H_

#include "ops/quantized/quantized.h"
#include "ops/unary/int16_curves.h"

namespace mote {

constexpr int32_t kLstmGates = 4;

/// How a sequence lies in memory. A batch's step t is at input row t · step_rows + b · batch_rows.
struct LstmSequence {
  int32_t batches, steps, inputs, cells;
  int32_t time_major;  // 1: [steps, batches, …], 0: [batches, steps, …]
  int32_t backwards;   // 1: from the last step to the first
  int32_t output_row;  // elements of a row of the output, of which
  int32_t column;      // those from here on are this LSTM's
};

/// What brings a gate's two sums to 12 fractional bits.
struct LstmGateScales {
  QuantizedMultiplier input, recurrent;
};

struct LstmIntegerParams {
  LstmSequence sequence;
  int32_t input_offset, hidden_offset;  // minus the zero points
  LstmGateScales input_gate, forget_gate, cell_gate, output_gate;
  QuantizedMultiplier forget_multiplier, update_multiplier;  // f · c and i · g to the cell's scale
  QuantizedMultiplier hidden_multiplier;                     // o · tanh(c) to the hidden state's
  CurveInput cell_curve;                                     // of tanh(c)
  int32_t cell_clip;                                         // -1: none
  int32_t hidden_zero_point;
};

/// input [batches, steps, inputs] or time-major, weights [4, cells, inputs], recurrent [4, cells,
/// cells], bias [4, cells], table of int16_curves.h, hidden and cell [batches, cells], output as
/// the input with rows of cells.
void lstm_int8(const LstmIntegerParams& params, const int8_t* input, const int8_t* weights,
               const int8_t* recurrent, const int32_t* bias, const uint16_t* table, int8_t* hidden,
               int16_t* cell, int8_t* output);
bool check_lstm_int8(const LstmIntegerParams& params, const Operand* operands);

/// The same on int16, with sums of 64 bits.
void lstm_int16(const LstmIntegerParams& params, const int16_t* input, const int8_t* weights,
                const int8_t* recurrent, const int64_t* bias, const uint16_t* table,
                int16_t* hidden, int16_t* cell, int16_t* output);
bool check_lstm_int16(const LstmIntegerParams& params, const Operand* operands);

struct LstmFloat32Params {
  LstmSequence sequence;
  float cell_clip;  // 0: none
};

void lstm_float32(const LstmFloat32Params& params, const float* input, const float* weights,
                  const float* recurrent, const float* bias, float* hidden, float* cell,
                  float* output);
bool check_lstm_float32(const LstmFloat32Params& params, const Operand* operands);

/// Calls step(input row, output row, batch) in the order of time.
template <typename Step>
void for_each_lstm_step(const LstmSequence& s, Step step) {
  for (int32_t b = 0; b < s.batches; ++b) {
    for (int32_t i = 0; i < s.steps; ++i) {
      int32_t t = s.backwards ? s.steps - 1 - i : i;
      step(s.time_major ? t * s.batches + b : b * s.steps + t, b);
    }
  }
}

/// Whether sequences of T fit: input, weights, recurrent, bias are operands 0 to 3; hidden, cell
/// and output the three from `states` on.
template <typename T, typename Weight, typename Bias, typename Cell>
bool check_lstm_sequence(const LstmSequence& s, const Operand* operands, int states) {
  int64_t rows = int64_t{s.batches} * s.steps;
  return all_within(1, kInt32Max, s.batches, s.steps, s.inputs, s.cells) && rows <= kInt32Max &&
         all_within(0, kInt32Max - s.cells, s.column) && s.column + s.cells <= s.output_row &&
         operands[0].holds<T>(rows, s.inputs) &&
         operands[1].holds<Weight>(kLstmGates, s.cells, s.inputs) &&
         operands[2].holds<Weight>(kLstmGates, s.cells, s.cells) &&
         operands[3].holds<Bias>(kLstmGates, s.cells) &&
         operands[states].holds<T>(s.batches, s.cells) &&
         operands[states + 1].holds<Cell>(s.batches, s.cells) &&
         operands[states + 2].holds<T>(rows, s.output_row);
}

}  // namespace mote

#endif  // MOTE_OPS_LSTM_LSTM_H_
