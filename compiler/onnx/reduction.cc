// SPDX-License-Identifier: Apache-2.0
// Reductions over axes, with what comes before and after the sum in ReduceL1 and its kin, ArgMax
// and ArgMin, and CumSum.
#include "compiler/onnx/table.h"

namespace mote::onnx_import {
namespace {

/// The axes of a reduction; none mean all, or nothing at all if the model says so.
Result<std::vector<int64_t>> axes_of(Op& op, int rank) {
  MOTE_TRY(std::vector<int64_t> axes, op.list_or_input("axes", 1));
  if (axes.empty() && op.integer("noop_with_empty_axes", 0) == 0) {
    for (int d = 0; d < rank; ++d) axes.push_back(d);
  }
  return axes;
}

/// before(x) reduced by `record`, then after(). Either may be empty.
Result<void> reduce(Op& op, std::string_view before, std::string_view record,
                    std::string_view after) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::vector<int64_t> axes, axes_of(op, op.shape(x).rank));
  Attributes keep = {{"keep_dims", op.integer("keepdims", 1) != 0}};
  op.ignore({"noop_with_empty_axes"});
  if (!before.empty()) {
    MOTE_TRY(x, op.out.append(before, {x}));
  }
  TensorId y = x;
  if (!axes.empty()) {
    bool same_scale = record == "REDUCE_MAX" || record == "REDUCE_MIN";
    MOTE_TRY(y, op.out.append(record, {x, op.out.integers(axes)}, keep,
                              same_scale ? op.out.kind(x) : op.result(x)));
  }
  if (!after.empty()) {
    MOTE_TRY(y, op.out.append(after, {y}));
  }
  return op.finish(y);
}

Result<void> import_reduce(Op& op) {
  return reduce(op, {}, op.record(), {});
}
Result<void> import_l1(Op& op) {
  return reduce(op, "ABS", "SUM", {});
}
Result<void> import_l2(Op& op) {
  return reduce(op, "SQUARE", "SUM", "SQRT");
}
Result<void> import_log_sum(Op& op) {
  return reduce(op, {}, "SUM", "LOG");
}
Result<void> import_log_sum_exp(Op& op) {
  return reduce(op, "EXP", "SUM", "LOG");
}
Result<void> import_sum_square(Op& op) {
  return reduce(op, "SQUARE", "SUM", {});
}

/// The index of the first extreme element; mote's is int32 and without the axis.
Result<void> import_arg(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  Shape shape = op.shape(x);
  MOTE_TRY(int axis, axis_of(op.integer("axis", 0), shape.rank));
  if (op.integer("select_last_index", 0) != 0) return fail("select_last_index=1 isn't supported");
  MOTE_TRY(TensorId y,
           op.out.append(op.record(), {x, op.out.integers({axis})},
                         {{"output_type", std::string("INT32")}}, Kind{DType::kInt32, {}}));
  if (op.integer("keepdims", 1) != 0) {
    shape[axis] = 1;
    MOTE_TRY(y, op.out.reshape(y, shape));
  }
  MOTE_TRY(y, op.out.append("CAST", {y}, {}, Kind{DType::kInt64, {}}));
  return op.finish(y);
}

Result<void> import_cumsum(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::vector<int64_t> axis, op.integers(1));
  if (axis.size() != 1) return fail("has {} axes", axis.size());
  Attributes attributes = {{"exclusive", op.integer("exclusive", 0) != 0},
                           {"reverse", op.integer("reverse", 0) != 0}};
  TensorId along = op.out.constant<int32_t>(Shape(), {static_cast<int32_t>(axis[0])});
  MOTE_TRY(TensorId y, op.out.append("CUMSUM", {x, along}, attributes));
  return op.finish(y);
}

constexpr Row kRows[] = {
    {"ArgMax", import_arg, "ARG_MAX"},
    {"ArgMin", import_arg, "ARG_MIN"},
    {"CumSum", import_cumsum, "CUMSUM"},
    {"ReduceL1", import_l1, "SUM"},
    {"ReduceL2", import_l2, "SUM"},
    {"ReduceLogSum", import_log_sum, "SUM"},
    {"ReduceLogSumExp", import_log_sum_exp, "SUM"},
    {"ReduceMax", import_reduce, "REDUCE_MAX", true},
    {"ReduceMean", import_reduce, "MEAN", true},
    {"ReduceMin", import_reduce, "REDUCE_MIN", true},
    {"ReduceProd", import_reduce, "REDUCE_PROD"},
    {"ReduceSum", import_reduce, "SUM"},
    {"ReduceSumSquare", import_sum_square, "SUM"},
};

}  // namespace

std::span<const Row> reduction_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
