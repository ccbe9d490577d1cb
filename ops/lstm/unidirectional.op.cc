// SPDX-License-Identifier: Apache-2.0
// UNIDIRECTIONAL_SEQUENCE_LSTM: the standard LSTM, as TFLM has it and Keras makes it. Its states
// are variable tensors of the .tflite file.
#include "ops/book.h"
#include "ops/lstm/lstm.op.h"
#include "ops/quantized/quantization_rules.op.h"

namespace mote {
namespace {

constexpr LstmPlaces kPlaces = {.weights = 1, .recurrent = 5, .bias = 12, .hidden = 18, .cell = 19};
constexpr size_t kInputs = 24;
constexpr OperandSpec::Arity kOne = OperandSpec::kOne, kOptional = OperandSpec::kOptional;
constexpr OperandSpec::Variable kUpdated = OperandSpec::kUpdated;

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_CHECK_OK(check_lstm_shapes(node, kPlaces));
  Shape shape = node.input(0).shape;
  shape[2] = lstm_cells(node, kPlaces);
  return std::vector<Shape>{shape};
}

Result<void> check(const NodeView& node) {
  MOTE_CHECK_OK(check_lstm_absent(node, 9, 11, "with peephole connections"));
  MOTE_CHECK_OK(check_lstm_absent(node, 16, 17, "with a projection"));
  MOTE_CHECK_OK(check_lstm_absent(node, 20, 23, "with layer normalisation"));
  return check_lstm(node, kPlaces);
}

Result<void> lower(Lowering& node) {
  emit_lstm(node, kPlaces, 0, 0, false);
  return {};
}

Graph make_case(std::mt19937& random, DType dtype, Shape shape, int32_t cells, bool time_major,
                double clip) {
  GraphBuilder b("lstm");
  LstmSequence s{shape[time_major ? 1 : 0], 0, shape[2], cells, time_major, 0, cells, 0};
  LstmCase c{dtype, s, clip, random_quantization(random, dtype),
             random_quantization(random, dtype)};
  std::vector<TensorId> inputs(kInputs, kAbsent);
  inputs[0] = b.input(dtype, shape, c.input_q);
  add_lstm_operands(random, b, c, kPlaces, "", &inputs);
  TensorId output = b.node(unidirectional_sequence_lstm_record(), inputs,
                           {{"cell_clip", clip}, {"time_major", time_major}}, dtype, c.hidden_q);
  return b.build({output});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kInt16, DType::kFloat32}) {
    graphs.push_back(make_case(random, dtype, Shape(1, 4, 3), 5, false, 0));
    graphs.push_back(make_case(random, dtype, Shape(3, 2, 4), 3, true, 0.5));
    Shape drawn(random_int(random, 1, 3), random_int(random, 1, 4), random_int(random, 1, 9));
    graphs.push_back(make_case(random, dtype, drawn, random_int(random, 1, 9),
                               random_int(random, 0, 1) == 1, 0));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& unidirectional_sequence_lstm_record() {
  static const OperatorRecord record = {
      .name = "UNIDIRECTIONAL_SEQUENCE_LSTM",
      .max_version = 5,
      .tflite_options = "UnidirectionalSequenceLSTMOptions",
      .inputs = {{"input"},
                 {"input_to_input_weights"},
                 {"input_to_forget_weights"},
                 {"input_to_cell_weights"},
                 {"input_to_output_weights"},
                 {"recurrent_to_input_weights"},
                 {"recurrent_to_forget_weights"},
                 {"recurrent_to_cell_weights"},
                 {"recurrent_to_output_weights"},
                 {"cell_to_input_weights", kOptional},
                 {"cell_to_forget_weights", kOptional},
                 {"cell_to_output_weights", kOptional},
                 {"input_gate_bias"},
                 {"forget_gate_bias"},
                 {"cell_gate_bias"},
                 {"output_gate_bias"},
                 {"projection_weights", kOptional},
                 {"projection_bias", kOptional},
                 {"hidden_state", kOne, kUpdated},
                 {"cell_state", kOne, kUpdated},
                 {"input_layer_norm", kOptional},
                 {"forget_layer_norm", kOptional},
                 {"cell_layer_norm", kOptional},
                 {"output_layer_norm", kOptional}},
      .outputs = {{"output"}},
      .attributes = lstm_attributes(false),
      .types = lstm_types(kInputs, 1, true, {kPlaces}),
      .kernels = lstm_kernels(),
      .infer = infer,
      .check = check,
      .lower = lower,
      .macs = [](const NodeView& node) { return lstm_macs(node, kPlaces); },
      .cases = cases,
  };
  return record;
}

}  // namespace mote
