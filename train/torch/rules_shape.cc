// SPDX-License-Identifier: Apache-2.0
// Operators that move elements, and reductions. Dimension 0 is the batch and must stay so.
#include <algorithm>

#include "ops/shape_rules/shape_rules.op.h"
#include "train/torch/rules.h"

namespace mote::train {
namespace {

using torch::Tensor;
using Outputs = std::vector<Tensor>;

Result<void> keeps_batch(const NodeView& node) {
  for (int i = 0; i < node.output_count(); ++i) {
    const Shape& shape = node.output(i).shape;
    if (shape.rank == 0 || shape[0] != 1) {
      return fail("{}: dimension 0 must stay the batch, 1", node.output_text(i));
    }
  }
  return {};
}

/// Errors: the axis is the batch's.
Result<void> not_the_batch(const NodeView& node, int64_t axis, int rank) {
  MOTE_TRY(const int resolved, resolve_axis(axis, rank));
  if (resolved != 0) return {};
  return fail("{}: works along dimension 0, which is the batch", node.output_text());
}

/// The sizes of an output for this batch.
std::vector<int64_t> sizes_of(const Call& call) {
  const Shape& shape = call.node.output().shape;
  std::vector<int64_t> sizes(shape.dims, shape.dims + shape.rank);
  sizes[0] = call.inputs[0].size(0);
  return sizes;
}

Outputs reshape(const Call& call) {
  return {call.inputs[0].reshape(sizes_of(call))};
}

std::vector<int64_t> integers(const Call& call, int input) {
  return *constant_integers(call.node, input);
}

Result<void> check_transpose(const NodeView& node) {
  MOTE_TRY(const auto permutation, constant_integers(node, 1));
  if (permutation[0] == 0) return {};
  return fail("{}: moves dimension 0, which is the batch", node.output_text());
}

Outputs transpose(const Call& call) {
  return {call.inputs[0].permute(integers(call, 1))};
}

/// libtorch counts paddings from the last dimension.
std::vector<int64_t> paddings(const Call& call) {
  const std::vector<int64_t> rows = integers(call, 1);
  std::vector<int64_t> flat;
  for (size_t d = rows.size() / 2; d-- > 0;) {
    flat.push_back(rows[2 * d]);
    flat.push_back(rows[2 * d + 1]);
  }
  return flat;
}

Result<void> check_constant_1(const NodeView& node) {
  MOTE_CHECK_OK(keeps_batch(node));
  Result<std::vector<int64_t>> values = constant_integers(node, 1);
  return values.ok() ? Result<void>() : values.error();
}

Outputs pad(const Call& call) {
  return {torch::constant_pad_nd(call.inputs[0], paddings(call), 0)};
}

Result<void> check_concatenation(const NodeView& node) {
  return not_the_batch(node, node.integer("axis"), node.output().shape.rank);
}

Outputs concatenation(const Call& call) {
  return {activate(torch::cat(call.inputs, call.node.integer("axis")),
                   call.node.choice("fused_activation_function"))};
}

Outputs pack(const Call& call) {
  return {torch::stack(call.inputs, call.node.integer("axis"))};
}

Result<void> check_unpack(const NodeView& node) {
  return not_the_batch(node, node.integer("axis"), node.input(0).shape.rank);
}

Outputs unpack(const Call& call) {
  return torch::unbind(call.inputs[0], call.node.integer("axis"));
}

Result<void> check_split(const NodeView& node) {
  MOTE_TRY(const int64_t axis, constant_integer(node, 0));
  return not_the_batch(node, axis, node.input(1).shape.rank);
}

Outputs split(const Call& call) {
  return torch::chunk(call.inputs[1], call.node.output_count(), *constant_integer(call.node, 0));
}

Result<void> check_split_v(const NodeView& node) {
  MOTE_TRY(const int64_t axis, constant_integer(node, 2));
  return not_the_batch(node, axis, node.input(0).shape.rank);
}

Outputs split_v(const Call& call) {
  const int axis = *resolve_axis(*constant_integer(call.node, 2), call.node.input(0).shape.rank);
  std::vector<int64_t> sizes;
  for (int i = 0; i < call.node.output_count(); ++i) {
    sizes.push_back(call.node.output(i).shape[axis]);
  }
  return torch::split_with_sizes(call.inputs[0], sizes, axis);
}

Outputs slice(const Call& call) {
  Tensor x = call.inputs[0];
  const std::vector<int64_t> begin = integers(call, 1);
  for (int d = 1; d < call.node.output().shape.rank; ++d) {
    x = x.narrow(d, begin[static_cast<size_t>(d)], call.node.output().shape[d]);
  }
  return {x};
}

Result<void> check_strided_slice(const NodeView& node) {
  for (int i = 1; i <= 3; ++i) {
    Result<std::vector<int64_t>> values = constant_integers(node, i);
    if (!values.ok()) return values.error();
  }
  const auto strides = *constant_integers(node, 3);
  const bool forwards =
      std::all_of(strides.begin(), strides.end(), [](int64_t s) { return s > 0; });
  if (forwards && node.integer("ellipsis_mask") == 0 && node.integer("new_axis_mask") == 0 &&
      (node.integer("shrink_axis_mask") & 1) == 0) {
    return keeps_batch(node);
  }
  return fail("{}: only forward slices of other dimensions than the batch's can be learned through",
              node.output_text());
}

Outputs strided_slice(const Call& call) {
  Tensor x = call.inputs[0];
  const auto begin = integers(call, 1), end = integers(call, 2), strides = integers(call, 3);
  const auto masked = [&](const char* mask, size_t d) {
    return (call.node.integer(mask) >> d & 1) != 0;
  };
  for (size_t d = begin.size(); d-- > 1;) {
    const auto dim = static_cast<int64_t>(d);
    if (masked("shrink_axis_mask", d)) {
      x = x.select(dim, begin[d]);
      continue;
    }
    const int64_t from = masked("begin_mask", d) ? 0 : begin[d];
    const int64_t to = masked("end_mask", d) ? x.size(dim) : end[d];
    x = x.slice(dim, from, to, strides[d]);
  }
  return {x};
}

/// The axes of a reduction, from 0.
std::vector<int64_t> axes(const NodeView& node) {
  std::vector<int64_t> resolved = *constant_integers(node, 1);
  for (int64_t& axis : resolved) axis = *resolve_axis(axis, node.input(0).shape.rank);
  return resolved;
}

Result<void> check_reduction(const NodeView& node) {
  MOTE_TRY(const auto given, constant_integers(node, 1));
  for (int64_t axis : given) {
    MOTE_CHECK_OK(not_the_batch(node, axis, node.input(0).shape.rank));
  }
  return {};
}

Outputs mean(const Call& call) {
  return {call.inputs[0].mean(axes(call.node), call.node.flag("keep_dims"))};
}

Outputs sum(const Call& call) {
  return {call.inputs[0].sum(axes(call.node), call.node.flag("keep_dims"))};
}

Outputs reduce_max(const Call& call) {
  return {call.inputs[0].amax(axes(call.node), call.node.flag("keep_dims"))};
}

constexpr Rule kRules[] = {
    {"RESHAPE", reshape, keeps_batch},
    {"SQUEEZE", reshape, keeps_batch},
    {"EXPAND_DIMS", reshape, keeps_batch},
    {"TRANSPOSE", transpose, check_transpose},
    {"PAD", pad, check_constant_1},
    {"CONCATENATION", concatenation, check_concatenation},
    {"PACK", pack, keeps_batch},
    {"UNPACK", unpack, check_unpack},
    {"SPLIT", split, check_split},
    {"SPLIT_V", split_v, check_split_v},
    {"SLICE", slice, check_constant_1},
    {"STRIDED_SLICE", strided_slice, check_strided_slice},
    {"MEAN", mean, check_reduction},
    {"SUM", sum, check_reduction},
    {"REDUCE_MAX", reduce_max, check_reduction},
};

}  // namespace

std::span<const Rule> shape_rules() {
  return kRules;
}

const Rule* find_rule(std::string_view name) {
  for (std::span<const Rule> rules : {linear_rules(), pointwise_rules(), shape_rules()}) {
    for (const Rule& rule : rules) {
      if (rule.name == name) return &rule;
    }
  }
  return nullptr;
}

}  // namespace mote::train
