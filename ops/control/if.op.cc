// SPDX-License-Identifier: Apache-2.0
// IF: runs one of two bodies on all inputs but the first, which decides.
#include "ops/book.h"
#include "ops/control/control.op.h"
#include "ops/data_movement/data_movement.op.h"

namespace mote {
namespace {

enum Body { kThen, kElse };

std::vector<TensorId> arguments(const NodeView& node) {
  const std::vector<TensorId>& inputs = node.node().inputs;
  return {inputs.begin() + 1, inputs.end()};
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_CHECK_OK(check_condition(node.input(0), "input 0 (condition)"));
  std::vector<Shape> shapes;
  for (int b : {kThen, kElse}) {
    MOTE_CHECK_OK(check_body_side(node, b, "input", node.body(b).inputs, arguments(node)));
    if (node.body(b).outputs.size() != node.node().outputs.size()) {
      return fail("has {} outputs, its body '{}' has {}", node.node().outputs.size(),
                  node.body(b).name, node.body(b).outputs.size());
    }
  }
  for (TensorId id : node.body(kThen).outputs) shapes.push_back(node.body(kThen).tensor(id).shape);
  return shapes;
}

Result<void> check(const NodeView& node) {
  for (int b : {kThen, kElse}) {
    MOTE_CHECK_OK(check_body_side(node, b, "output", node.body(b).outputs, node.node().outputs));
  }
  return {};
}

Result<void> lower(Lowering& node) {
  std::vector<Value> values;
  for (int i = 1; i < node.input_count(); ++i) values.push_back(node.in(i));
  for (int i = 0; i < node.output_count(); ++i) values.push_back(node.out(i));
  int otherwise = node.label(), end = node.label();
  node.branch_if_false(node.in(0), otherwise);
  node.call(kThen, values);
  node.jump(end);
  node.place(otherwise);
  node.call(kElse, values);
  node.place(end);
  return {};
}

/// c ? a + b : a - b
Graph arithmetic_case(DType dtype, Shape shape, Quantization q) {
  auto body = [&](const char* name, const OperatorRecord& record) {
    GraphBuilder b(name);
    TensorId x = b.input(dtype, shape, q), y = b.input(dtype, shape, q);
    return b.build({b.node(record, {x, y}, {}, dtype, q)});
  };
  GraphBuilder b("if");
  TensorId condition = b.input(DType::kBool, Shape(1));
  std::vector<TensorId> inputs = {condition, b.input(dtype, shape, q), b.input(dtype, shape, q)};
  return b.build(
      b.node(if_record(), inputs, {}, {body("then", add_record()), body("else", sub_record())}));
}

/// c ? (a, b) : (b, a): outputs that are inputs.
Graph swap_case() {
  auto body = [](bool swap) {
    GraphBuilder b(swap ? "swap" : "keep");
    TensorId x = b.input(DType::kInt32, Shape(3)), y = b.input(DType::kInt32, Shape(3));
    return b.build(swap ? std::vector{y, x} : std::vector{x, y});
  };
  GraphBuilder b("if_swap");
  TensorId condition = b.input(DType::kBool, {});
  std::vector<TensorId> inputs = {condition, b.input(DType::kInt32, Shape(3)),
                                  b.input(DType::kInt32, Shape(3))};
  return b.build(b.node(if_record(), inputs, {}, {body(false), body(true)}));
}

/// Adds the input to a total if the condition holds; else gives a constant twice.
Graph stateful_case() {
  Shape shape(2);
  GraphBuilder then("count");
  TensorId total = then.variable(DType::kInt32, shape, "if_total");
  TensorId x = then.input(DType::kInt32, shape);
  TensorId before = then.node(read_variable_record(), {total}, {}, DType::kInt32);
  TensorId sum = then.node(add_record(), {before, x}, {}, DType::kInt32);
  then.node(assign_variable_record(), {total, sum}, {}, DType::kInt32, {}, 0);
  GraphBuilder otherwise("rest");
  otherwise.input(DType::kInt32, shape);
  TensorId minus = otherwise.constant<int32_t>(shape, {-1, -2});
  GraphBuilder b("if_state");
  std::vector<TensorId> inputs = {b.input(DType::kBool, Shape(1, 1)),
                                  b.input(DType::kInt32, shape)};
  return b.build(b.node(if_record(), inputs, {},
                        {then.build({sum, before}), otherwise.build({minus, minus})}));
}

std::vector<Graph> cases(std::mt19937& random) {
  return {arithmetic_case(DType::kInt8, Shape(1, random_int(random, 1, 9)), quantization(0.5f, 3)),
          arithmetic_case(DType::kFloat32, Shape(2, 2), {}), swap_case(), stateful_case()};
}

}  // namespace

const OperatorRecord& if_record() {
  static const OperatorRecord record = {
      .name = "IF",
      .max_version = 1,
      .tflite_options = "IfOptions",
      .inputs = {{"condition"}, {"input", OperandSpec::kAnyNumber}},
      .outputs = {{"output", OperandSpec::kAnyNumber}},
      .bodies = {"then_subgraph_index", "else_subgraph_index"},
      .kernels = {&copy_bytes_kernel()},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
