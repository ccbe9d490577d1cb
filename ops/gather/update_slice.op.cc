// SPDX-License-Identifier: Apache-2.0
// The record of DYNAMIC_UPDATE_SLICE: a copy of the operand, which costs nothing where it may be
// overwritten, and the update in its place.
#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/gather/gather.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

#define MOTE_UPDATE(bits)                                                       \
  MOTE_KERNEL(update_slice_##bits, UpdateSliceParams, "gather", "reference.cc", \
              MOTE_FIELDS(UpdateSliceParams, rank, MOTE_DIMENSION_FIELDS(dims), \
                          MOTE_DIMENSION_FIELDS(update_dims), element_bytes))

const KernelInfo k32 = MOTE_UPDATE(32);
const KernelInfo k64 = MOTE_UPDATE(64);

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape &operand = node.input(0).shape, &update = node.input(1).shape;
  bool fits = operand.rank == update.rank && operand.rank > 0;
  for (int d = 0; fits && d < operand.rank; ++d) fits = update[d] <= operand[d];
  if (!fits) return fail("{} is no part of {}", node.input_text(1), node.input_text(0));
  if (node.input(2).shape != Shape(operand.rank)) {
    return fail("{} must have one index for each of {} dimensions", node.input_text(2),
                operand.rank);
  }
  return std::vector<Shape>{operand};
}

Result<void> check(const NodeView& node) {
  MOTE_CHECK_OK(check_same_quantization(node, 0));
  return check_same_quantization(node, 1);
}

Result<void> lower(Lowering& node) {
  const Tensor &operand = node.input(0), &update = node.input(1);
  MOTE_CHECK_OK(lower_same_bytes(node));
  UpdateSliceParams params{operand.shape.rank,
                           {1, 1, 1, 1, 1, 1},
                           {1, 1, 1, 1, 1, 1},
                           static_cast<int32_t>(bits_of(operand.dtype) / 8)};
  for (int d = 0; d < operand.shape.rank; ++d) {
    params.dims[d] = operand.shape[d];
    params.update_dims[d] = update.shape[d];
  }
  node.emit(node.input(2).dtype == DType::kInt64 ? k64 : k32, params,
            {node.in(1), node.in(2), node.out()});
  return {};
}

Graph make_case(std::mt19937& random, const TypeRow& row, Shape operand, Shape update,
                std::vector<int32_t> at) {
  GraphBuilder b("dynamic_update_slice");
  DType dtype = row.outputs[0];
  Quantization q = random_quantization(random, dtype);
  std::vector<TensorId> inputs = {b.input(dtype, operand, q), b.input(dtype, update, q)};
  Shape indices(operand.rank);
  if (at.empty()) {
    inputs.push_back(b.input(row.inputs[2], indices));
  } else if (row.inputs[2] == DType::kInt64) {
    inputs.push_back(b.constant(indices, std::vector<int64_t>(at.begin(), at.end())));
  } else {
    inputs.push_back(b.constant(indices, at));
  }
  return b.build({b.node(dynamic_update_slice_record(), inputs, {}, dtype, q)});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) {
    TypeRow wide{{dtype, dtype, DType::kInt64}, {dtype}};
    TypeRow row{{dtype, dtype, DType::kInt32}, {dtype}};
    graphs.push_back(make_case(random, row, Shape(3, 4, 5), Shape(2, 1, 3), {1, 2, -7}));
    graphs.push_back(make_case(random, wide, Shape(3, 4, 5), Shape(2, 1, 3), {0, 3, 100}));
    graphs.push_back(make_case(random, wide, Shape(3, 4, 5), Shape(1, 4, 2), {}));
  }
  TypeRow row{{DType::kInt8, DType::kInt8, DType::kInt32}, {DType::kInt8}};
  graphs.push_back(make_case(random, row, Shape(9), Shape(4), {random_int(random, -2, 11)}));
  graphs.push_back(make_case(random, row, Shape(2, 3), Shape(2, 3), {1, 1}));
  graphs.push_back(make_case(random, row, Shape(2, 1, 3, 2, 2, 3), Shape(1, 1, 2, 2, 1, 2), {}));
  return graphs;
}

}  // namespace

const OperatorRecord& dynamic_update_slice_record() {
  static const OperatorRecord record = [] {
    OperatorRecord update = {
        .name = "DYNAMIC_UPDATE_SLICE",
        .max_version = 2,
        .tflite_options = "DynamicUpdateSliceOptions",
        .inputs = {{"operand"}, {"update"}, {"start_indices"}},
        .outputs = {{"output"}},
        .types = {},
        .kernels = {&copy_bytes_kernel(), &k32, &k64},
        .infer = infer,
        .check = check,
        .lower = lower,
        .cases = cases,
    };
    for (DType dtype : movable_types()) {
      for (DType indices : {DType::kInt32, DType::kInt64}) {
        update.types.push_back({{dtype, dtype, indices}, {dtype}});
      }
    }
    return update;
  }();
  return record;
}

}  // namespace mote
