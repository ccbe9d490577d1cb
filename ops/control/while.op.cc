// SPDX-License-Identifier: Apache-2.0
// WHILE: the outputs are the loop's variables. They begin as the inputs; while the first body gives
// true for them, the second one gives their next values. How many turns it takes at most is an
// attribute of mote's own, since .tflite files have no bound and a device must not hang.
#include "ops/book.h"
#include "ops/control/control.op.h"
#include "ops/data_movement/data_movement.op.h"

namespace mote {
namespace {

enum Body { kCondition, kBody };

/// Of a loop whose bound isn't known: far more than a model takes, and a second's work or so.
constexpr uint32_t kMostTurns = 1'000'000;

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Graph& condition = node.body(kCondition);
  const std::vector<TensorId>& inputs = node.node().inputs;
  if (condition.outputs.size() != 1) {
    return fail("its body '{}' has {} outputs, should have one bool", condition.name,
                condition.outputs.size());
  }
  MOTE_CHECK_OK(check_condition(condition.tensor(condition.outputs[0]),
                                fmt::format("the output of its body '{}',", condition.name)));
  MOTE_CHECK_OK(check_body_side(node, kCondition, "input", condition.inputs, inputs));
  MOTE_CHECK_OK(check_body_side(node, kBody, "input", node.body(kBody).inputs, inputs));
  MOTE_CHECK_OK(check_body_side(node, kBody, "output", node.body(kBody).outputs, inputs));
  if (node.node().outputs.size() != inputs.size()) {
    return fail("has {} inputs and {} outputs, should have as many", inputs.size(),
                node.node().outputs.size());
  }
  std::vector<Shape> shapes;
  for (int i = 0; i < node.input_count(); ++i) shapes.push_back(node.input(i).shape);
  return shapes;
}

Result<void> check(const NodeView& node) {
  return check_body_side(node, kBody, "output", node.body(kBody).outputs, node.node().outputs);
}

/// Where the body's output goes: it must not overwrite a variable that the body still reads, or
/// that becomes another's next value.
Value next_value(Lowering& node, int i) {
  const Graph& body = node.body(kBody);
  size_t at = static_cast<size_t>(i);
  if (body.outputs[at] == body.inputs[at]) return node.out(i);  // stays as it is
  return node.scratch(static_cast<uint32_t>(node.output(i).bytes()));
}

Result<void> lower(Lowering& node) {
  int count = node.input_count();
  std::vector<Value> variables, next;
  for (int i = 0; i < count; ++i) {
    emit_copy(node, node.in(i), node.out(i), node.output(i).bytes());
    variables.push_back(node.out(i));
  }
  int turns = node.integer("max_iterations");
  int begin = node.label(), end = node.label();
  auto with = [&](std::vector<Value> more) {
    more.insert(more.begin(), variables.begin(), variables.end());
    return more;
  };
  Value condition = node.scratch(1);
  node.place(begin);
  node.call(kCondition, with({condition}));
  node.branch_if_false(condition, end);
  for (int i = 0; i < count; ++i) next.push_back(next_value(node, i));
  node.call(kBody, with(next));
  for (int i = 0; i < count; ++i) {
    size_t at = static_cast<size_t>(i);
    if (next[at] != variables[at]) emit_copy(node, next[at], variables[at], node.output(i).bytes());
  }
  node.jump(begin, turns == 0 ? kMostTurns : static_cast<uint32_t>(turns));
  node.place(end);
  return {};
}

TensorId slice(GraphBuilder& b, TensorId from, int32_t begin, int32_t end) {
  return b.node(strided_slice_record(),
                {from, b.constant<int32_t>(Shape(1), {begin}), b.constant<int32_t>(Shape(1), {end}),
                 b.constant<int32_t>(Shape(1), {1})},
                {}, DType::kBool);
}

/// The variables of the sample loops: a tape of bools, a total, and what is added in each turn.
struct Variables {
  TensorId tape, total, addend;
};
constexpr int32_t kTape = 5;

Variables declare(GraphBuilder& b, DType dtype, Shape shape, const Quantization& q) {
  TensorId tape = b.input(DType::kBool, Shape(kTape));
  TensorId total = b.input(dtype, shape, q);
  return {tape, total, b.input(dtype, shape, q)};
}

Graph condition(DType dtype, Shape shape, const Quantization& q) {
  GraphBuilder b("first");
  return b.build({slice(b, declare(b, dtype, shape, q).tape, 0, 1)});
}

TensorId shifted(GraphBuilder& b, TensorId tape) {
  TensorId rest = slice(b, tape, 1, kTape);
  TensorId no = b.constant(DType::kBool, Shape(1), {0});
  return b.node(concatenation_record(), {rest, no}, {}, DType::kBool);
}

/// Adds as often as the tape begins with true. `swap`: and exchanges total and addend each time.
Graph adding_case(DType dtype, Shape shape, Quantization q, bool swap) {
  GraphBuilder body(swap ? "add_and_swap" : "add");
  Variables v = declare(body, dtype, shape, q);
  TensorId sum = body.node(add_record(), {v.total, v.addend}, {}, dtype, q);
  TensorId tape = shifted(body, v.tape);
  Graph turn = body.build({tape, swap ? v.addend : sum, swap ? sum : v.addend});
  GraphBuilder b("while");
  Variables start = declare(b, dtype, shape, q);
  return b.build(b.node(while_record(), {start.tape, start.total, start.addend}, {},
                        {condition(dtype, shape, q), turn}));
}

/// Counts the turns in a variable; the total starts as a constant.
Graph stateful_case() {
  GraphBuilder body("count");
  Variables v = declare(body, DType::kInt32, Shape(1), {});
  TensorId count = body.variable(DType::kInt32, Shape(1), "while_count");
  TensorId before = body.node(read_variable_record(), {count}, {}, DType::kInt32);
  TensorId after = body.node(add_record(), {before, v.addend}, {}, DType::kInt32);
  body.node(assign_variable_record(), {count, after}, {}, DType::kInt32, {}, 0);
  TensorId tape = shifted(body, v.tape);
  GraphBuilder b("while_state");
  TensorId start = b.input(DType::kBool, Shape(kTape));
  TensorId zero = b.constant<int32_t>(Shape(1), {0}), one = b.constant<int32_t>(Shape(1), {1});
  return b.build(
      b.node(while_record(), {start, zero, one}, {},
             {condition(DType::kInt32, Shape(1), {}), body.build({tape, before, v.addend})}));
}

std::vector<Graph> cases(std::mt19937& random) {
  Quantization q = random_quantization(random);
  return {adding_case(DType::kInt8, Shape(1, 4), q, false),
          adding_case(DType::kInt32, Shape(random_int(random, 1, 7)), {}, true), stateful_case()};
}

}  // namespace

const OperatorRecord& while_record() {
  static const OperatorRecord record = {
      .name = "WHILE",
      .max_version = 1,
      .tflite_options = "WhileOptions",
      .inputs = {{"input", OperandSpec::kVariadic}},
      .outputs = {{"output", OperandSpec::kVariadic}},
      .attributes = {{.name = "max_iterations", .fallback = int64_t{0}, .low = 0}},
      .bodies = {"cond_subgraph_index", "body_subgraph_index"},
      .kernels = {&copy_bytes_kernel()},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
