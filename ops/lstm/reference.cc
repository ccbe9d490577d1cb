// SPDX-License-Identifier: Apache-2.0
// The definition of LSTM. A step's new hidden state is computed in the output, since all gates
// still want the old one.
#include "base/math.h"
#include "ops/lstm/lstm.h"

namespace mote {
namespace {

enum LstmGate { kInputGate, kForgetGate, kCellGate, kOutputGate };

int16_t saturate_int16(int32_t value) {
  return static_cast<int16_t>(clamp(value, -32768, 32767));
}

/// The products' width is the bias's.
template <typename Sum, typename T>
Sum lstm_dot(const T* values, int32_t offset, const int8_t* weights, int32_t count) {
  Sum sum = 0;
  for (int32_t i = 0; i < count; ++i) {
    sum = wrapping_add(sum, Sum{weights[i] * (values[i] + offset)});
  }
  return sum;
}

int16_t lstm_product(int16_t a, int16_t b, QuantizedMultiplier m) {
  return saturate_int16(multiply_by_quantized_multiplier(int32_t{a} * b, m));
}

/// An integer LSTM at one step of one batch.
template <typename T, typename Bias>
struct IntegerLstmStep {
  const LstmIntegerParams& p;
  const T* input;
  const int8_t *weights, *recurrent;
  const Bias* bias;
  const T* hidden;

  /// Cell j's gate before its function, with 12 fractional bits.
  int16_t gate(LstmGate gate, const LstmGateScales& scales, int32_t j) const {
    const LstmSequence& s = p.sequence;
    int32_t row = gate * s.cells + j;
    Bias from_input = lstm_dot<Bias>(input, p.input_offset, weights + row * s.inputs, s.inputs);
    Bias from_hidden = lstm_dot<Bias>(hidden, p.hidden_offset, recurrent + row * s.cells, s.cells);
    int16_t a = saturate_int16(
        multiply_by_quantized_multiplier(wrapping_add(from_input, bias[row]), scales.input));
    int16_t b = saturate_int16(multiply_by_quantized_multiplier(from_hidden, scales.recurrent));
    return saturate_int16(a + b);
  }

  /// Moves cell j on; gives its output gate times tanh.
  int32_t run(const uint16_t* table, int32_t j, int16_t* cell) const {
    constexpr CurveInput kGate = {3, 0};  // what has 12 fractional bits
    int16_t i = logistic_int16(table, gate(kInputGate, p.input_gate, j), kGate);
    int16_t f = logistic_int16(table, gate(kForgetGate, p.forget_gate, j), kGate);
    int16_t g = tanh_int16(table, gate(kCellGate, p.cell_gate, j), kGate);
    int16_t o = logistic_int16(table, gate(kOutputGate, p.output_gate, j), kGate);
    int16_t c = saturate_int16(lstm_product(f, *cell, p.forget_multiplier) +
                               lstm_product(i, g, p.update_multiplier));
    if (p.cell_clip >= 0) c = static_cast<int16_t>(clamp(c, -p.cell_clip, p.cell_clip));
    *cell = c;
    int16_t curve = tanh_int16(table, c, p.cell_curve);
    return multiply_by_quantized_multiplier(int32_t{curve} * o, p.hidden_multiplier);
  }
};

template <typename T, typename Bias>
void lstm_integer(const LstmIntegerParams& p, const T* input, const int8_t* weights,
                  const int8_t* recurrent, const Bias* bias, const uint16_t* table, T* hidden,
                  int16_t* cell, T* output, int32_t lowest) {
  const LstmSequence& s = p.sequence;
  for_each_lstm_step(s, [&](int32_t row, int32_t batch) {
    T *state = hidden + batch * s.cells, *next = output + row * s.output_row + s.column;
    IntegerLstmStep<T, Bias> step{p, input + row * s.inputs, weights, recurrent, bias, state};
    for (int32_t j = 0; j < s.cells; ++j) {
      int32_t value = step.run(table, j, cell + batch * s.cells + j);
      value = clamp(wrapping_add(value, p.hidden_zero_point), lowest, -1 - lowest);
      next[j] = static_cast<T>(value);
    }
    for (int32_t j = 0; j < s.cells; ++j) state[j] = next[j];
  });
}

/// `valid` is what sums of the bias's width need.
template <typename Valid>
bool check_lstm_arithmetic(const LstmIntegerParams& p, Valid valid) {
  auto valid_gate = [&](const LstmGateScales& gate) {
    return valid(gate.input) && valid(gate.recurrent);
  };
  return valid_gate(p.input_gate) && valid_gate(p.forget_gate) && valid_gate(p.cell_gate) &&
         valid_gate(p.output_gate) && is_valid(p.forget_multiplier) &&
         is_valid(p.update_multiplier) && is_valid(p.hidden_multiplier) && is_valid(p.cell_curve) &&
         all_within(-1, 32767, p.cell_clip);
}

float lstm_dot_float(const float* values, const float* weights, int32_t count) {
  float sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += values[i] * weights[i];
  return sum;
}

/// A float LSTM at one step of one batch.
struct FloatLstmStep {
  const LstmSequence& s;
  const float *input, *weights, *recurrent, *bias, *hidden;

  float gate(LstmGate gate, int32_t j) const {
    int32_t row = gate * s.cells + j;
    return lstm_dot_float(input, weights + row * s.inputs, s.inputs) + bias[row] +
           lstm_dot_float(hidden, recurrent + row * s.cells, s.cells);
  }

  float run(int32_t j, float clip, float* cell) const {
    float i = logistic(gate(kInputGate, j)), f = logistic(gate(kForgetGate, j));
    float g = tanh(gate(kCellGate, j)), o = logistic(gate(kOutputGate, j));
    float c = f * *cell + i * g;
    *cell = clip > 0 ? clamp(c, -clip, clip) : c;
    return o * tanh(*cell);
  }
};

}  // namespace

void lstm_int8(const LstmIntegerParams& p, const int8_t* input, const int8_t* weights,
               const int8_t* recurrent, const int32_t* bias, const uint16_t* table, int8_t* hidden,
               int16_t* cell, int8_t* output) {
  lstm_integer(p, input, weights, recurrent, bias, table, hidden, cell, output, -128);
}

bool check_lstm_int8(const LstmIntegerParams& p, const Operand* operands) {
  return check_lstm_arithmetic(p, [](QuantizedMultiplier m) { return is_valid(m); }) &&
         all_within(-127, 128, p.input_offset, p.hidden_offset) &&
         all_within(-128, 127, p.hidden_zero_point) && operands[4].holds<uint16_t>(kCurveEntries) &&
         check_lstm_sequence<int8_t, int8_t, int32_t, int16_t>(p.sequence, operands, 5);
}

void lstm_int16(const LstmIntegerParams& p, const int16_t* input, const int8_t* weights,
                const int8_t* recurrent, const int64_t* bias, const uint16_t* table,
                int16_t* hidden, int16_t* cell, int16_t* output) {
  lstm_integer(p, input, weights, recurrent, bias, table, hidden, cell, output, -32768);
}

bool check_lstm_int16(const LstmIntegerParams& p, const Operand* operands) {
  return check_lstm_arithmetic(p, [](QuantizedMultiplier m) { return is_valid_wide(m); }) &&
         all_within(-32767, 32768, p.input_offset, p.hidden_offset) &&
         all_within(-32768, 32767, p.hidden_zero_point) &&
         operands[4].holds<uint16_t>(kCurveEntries) &&
         check_lstm_sequence<int16_t, int8_t, int64_t, int16_t>(p.sequence, operands, 5);
}

void lstm_float32(const LstmFloat32Params& p, const float* input, const float* weights,
                  const float* recurrent, const float* bias, float* hidden, float* cell,
                  float* output) {
  const LstmSequence& s = p.sequence;
  for_each_lstm_step(s, [&](int32_t row, int32_t batch) {
    float *state = hidden + batch * s.cells, *next = output + row * s.output_row + s.column;
    FloatLstmStep step{s, input + row * s.inputs, weights, recurrent, bias, state};
    for (int32_t j = 0; j < s.cells; ++j) {
      next[j] = step.run(j, p.cell_clip, cell + batch * s.cells + j);
    }
    for (int32_t j = 0; j < s.cells; ++j) state[j] = next[j];
  });
}

bool check_lstm_float32(const LstmFloat32Params& p, const Operand* operands) {
  return check_lstm_sequence<float, float, float, float>(p.sequence, operands, 4);
}

}  // namespace mote
