// SPDX-License-Identifier: Apache-2.0
// BATCH_MATMUL's record. The outer dimensions are batches and broadcast to one another; adj_x and
// adj_y say that a matrix lies transposed.
#include "ops/batch_matmul/batch_matmul.h"

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/strided/strided.op.h"

namespace mote {
namespace {

#define MOTE_MATRICES_FIELDS(m)                                                              \
  MOTE_LOOPS_2_FIELDS(m.batches), m.rows, m.columns, m.depth, m.x_row, m.x_depth, m.y_depth, \
      m.y_column

const KernelInfo kInt8 = MOTE_KERNEL(
    batch_matmul_int8, BatchMatmulInt8Params, "batch_matmul", "reference.cc",
    MOTE_FIELDS(BatchMatmulInt8Params, MOTE_MATRICES_FIELDS(matrices), offsets[0], offsets[1],
                MOTE_MULTIPLIER_FIELDS(multiplier), MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kInt16 = MOTE_KERNEL(
    batch_matmul_int16, BatchMatmulInt16Params, "batch_matmul", "reference.cc",
    MOTE_FIELDS(BatchMatmulInt16Params, MOTE_MATRICES_FIELDS(matrices), offsets[0], offsets[1],
                MOTE_MULTIPLIER_FIELDS(multiplier), MOTE_INT16_OUTPUT_FIELDS(output)));
const KernelInfo kFloat32 =
    MOTE_KERNEL(batch_matmul_float32, BatchMatmulFloat32Params, "batch_matmul", "reference.cc",
                MOTE_FIELDS(BatchMatmulFloat32Params, MOTE_MATRICES_FIELDS(matrices)));

/// One side as [batches…], rows × columns, with the strides that undo the transposition.
struct Side {
  Shape batches;
  int32_t rows, columns, row, column;
};

Result<Side> side(const NodeView& node, int i, bool transposed) {
  const Shape& shape = node.input(i).shape;
  if (shape.rank < 2) return fail("{} isn't a matrix", node.input_text(i));
  Side s{{}, shape.back(1), shape.back(0), shape.back(0), 1};
  for (int d = 0; d < shape.rank - 2; ++d) s.batches.push_back(shape[d]);
  if (transposed) {
    std::swap(s.rows, s.columns);
    std::swap(s.row, s.column);
  }
  return s;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Side x, side(node, 0, node.flag("adj_x")));
  MOTE_TRY(Side y, side(node, 1, node.flag("adj_y")));
  if (x.columns != y.rows) {
    return fail("{} has {} columns for the {} rows of {}", node.input_text(0), x.columns, y.rows,
                node.input_text(1));
  }
  MOTE_TRY(Shape shape, broadcast_shape(x.batches, y.batches));
  shape.push_back(x.rows);
  shape.push_back(y.columns);
  return std::vector<Shape>{shape};
}

/// TFLite multiplies the inputs' scales in float.
double real_multiplier(const NodeView& node) {
  float product = node.input(0).quantization.scale() * node.input(1).quantization.scale();
  return static_cast<double>(product) / static_cast<double>(node.output().quantization.scale());
}

Result<void> check(const NodeView& node) {
  MOTE_CHECK_OK(check_activations(node));
  if (node.output().dtype == DType::kInt16 && !(real_multiplier(node) < 127)) {
    return fail("the scales of {} and {} are too large for that of {}", node.input_text(0),
                node.input_text(1), node.output_text());
  }
  return {};
}

/// Strides that walk over whole matrices.
Strides batch_strides(const Side& side, const Shape& batches) {
  Strides strides = broadcast_strides(side.batches, batches);
  for (int32_t& stride : strides) stride *= side.rows * side.columns;
  return strides;
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(Side x, side(node, 0, node.flag("adj_x")));
  MOTE_TRY(Side y, side(node, 1, node.flag("adj_y")));
  MOTE_TRY(Shape batches, broadcast_shape(x.batches, y.batches));
  Matrices matrices{make_loops<2>(batches, {batch_strides(x, batches), batch_strides(y, batches)}),
                    x.rows,
                    y.columns,
                    x.columns,
                    x.row,
                    x.column,
                    y.row,
                    y.column};
  if (node.output().dtype == DType::kFloat32) {
    node.emit(kFloat32, BatchMatmulFloat32Params{matrices}, {node.in(0), node.in(1), node.out()});
    return {};
  }
  const Quantization &qx = node.input(0).quantization, &qy = node.input(1).quantization;
  QuantizedMultiplier multiplier = quantize_multiplier(real_multiplier(node));
  std::vector<Value> operands = {node.in(0), node.in(1), node.out()};
  if (node.output().dtype == DType::kInt16) {
    node.emit(
        kInt16,
        BatchMatmulInt16Params{matrices, {0, 0}, multiplier, int16_output(node.output(), "NONE")},
        operands);
    return {};
  }
  node.emit(kInt8,
            BatchMatmulInt8Params{matrices,
                                  {-qx.zero_point(), -qy.zero_point()},
                                  multiplier,
                                  int8_output(node.output(), "NONE")},
            operands);
  return {};
}

int64_t macs(const NodeView& node) {
  const Shape& x = node.input(0).shape;
  return node.output().shape.elements() * x.back(node.flag("adj_x") ? 1 : 0);
}

std::vector<Graph> cases(std::mt19937& random) {
  struct Variant {
    Shape x, y;
    bool adj_x, adj_y;
  };
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kInt16, DType::kFloat32}) {
    for (const Variant& v : {Variant{Shape(2, 3, 5), Shape(2, 5, 4), false, false},
                             Variant{Shape(3, 5), Shape(2, 4, 5), false, true},
                             Variant{Shape(2, 1, 5, 3), Shape(3, 5, 2), true, false},
                             Variant{Shape(7, 1), Shape(2, 7), true, true}}) {
      GraphBuilder b("batch_matmul");
      std::vector<TensorId> inputs = {b.input(dtype, v.x, random_quantization(random, dtype)),
                                      b.input(dtype, v.y, random_quantization(random, dtype))};
      graphs.push_back(
          b.build({b.node(batch_matmul_record(), inputs, {{"adj_x", v.adj_x}, {"adj_y", v.adj_y}},
                          dtype, random_quantization(random, dtype))}));
    }
  }
  return graphs;
}

}  // namespace

const OperatorRecord& batch_matmul_record() {
  static const OperatorRecord record = {
      .name = "BATCH_MATMUL",
      .max_version = 4,
      .tflite_options = "BatchMatMulOptions",
      .inputs = {{"x"}, {"y"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "adj_x", .fallback = false}, {.name = "adj_y", .fallback = false}},
      .types = {{{DType::kInt8, DType::kInt8}, {DType::kInt8}},
                {{DType::kInt16, DType::kInt16}, {DType::kInt16}},
                {{DType::kFloat32, DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kInt16, &kFloat32},
      .infer = infer,
      .check = check,
      .lower = lower,
      .macs = macs,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
