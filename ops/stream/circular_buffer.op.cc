// SPDX-License-Identifier: Apache-2.0
// CIRCULAR_BUFFER, TFLM's custom operator for streaming convolutions: the newest rows of a stream,
// as the layer after it wants them. TFLM's has a period, `cycles_max`: in other runs the operators
// after it don't run at all. The .tflite reader makes an IF around them of that.
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/control/control.op.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/stream/stream.h"

namespace mote {
namespace {

const KernelInfo kCircularBuffer =
    MOTE_KERNEL(circular_buffer, CircularBufferParams, "stream", "reference.cc",
                MOTE_FIELDS(CircularBufferParams, bytes, new_bytes));

/// The input's shape with `slots` rows, or, if that is 0, with as many as the file says.
Result<Shape> window_shape(const NodeView& node) {
  Shape shape = node.input(0).shape;
  if (shape.rank < 2 || shape[0] != 1) {
    return fail("{} must be [1, new rows, ...]", node.input_text(0));
  }
  int32_t rows = shape[1];
  shape[1] = node.integer("slots");
  if (shape[1] == 0 && node.output().shape.rank > 1) shape[1] = node.output().shape[1];
  if (shape[1] >= rows) return shape;
  return fail("{} has {} new rows, over the {} that are kept", node.input_text(0), rows, shape[1]);
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Shape shape, window_shape(node));
  return std::vector<Shape>{shape};
}

Result<Tensor> state(const NodeView& node) {
  MOTE_TRY(Shape shape, window_shape(node));
  Tensor state;
  state.dtype = node.input(0).dtype;
  state.shape = shape;
  state.quantization = node.input(0).quantization;
  return state;
}

Result<void> check(const NodeView& node) {
  const Tensor &input = node.input(0), &output = node.output();
  if (output.dtype != input.dtype || output.quantization != input.quantization) {
    return fail("{} must have the type and quantisation of {}", node.output_text(),
                node.input_text(0));
  }
  int32_t cycles = node.integer("cycles_max");
  if (cycles == 1) return {};
  return fail("attribute cycles_max is {}, must be 1; what runs less often stands in an IF",
              cycles);
}

Result<void> lower(Lowering& node) {
  uint64_t bytes = node.input(1).bytes();
  CircularBufferParams params{static_cast<int32_t>(bytes),
                              static_cast<int32_t>(node.input(0).bytes())};
  node.emit(kCircularBuffer, params, {node.in(0), node.in(1)});
  emit_copy(node, node.in(1), node.out(), bytes);
  return {};
}

Graph make_case(std::mt19937& random, DType dtype, Shape shape, int64_t slots) {
  GraphBuilder b("circular_buffer");
  Quantization q = random_quantization(random, dtype);
  TensorId window = b.node(circular_buffer_record(), {b.input(dtype, shape, q)},
                           {{"cycles_max", int64_t{1}}, {"slots", slots}}, dtype, q);
  return b.build({window});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    graphs.push_back(make_case(random, dtype, Shape(1, 1, 1, 3), 4));
  }
  int rows = random_int(random, 1, 3);
  graphs.push_back(make_case(random, DType::kInt8, Shape(1, 2, 3, 2), 2));
  graphs.push_back(make_case(random, DType::kInt8, Shape(1, rows, random_int(random, 1, 9)),
                             rows + random_int(random, 0, 5)));
  return graphs;
}

}  // namespace

const OperatorRecord& circular_buffer_record() {
  static const OperatorRecord record = {
      .name = "CIRCULAR_BUFFER",
      .inputs = {{"input"}, {"window", OperandSpec::kOne, OperandSpec::kOwned}},
      .outputs = {{"output", OperandSpec::kOne, OperandSpec::kOwned}},
      .attributes = {{.name = "cycles_max", .fallback = int64_t{0}},
                     {.name = "slots", .fallback = int64_t{0}, .low = 0}},
      .kernels = {&kCircularBuffer, &copy_bytes_kernel()},
      .infer = infer,
      .check = check,
      .state = state,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
