// SPDX-License-Identifier: Apache-2.0
// Results that don't depend on what the model is given: FILL, ZEROS_LIKE, SHAPE, RANK,
// BROADCAST_ARGS and WHERE. They lower to copies of constants, which the reader and the pass
// fold_constants take as constants.
#include "ir/comparator.h"
#include "ops/book.h"
#include "ops/data_movement/copies.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

/// Fills the output with the one element at `value`.
void emit_fill(Lowering& node, Value value) {
  const Tensor& output = node.output();
  emit_strided_copy(node, output.dtype, output.shape, {value, Strides{}},
                    {node.out(), row_major_strides(output.shape)});
}

/// Copies integers to the output, as the type it has.
void emit_integers(Lowering& node, const std::vector<int64_t>& values) {
  bool wide = node.output().dtype == DType::kInt64;
  Value constant = wide ? node.constant(values)
                        : node.constant(std::vector<int32_t>(values.begin(), values.end()));
  CopyBytesParams params{static_cast<int32_t>(node.output().bytes())};
  node.emit(copy_bytes_kernel(), params, {constant, node.out()});
}

std::vector<int64_t> dims_of(const Shape& shape) {
  return {shape.dims, shape.dims + shape.rank};
}

// ---- FILL and ZEROS_LIKE

Result<std::vector<Shape>> infer_fill(const NodeView& node) {
  if (node.input(1).shape.elements() != 1) {
    return fail("{} must have one element", node.input_text(1));
  }
  MOTE_TRY(Shape shape, constant_shape(node, 0));
  return std::vector<Shape>{shape};
}

Result<void> check_fill(const NodeView& node) {
  return check_same_quantization(node, 1);
}

Result<void> lower_fill(Lowering& node) {
  emit_fill(node, node.in(1));
  return {};
}

std::vector<Graph> fill_cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    for (bool constant : {false, true}) {
      GraphBuilder b("fill");
      Quantization q = random_quantization(random, dtype);
      TensorId dims = b.constant(Shape(2), std::vector<int32_t>{3, 4});
      TensorId value =
          constant ? b.random_constant(random, dtype, Shape(), q) : b.input(dtype, Shape(1), q);
      graphs.push_back(b.build({b.node(fill_record(), {dims, value}, {}, dtype, q)}));
    }
  }
  return graphs;
}

Result<void> lower_zeros_like(Lowering& node) {
  emit_fill(node, zero_constant(node, node.output()));
  return {};
}

// ---- SHAPE, RANK and BROADCAST_ARGS

Result<std::vector<Shape>> infer_shape(const NodeView& node) {
  if (node.input(0).shape.rank == 0) return fail("{} has no dimension", node.input_text(0));
  return std::vector<Shape>{Shape(node.input(0).shape.rank)};
}

Result<void> check_shape(const NodeView& node) {
  bool wide = node.choice("out_type") == "INT64";
  if (wide == (node.output().dtype == DType::kInt64)) return {};
  return fail("{} must have the type that attribute out_type names, {}", node.output_text(),
              node.choice("out_type"));
}

Result<void> lower_shape(Lowering& node) {
  emit_integers(node, dims_of(node.input(0).shape));
  return {};
}

Result<std::vector<Shape>> infer_rank(const NodeView&) {
  return std::vector<Shape>{Shape()};
}

Result<void> lower_rank(Lowering& node) {
  emit_integers(node, {node.input(0).shape.rank});
  return {};
}

Result<Shape> broadcast_of(const NodeView& node) {
  MOTE_TRY(Shape a, constant_shape(node, 0));
  MOTE_TRY(Shape b, constant_shape(node, 1));
  return broadcast_shape(a, b);
}

Result<std::vector<Shape>> infer_broadcast_args(const NodeView& node) {
  MOTE_TRY(Shape shape, broadcast_of(node));
  if (shape.rank == 0) return fail("both shapes are scalars");
  return std::vector<Shape>{Shape(shape.rank)};
}

Result<void> lower_broadcast_args(Lowering& node) {
  MOTE_TRY(Shape shape, broadcast_of(node));
  emit_integers(node, dims_of(shape));
  return {};
}

// ---- WHERE

/// The indices of what is true, [count, rank]: only of a constant does one know how many there are.
Result<std::vector<int64_t>> places_of(const NodeView& node) {
  const Tensor& condition = node.input(0);
  if (!condition.constant()) {
    return fail(
        "{} must be a constant: the output's shape depends on it, and shapes are static on a "
        "device; SELECT_V2 chooses between values at run time",
        node.input_text(0));
  }
  std::vector<int64_t> places;
  for (int64_t i = 0; i < condition.shape.elements(); ++i) {
    if (element_value(condition.dtype, *condition.data, i) == 0) continue;
    for (int d = 0; d < condition.shape.rank; ++d) {
      places.push_back(i / condition.shape.product(d + 1, condition.shape.rank) %
                       condition.shape[d]);
    }
  }
  if (places.empty()) return fail("{} is true nowhere: nothing is left", node.input_text(0));
  return places;
}

Result<std::vector<Shape>> infer_where(const NodeView& node) {
  int32_t rank = node.input(0).shape.rank;
  if (rank == 0) return fail("{} has no dimension", node.input_text(0));
  MOTE_TRY(std::vector<int64_t> places, places_of(node));
  return std::vector<Shape>{Shape(static_cast<int32_t>(places.size()) / rank, rank)};
}

Result<void> lower_where(Lowering& node) {
  MOTE_TRY(std::vector<int64_t> places, places_of(node));
  emit_integers(node, places);
  return {};
}

/// A record of one input of any type (but float64, which nothing else computes with).
OperatorRecord measure_record(std::string_view name, std::string_view options,
                              const std::vector<DType>& outputs) {
  OperatorRecord record = {
      .name = name,
      .tflite_options = options,
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = {},
      .kernels = {&copy_bytes_kernel()},
      .infer = infer_shape,
      .check = accept_any_quantization,
      .lower = nullptr,
      .cases = nullptr,
  };
  for (DType dtype : movable_types()) {
    if (dtype == DType::kFloat64) continue;
    for (DType output : outputs) record.types.push_back({{dtype}, {output}});
  }
  return record;
}

Graph measure_case(std::mt19937& random, const OperatorRecord& record, DType dtype, Shape shape,
                   Attributes attributes, DType output) {
  GraphBuilder b("measure");
  TensorId input = b.input(dtype, shape, random_quantization(random, dtype));
  return b.build({b.node(record, {input}, attributes, output)});
}

}  // namespace

const OperatorRecord& fill_record() {
  static const OperatorRecord record = [] {
    OperatorRecord fill = {
        .name = "FILL",
        .max_version = 4,
        .tflite_options = "FillOptions",
        .inputs = {{"dims"}, {"value"}},
        .outputs = {{"output"}},
        .types = {},
        .kernels = strided_copy_kernels(),
        .infer = infer_fill,
        .check = check_fill,
        .lower = lower_fill,
        .cases = fill_cases,
    };
    for (DType dtype : movable_types()) {
      for (DType dims : {DType::kInt32, DType::kInt64}) {
        fill.types.push_back({{dims, dtype}, {dtype}});
      }
    }
    return fill;
  }();
  return record;
}

const OperatorRecord& zeros_like_record() {
  static const OperatorRecord record = {
      .name = "ZEROS_LIKE",
      .tflite_options = "ZerosLikeOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = movement_types({{}}),
      .kernels = strided_copy_kernels(),
      .infer = infer_same_shape,
      .check = accept_any_quantization,
      .lower = lower_zeros_like,
      .cases =
          [](std::mt19937& random) {
            return movement_cases(random, zeros_like_record(), {{{{Shape(2, 3)}}}, {{{Shape()}}}});
          },
  };
  return record;
}

const OperatorRecord& shape_record() {
  static const OperatorRecord record = [] {
    OperatorRecord shape = measure_record("SHAPE", "ShapeOptions", {DType::kInt32, DType::kInt64});
    shape.attributes = {
        {.name = "out_type", .fallback = std::string("INT32"), .choices = {"INT32", "INT64"}}};
    shape.check = check_shape;
    shape.lower = lower_shape;
    shape.cases = [](std::mt19937& random) {
      return std::vector<Graph>{
          measure_case(random, shape_record(), DType::kInt8, Shape(2, 3),
                       {{"out_type", std::string("INT32")}}, DType::kInt32),
          measure_case(random, shape_record(), DType::kFloat32, Shape(1, 2, 3, 4, 5, 6),
                       {{"out_type", std::string("INT64")}}, DType::kInt64)};
    };
    return shape;
  }();
  return record;
}

const OperatorRecord& rank_record() {
  static const OperatorRecord record = [] {
    OperatorRecord rank = measure_record("RANK", "RankOptions", {DType::kInt32});
    rank.infer = infer_rank;
    rank.lower = lower_rank;
    rank.cases = [](std::mt19937& random) {
      return std::vector<Graph>{
          measure_case(random, rank_record(), DType::kInt8, Shape(2, 3), {}, DType::kInt32)};
    };
    return rank;
  }();
  return record;
}

const OperatorRecord& broadcast_args_record() {
  static const OperatorRecord record = {
      .name = "BROADCAST_ARGS",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"output"}},
      .types = {{{DType::kInt32, DType::kInt32}, {DType::kInt32}},
                {{DType::kInt64, DType::kInt64}, {DType::kInt64}}},
      .kernels = {&copy_bytes_kernel()},
      .infer = infer_broadcast_args,
      .check = accept_any_quantization,
      .lower = lower_broadcast_args,
      .cases =
          [](std::mt19937&) {
            GraphBuilder b("broadcast_args");
            TensorId x = b.constant(Shape(2), std::vector<int32_t>{3, 1});
            TensorId y = b.constant(Shape(3), std::vector<int32_t>{2, 1, 4});
            return std::vector<Graph>{
                b.build({b.node(broadcast_args_record(), {x, y}, {}, DType::kInt32)})};
          },
  };
  return record;
}

const OperatorRecord& where_record() {
  static const OperatorRecord record = {
      .name = "WHERE",
      .max_version = 2,
      .tflite_options = "WhereOptions",
      .inputs = {{"condition"}},
      .outputs = {{"output"}},
      .types = {{{DType::kBool}, {DType::kInt64}},
                {{DType::kInt8}, {DType::kInt64}},
                {{DType::kUInt8}, {DType::kInt64}},
                {{DType::kInt32}, {DType::kInt64}},
                {{DType::kUInt32}, {DType::kInt64}},
                {{DType::kInt64}, {DType::kInt64}},
                {{DType::kFloat32}, {DType::kInt64}}},
      .kernels = {&copy_bytes_kernel()},
      .infer = infer_where,
      .check = accept_any_quantization,
      .lower = lower_where,
      .cases =
          [](std::mt19937& random) {
            std::vector<Graph> graphs;
            for (const TypeRow& row : where_record().types) {
              GraphBuilder b("where");
              TensorId condition = b.random_constant(random, row.inputs[0], Shape(2, 3, 2));
              graphs.push_back(b.build({b.node(where_record(), {condition}, {}, DType::kInt64)}));
            }
            return graphs;
          },
  };
  return record;
}

}  // namespace mote
