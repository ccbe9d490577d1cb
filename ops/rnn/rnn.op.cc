// SPDX-License-Identifier: Apache-2.0
// The records of UNIDIRECTIONAL_SEQUENCE_RNN, and of RNN, which is one step of it. Their state is a
// variable tensor of the .tflite file. In float only, as TFLite has them.
#include "ops/rnn/rnn.h"

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kRnn =
    MOTE_KERNEL(rnn_float32, RnnParams, "rnn", "reference.cc",
                MOTE_FIELDS(RnnParams, batches, steps, inputs, units, time_major, tanh, low, high));

enum Operands { kInput, kWeights, kRecurrent, kBias, kHidden };

bool is_sequence(const NodeView& node) {
  return !node.node().record->name.starts_with("RNN");
}

bool is_time_major(const NodeView& node) {
  return is_sequence(node) && node.flag("time_major");
}

int32_t batches_of(const NodeView& node) {
  return node.input(kInput).shape[is_time_major(node) ? 1 : 0];
}

Result<void> check_shape(const NodeView& node, int i, const Shape& shape) {
  if (node.input(i).shape == shape) return {};
  return fail("{} must be {}", node.input_text(i), shape_text(shape));
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_CHECK_OK(check_rank(node, kInput, is_sequence(node) ? 3 : 2));
  MOTE_CHECK_OK(check_rank(node, kWeights, 2));
  Shape output = node.input(kInput).shape;
  int32_t inputs = output.back(0), units = node.input(kWeights).shape[0];
  MOTE_CHECK_OK(check_shape(node, kWeights, Shape(units, inputs)));
  MOTE_CHECK_OK(check_shape(node, kRecurrent, Shape(units, units)));
  MOTE_CHECK_OK(check_shape(node, kBias, Shape(units)));
  MOTE_CHECK_OK(check_shape(node, kHidden, Shape(batches_of(node), units)));
  output[output.rank - 1] = units;
  return std::vector<Shape>{output};
}

Result<void> check(const NodeView&) {
  return {};
}

Result<void> lower(Lowering& node) {
  const Shape& input = node.input(kInput).shape;
  const std::string& activation = node.choice("fused_activation_function");
  RealRange range = activation_range(activation);
  int32_t batches = batches_of(node);
  RnnParams params{batches,
                   is_sequence(node) ? input[is_time_major(node) ? 0 : 1] : 1,
                   input.back(0),
                   node.input(kWeights).shape[0],
                   is_time_major(node),
                   activation == "TANH",
                   range.low,
                   range.high};
  node.emit(kRnn, params,
            {node.in(kInput), node.in(kWeights), node.in(kRecurrent), node.in(kBias),
             node.in(kHidden), node.out()});
  return {};
}

int64_t macs(const NodeView& node) {
  const Shape &input = node.input(kInput).shape, &weights = node.input(kWeights).shape;
  return input.elements() / input.back(0) * weights[0] * (weights[0] + weights[1]);
}

Graph make_case(std::mt19937& random, const OperatorRecord& record, Shape shape, int32_t units,
                bool time_major, const char* activation) {
  GraphBuilder b("rnn");
  constexpr DType kFloat = DType::kFloat32;
  bool sequence = shape.rank == 3;
  Attributes attributes = {{"fused_activation_function", std::string(activation)}};
  if (sequence) attributes["time_major"] = time_major;
  TensorId input = b.input(kFloat, shape);
  TensorId weights = b.random_constant(random, kFloat, Shape(units, shape.back(0)));
  TensorId recurrent = b.random_constant(random, kFloat, Shape(units, units));
  TensorId bias = b.random_constant(random, kFloat, Shape(units));
  TensorId hidden = b.variable(kFloat, Shape(shape[time_major ? 1 : 0], units), "hidden");
  return b.build({b.node(record, {input, weights, recurrent, bias, hidden}, attributes, kFloat)});
}

std::vector<Graph> sequence_cases(std::mt19937& random) {
  const OperatorRecord& record = unidirectional_sequence_rnn_record();
  Shape drawn(random_int(random, 1, 3), random_int(random, 1, 4), random_int(random, 1, 9));
  return {make_case(random, record, Shape(1, 4, 3), 5, false, "TANH"),
          make_case(random, record, Shape(3, 2, 4), 3, true, "RELU"),
          make_case(random, record, drawn, random_int(random, 1, 9), true, "NONE"),
          make_case(random, record, Shape(2, 3, 2), 2, false, "RELU6")};
}

std::vector<Graph> step_cases(std::mt19937& random) {
  const OperatorRecord& record = rnn_record();
  return {make_case(random, record, Shape(1, 3), 5, false, "TANH"),
          make_case(random, record, Shape(random_int(random, 1, 3), random_int(random, 1, 9)),
                    random_int(random, 1, 9), false, "RELU")};
}

OperatorRecord make_record(std::string_view name, std::string_view options) {
  OperatorRecord record;
  record.name = name;
  record.max_version = 3;
  record.tflite_options = options;
  record.inputs = {{"input"},
                   {"weights"},
                   {"recurrent_weights"},
                   {"bias"},
                   {"hidden_state", OperandSpec::kOne, OperandSpec::kUpdated}};
  record.outputs = {{"output"}};
  AttributeSpec activation = activation_attribute();
  activation.choices.push_back("TANH");
  record.attributes = {activation};
  record.types = {{{DType::kFloat32}, {DType::kFloat32}}};
  record.kernels = {&kRnn};
  record.infer = infer;
  record.check = check;
  record.lower = lower;
  record.macs = macs;
  return record;
}

}  // namespace

const OperatorRecord& unidirectional_sequence_rnn_record() {
  static const OperatorRecord record = [] {
    OperatorRecord sequence = make_record("UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNNOptions");
    sequence.attributes.push_back({.name = "time_major", .fallback = false});
    sequence.cases = sequence_cases;
    return sequence;
  }();
  return record;
}

const OperatorRecord& rnn_record() {
  static const OperatorRecord record = [] {
    OperatorRecord step = make_record("RNN", "RNNOptions");
    step.cases = step_cases;
    return step;
  }();
  return record;
}

}  // namespace mote
