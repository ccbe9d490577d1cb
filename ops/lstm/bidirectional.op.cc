// SPDX-License-Identifier: Apache-2.0
// BIDIRECTIONAL_SEQUENCE_LSTM: two LSTMs over the same sequence, one from its end to its beginning.
// Their outputs stand side by side in one tensor (merge_outputs) or in two. In float only, as in
// TFLite.
#include "ops/book.h"
#include "ops/lstm/lstm.op.h"

namespace mote {
namespace {

constexpr LstmPlaces kForward = {
    .weights = 1, .recurrent = 5, .bias = 12, .hidden = 35, .cell = 36};
constexpr LstmPlaces kBackward = {
    .weights = 18, .recurrent = 22, .bias = 29, .hidden = 37, .cell = 38};
constexpr size_t kInputs = 48;

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_CHECK_OK(check_lstm_shapes(node, kForward));
  MOTE_CHECK_OK(check_lstm_shapes(node, kBackward));
  Shape forward = node.input(0).shape, backward = forward;
  forward[2] = lstm_cells(node, kForward), backward[2] = lstm_cells(node, kBackward);
  bool merged = node.flag("merge_outputs");
  if (node.output_count() != (merged ? 1 : 2)) {
    return fail("has {} outputs; with merge_outputs there is 1, without it 2", node.output_count());
  }
  if (!merged) return std::vector<Shape>{forward, backward};
  forward[2] += backward[2];
  return std::vector<Shape>{forward};
}

Result<void> check(const NodeView& node) {
  for (int first : {0, 17}) {  // of the two LSTMs
    MOTE_CHECK_OK(check_lstm_absent(node, first + 9, first + 11, "with peephole connections"));
    MOTE_CHECK_OK(check_lstm_absent(node, first + 16, first + 17, "with a projection"));
  }
  MOTE_CHECK_OK(check_lstm_absent(node, 39, 47, "with an auxiliary input"));
  MOTE_CHECK_OK(check_lstm(node, kForward));
  return check_lstm(node, kBackward);
}

Result<void> lower(Lowering& node) {
  bool merged = node.flag("merge_outputs");
  emit_lstm(node, kForward, 0, 0, false);
  emit_lstm(node, kBackward, merged ? 0 : 1, merged ? lstm_cells(node, kForward) : 0, true);
  return {};
}

int64_t macs(const NodeView& node) {
  return lstm_macs(node, kForward) + lstm_macs(node, kBackward);
}

Graph make_case(std::mt19937& random, Shape shape, int32_t cells, int32_t back_cells,
                bool time_major, bool merged) {
  GraphBuilder b("bidirectional_lstm");
  LstmSequence s{shape[time_major ? 1 : 0], 0, shape[2], cells, time_major, 0, cells, 0};
  std::vector<TensorId> inputs(kInputs, kAbsent);
  inputs[0] = b.input(DType::kFloat32, shape);
  LstmCase c{DType::kFloat32, s, 0};
  add_lstm_operands(random, b, c, kForward, "forward_", &inputs);
  c.sequence.cells = back_cells;
  add_lstm_operands(random, b, c, kBackward, "backward_", &inputs);
  return b.build(b.node(bidirectional_sequence_lstm_record(), inputs,
                        {{"merge_outputs", merged}, {"time_major", time_major}}, DType::kFloat32,
                        {}, merged ? 1 : 2));
}

std::vector<Graph> cases(std::mt19937& random) {
  Shape drawn(random_int(random, 1, 3), random_int(random, 1, 4), random_int(random, 1, 9));
  return {make_case(random, Shape(1, 4, 3), 5, 2, false, false),
          make_case(random, Shape(3, 2, 4), 3, 3, true, true),
          make_case(random, drawn, random_int(random, 1, 6), random_int(random, 1, 6),
                    random_int(random, 0, 1) == 1, true)};
}

/// The operands of one LSTM up to its projection's bias, 17 of them, under names with a prefix.
void add_specs(std::vector<OperandSpec>* specs, bool forward) {
#define MOTE_NAME(name) (forward ? "fw_" name : "bw_" name)
  constexpr OperandSpec::Arity kOptional = OperandSpec::kOptional;
  std::vector<OperandSpec> own = {{MOTE_NAME("input_to_input_weights")},
                                  {MOTE_NAME("input_to_forget_weights")},
                                  {MOTE_NAME("input_to_cell_weights")},
                                  {MOTE_NAME("input_to_output_weights")},
                                  {MOTE_NAME("recurrent_to_input_weights")},
                                  {MOTE_NAME("recurrent_to_forget_weights")},
                                  {MOTE_NAME("recurrent_to_cell_weights")},
                                  {MOTE_NAME("recurrent_to_output_weights")},
                                  {MOTE_NAME("cell_to_input_weights"), kOptional},
                                  {MOTE_NAME("cell_to_forget_weights"), kOptional},
                                  {MOTE_NAME("cell_to_output_weights"), kOptional},
                                  {MOTE_NAME("input_gate_bias")},
                                  {MOTE_NAME("forget_gate_bias")},
                                  {MOTE_NAME("cell_gate_bias")},
                                  {MOTE_NAME("output_gate_bias")},
                                  {MOTE_NAME("projection_weights"), kOptional},
                                  {MOTE_NAME("projection_bias"), kOptional}};
#undef MOTE_NAME
  specs->insert(specs->end(), own.begin(), own.end());
}

std::vector<OperandSpec> input_specs() {
  std::vector<OperandSpec> specs = {{"input"}};
  add_specs(&specs, true);
  add_specs(&specs, false);
  for (const char* name :
       {"fw_hidden_state", "fw_cell_state", "bw_hidden_state", "bw_cell_state"}) {
    specs.push_back({name, OperandSpec::kOne, OperandSpec::kUpdated});
  }
  while (specs.size() < kInputs) specs.push_back({"auxiliary", OperandSpec::kOptional});
  return specs;
}

}  // namespace

const OperatorRecord& bidirectional_sequence_lstm_record() {
  static const OperatorRecord record = [] {
    OperatorRecord r = {
        .name = "BIDIRECTIONAL_SEQUENCE_LSTM",
        .max_version = 3,
        .tflite_options = "BidirectionalSequenceLSTMOptions",
        .inputs = input_specs(),
        .outputs = {{"fw_output"}, {"bw_output", OperandSpec::kOptional}},
        .attributes = lstm_attributes(true),
        .types = lstm_types(kInputs, 2, false, {kForward, kBackward}),
        .kernels = lstm_kernels(),
        .infer = infer,
        .check = check,
        .lower = lower,
        .macs = macs,
        .cases = cases,
    };
    r.attributes.push_back({.name = "merge_outputs", .fallback = false});
    return r;
  }();
  return record;
}

}  // namespace mote
