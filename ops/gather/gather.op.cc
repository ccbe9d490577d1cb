// SPDX-License-Identifier: Apache-2.0
// The records of GATHER, GATHER_ND and EMBEDDING_LOOKUP. Their indices may come from anywhere;
// those that are constants are checked here.
#include "ops/gather/gather.h"

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

const KernelInfo kGather =
    MOTE_KERNEL(gather, GatherParams, "gather", "reference.cc",
                MOTE_FIELDS(GatherParams, batches, outer, axis, count, slice_bytes));
const KernelInfo kGatherNd = MOTE_KERNEL(
    gather_nd, GatherNdParams, "gather", "reference.cc",
    MOTE_FIELDS(GatherNdParams, count, depth, MOTE_DIMENSION_FIELDS(dims), slice_bytes));

int32_t bytes_of_slice(const Tensor& input, int first_dimension) {
  return static_cast<int32_t>(input.shape.product(first_dimension, input.shape.rank) *
                              bits_of(input.dtype) / 8);
}

/// Constant indices that the dimension `size` has; index i of each group of `group`, if i is `of`.
Result<void> check_indices(const NodeView& node, int input, int32_t size, int group = 1,
                           int of = 0) {
  if (!node.input(input).constant()) return {};
  MOTE_TRY(std::vector<int64_t> indices, constant_integers(node, input));
  for (size_t i = static_cast<size_t>(of); i < indices.size(); i += static_cast<size_t>(group)) {
    if (indices[i] >= 0 && indices[i] < size) continue;
    return fail("{} has index {}, which a dimension of {} hasn't", node.input_text(input),
                indices[i], size);
  }
  return {};
}

// ---- GATHER

struct GatherAxes {
  int axis, batches;
};

Result<GatherAxes> axes_of(const NodeView& node) {
  const Shape &input = node.input(0).shape, &indices = node.input(1).shape;
  MOTE_TRY(int axis, resolve_axis(node.integer("axis"), input.rank));
  int batches = node.integer("batch_dims");
  if (batches < 0) batches += indices.rank;
  bool agree = batches >= 0 && batches <= axis && batches <= indices.rank;
  for (int d = 0; agree && d < batches; ++d) agree = input[d] == indices[d];
  if (!agree) {
    return fail("{} and {} don't share {} outer dimensions", node.input_text(0), node.input_text(1),
                node.integer("batch_dims"));
  }
  return GatherAxes{axis, batches};
}

Result<std::vector<Shape>> infer_gather(const NodeView& node) {
  MOTE_TRY(GatherAxes axes, axes_of(node));
  const Shape &input = node.input(0).shape, &indices = node.input(1).shape;
  if (input.rank + indices.rank - axes.batches - 1 > kMaxRank) {
    return fail("the output would have more than {} dimensions", kMaxRank);
  }
  Shape shape;
  for (int d = 0; d < axes.axis; ++d) shape.push_back(input[d]);
  for (int d = axes.batches; d < indices.rank; ++d) shape.push_back(indices[d]);
  for (int d = axes.axis + 1; d < input.rank; ++d) shape.push_back(input[d]);
  return std::vector<Shape>{shape};
}

Result<void> check_gather_node(const NodeView& node) {
  MOTE_TRY(GatherAxes axes, axes_of(node));
  MOTE_CHECK_OK(check_indices(node, 1, node.input(0).shape[axes.axis]));
  return check_same_quantization(node, 0);
}

Result<void> lower_gather(Lowering& node) {
  MOTE_TRY(GatherAxes axes, axes_of(node));
  const Shape &input = node.input(0).shape, &indices = node.input(1).shape;
  GatherParams params{static_cast<int32_t>(input.product(0, axes.batches)),
                      static_cast<int32_t>(input.product(axes.batches, axes.axis)),
                      input[axes.axis],
                      static_cast<int32_t>(indices.product(axes.batches, indices.rank)),
                      bytes_of_slice(node.input(0), axes.axis + 1)};
  node.emit(kGather, params, {node.in(0), node.in(1), node.out()});
  return {};
}

// ---- GATHER_ND

Result<int> depth_of(const NodeView& node) {
  const Shape &input = node.input(0).shape, &indices = node.input(1).shape;
  if (indices.rank < 1 || indices.back(0) < 1 || indices.back(0) > input.rank) {
    return fail("{} names slices of {} by more or fewer dimensions than there are",
                node.input_text(1), node.input_text(0));
  }
  return indices.back(0);
}

Result<std::vector<Shape>> infer_gather_nd(const NodeView& node) {
  MOTE_TRY(int depth, depth_of(node));
  const Shape &input = node.input(0).shape, &indices = node.input(1).shape;
  if (indices.rank - 1 + input.rank - depth > kMaxRank) {
    return fail("the output would have more than {} dimensions", kMaxRank);
  }
  Shape shape;
  for (int d = 0; d < indices.rank - 1; ++d) shape.push_back(indices[d]);
  for (int d = depth; d < input.rank; ++d) shape.push_back(input[d]);
  return std::vector<Shape>{shape};
}

Result<void> check_gather_nd_node(const NodeView& node) {
  MOTE_TRY(int depth, depth_of(node));
  for (int d = 0; d < depth; ++d) {
    MOTE_CHECK_OK(check_indices(node, 1, node.input(0).shape[d], depth, d));
  }
  return check_same_quantization(node, 0);
}

Result<void> lower_gather_nd(Lowering& node) {
  MOTE_TRY(int depth, depth_of(node));
  const Shape& indices = node.input(1).shape;
  GatherNdParams params{static_cast<int32_t>(indices.product(0, indices.rank - 1)),
                        depth,
                        {1, 1, 1, 1, 1, 1},
                        bytes_of_slice(node.input(0), depth)};
  for (int d = 0; d < depth; ++d) params.dims[d] = node.input(0).shape[d];
  node.emit(kGatherNd, params, {node.in(0), node.in(1), node.out()});
  return {};
}

// ---- EMBEDDING_LOOKUP: a gather of rows, indices first

Result<std::vector<Shape>> infer_lookup(const NodeView& node) {
  const Shape &rows = node.input(0).shape, &table = node.input(1).shape;
  if (rows.rank != 1 || table.rank < 2) {
    return fail("{} must be a list and {} a table", node.input_text(0), node.input_text(1));
  }
  Shape shape = table;
  shape[0] = rows[0];
  return std::vector<Shape>{shape};
}

Result<void> check_lookup(const NodeView& node) {
  MOTE_CHECK_OK(check_indices(node, 0, node.input(1).shape[0]));
  return check_same_quantization(node, 1);
}

Result<void> lower_lookup(Lowering& node) {
  GatherParams params{1, 1, node.input(1).shape[0], node.input(0).shape[0],
                      bytes_of_slice(node.input(1), 1)};
  node.emit(kGather, params, {node.in(1), node.in(0), node.out()});
  return {};
}

// ---- sample cases

std::vector<int32_t> draw_indices(std::mt19937& random, int64_t count,
                                  std::initializer_list<int> sizes) {
  std::vector<int32_t> indices;
  while (static_cast<int64_t>(indices.size()) < count) {
    for (int size : sizes) indices.push_back(random_int(random, 0, size - 1));
  }
  return indices;
}

Graph gather_case(std::mt19937& random, DType dtype, Shape input, Shape indices, int axis,
                  int batches, bool constant) {
  GraphBuilder b("gather");
  Quantization q = random_quantization(random, dtype);
  TensorId data = b.input(dtype, input, q);
  int size = input[axis < 0 ? axis + input.rank : axis];
  TensorId at = constant ? b.constant(indices, draw_indices(random, indices.elements(), {size}))
                         : b.input(DType::kInt32, indices);
  return b.build({b.node(gather_record(), {data, at},
                         {{"axis", int64_t{axis}}, {"batch_dims", int64_t{batches}}}, dtype, q)});
}

std::vector<Graph> gather_cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    graphs.push_back(gather_case(random, dtype, Shape(2, 5, 3), Shape(4), 1, 0, true));
  }
  graphs.push_back(gather_case(random, DType::kInt8, Shape(7), Shape(2, 3), 0, 0, true));
  graphs.push_back(gather_case(random, DType::kInt8, Shape(3, 4), Shape(), -1, 0, true));
  graphs.push_back(gather_case(random, DType::kInt8, Shape(2, 3, 4), Shape(2, 5), 2, 1, true));
  graphs.push_back(gather_case(random, DType::kInt8, Shape(4, 3), Shape(5), 0, 0, false));
  return graphs;
}

std::vector<Graph> gather_nd_cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  auto add = [&](DType dtype, Shape input, Shape indices, std::vector<int32_t> at) {
    GraphBuilder b("gather_nd");
    Quantization q = random_quantization(random, dtype);
    TensorId data = b.input(dtype, input, q);
    TensorId index = at.empty() ? b.input(DType::kInt32, indices) : b.constant(indices, at);
    graphs.push_back(b.build({b.node(gather_nd_record(), {data, index}, {}, dtype, q)}));
  };
  for (DType dtype : movement_case_types()) {
    add(dtype, Shape(3, 4, 2), Shape(5, 2), draw_indices(random, 10, {3, 4}));
  }
  add(DType::kInt8, Shape(3, 4), Shape(2, 2, 2), draw_indices(random, 8, {3, 4}));
  add(DType::kInt8, Shape(5, 3), Shape(1), draw_indices(random, 1, {5}));
  add(DType::kInt8, Shape(2, 3, 4), Shape(6, 3), {});
  return graphs;
}

std::vector<Graph> lookup_cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kFloat32}) {
    GraphBuilder b("embedding_lookup");
    Quantization q = random_quantization(random, dtype);
    TensorId rows = b.constant(Shape(4), draw_indices(random, 4, {6}));
    TensorId table = b.input(dtype, Shape(6, 3, 2), q);
    graphs.push_back(b.build({b.node(embedding_lookup_record(), {rows, table}, {}, dtype, q)}));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& gather_record() {
  static const OperatorRecord record = {
      .name = "GATHER",
      .max_version = 5,
      .tflite_options = "GatherOptions",
      .inputs = {{"input"}, {"indices"}},
      .outputs = {{"output"}},
      .attributes =
          {{.name = "axis", .fallback = int64_t{0}, .low = -kMaxRank, .high = kMaxRank},
           {.name = "batch_dims", .fallback = int64_t{0}, .low = -kMaxRank, .high = kMaxRank}},
      .types = movement_types({{DType::kInt32}}),
      .kernels = {&kGather},
      .infer = infer_gather,
      .check = check_gather_node,
      .lower = lower_gather,
      .cases = gather_cases,
  };
  return record;
}

const OperatorRecord& gather_nd_record() {
  static const OperatorRecord record = {
      .name = "GATHER_ND",
      .max_version = 5,
      .tflite_options = "GatherNdOptions",
      .inputs = {{"input"}, {"indices"}},
      .outputs = {{"output"}},
      .types = movement_types({{DType::kInt32}}),
      .kernels = {&kGatherNd},
      .infer = infer_gather_nd,
      .check = check_gather_nd_node,
      .lower = lower_gather_nd,
      .cases = gather_nd_cases,
  };
  return record;
}

const OperatorRecord& embedding_lookup_record() {
  static const OperatorRecord record = [] {
    OperatorRecord lookup = {
        .name = "EMBEDDING_LOOKUP",
        .inputs = {{"rows"}, {"table"}},
        .outputs = {{"output"}},
        .types = {},
        .kernels = {&kGather},
        .infer = infer_lookup,
        .check = check_lookup,
        .lower = lower_lookup,
        .cases = lookup_cases,
    };
    for (DType dtype : movable_types()) {
      lookup.types.push_back({{DType::kInt32, dtype}, {dtype}});
    }
    return lookup;
  }();
  return record;
}

}  // namespace mote
