// SPDX-License-Identifier: Apache-2.0
// READ_VARIABLE and ASSIGN_VARIABLE: a variable's bytes as a value, and a value as its bytes. Both
// are copies, which the planner drops where value and variable may share their bytes. A .tflite
// file's VAR_HANDLE becomes the declaration of the variable.
#include "ops/book.h"
#include "ops/control/control.op.h"
#include "ops/data_movement/data_movement.op.h"

namespace mote {
namespace {

Result<void> check_same(const NodeView& node, const Tensor& value, const std::string& text) {
  const Tensor& variable = node.input(0);
  if (value.dtype == variable.dtype && value.shape == variable.shape) return {};
  return fail("{} should be {} as the variable '{}' is", text, type_text(variable), variable.name);
}

Result<std::vector<Shape>> infer_read(const NodeView& node) {
  return std::vector<Shape>{node.input(0).shape};
}

Result<void> check_read(const NodeView& node) {
  return check_same(node, node.output(), node.output_text());
}

Result<void> lower_read(Lowering& node) {
  emit_copy(node, node.in(0), node.out(), node.output().bytes());
  return {};
}

Result<std::vector<Shape>> infer_assign(const NodeView&) {
  return std::vector<Shape>{};
}

Result<void> check_assign(const NodeView& node) {
  return check_same(node, node.input(1), node.input_text(1));
}

Result<void> lower_assign(Lowering& node) {
  emit_copy(node, node.in(1), node.in(0), node.input(0).bytes());
  return {};
}

/// Gives the variable's value of the run before, and assigns the input.
Graph delay_case(std::mt19937& random, DType dtype, Shape shape, bool read_first) {
  GraphBuilder b("delay");
  Quantization q = random_quantization(random, dtype);
  std::string name = fmt::format("delay_{}_{}", name_of(dtype), read_first);
  TensorId variable = b.variable(dtype, shape, name, q);
  TensorId input = b.input(dtype, shape, q);
  TensorId before = kAbsent;
  if (read_first) before = b.node(read_variable_record(), {variable}, {}, dtype, q);
  b.node(assign_variable_record(), {variable, input}, {}, dtype, q, 0);
  if (!read_first) before = b.node(read_variable_record(), {variable}, {}, dtype, q);
  return b.build({before});
}

std::vector<Graph> read_cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    graphs.push_back(delay_case(random, dtype, Shape(2, 3), true));
  }
  return graphs;
}

std::vector<Graph> assign_cases(std::mt19937& random) {
  return {delay_case(random, DType::kInt8, Shape(7), false),
          delay_case(random, DType::kFloat32, Shape(1, 2), false)};
}

}  // namespace

const OperatorRecord& read_variable_record() {
  static const OperatorRecord record = {
      .name = "READ_VARIABLE",
      .max_version = 1,
      .tflite_options = "ReadVariableOptions",
      .inputs = {{"variable", OperandSpec::kOne, OperandSpec::kReadHandle}},
      .outputs = {{"value"}},
      .kernels = {&copy_bytes_kernel()},
      .infer = infer_read,
      .check = check_read,
      .lower = lower_read,
      .cases = read_cases,
  };
  return record;
}

const OperatorRecord& assign_variable_record() {
  static const OperatorRecord record = {
      .name = "ASSIGN_VARIABLE",
      .max_version = 1,
      .tflite_options = "AssignVariableOptions",
      .inputs = {{"variable", OperandSpec::kOne, OperandSpec::kWriteHandle}, {"value"}},
      .outputs = {},
      .kernels = {&copy_bytes_kernel(), &fill_bytes_kernel()},
      .infer = infer_assign,
      .check = check_assign,
      .lower = lower_assign,
      .cases = assign_cases,
  };
  return record;
}

}  // namespace mote
