// SPDX-License-Identifier: Apache-2.0
// Operators that move elements and leave them as they are: parts, joins, other orders and shapes.
// Quantised tensors keep their scale on the way.
#include <algorithm>

#include "compiler/onnx/table.h"

namespace mote::onnx_import {
namespace {

Result<void> import_identity(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId y, op.out.reshape(x, op.shape(x)));
  return op.finish(y);
}

/// In inference, Dropout passes its input on and its mask is all true.
Result<void> import_dropout(Op& op) {
  op.ignore({"ratio", "seed", "is_test"});
  if (op.has(2)) {
    MOTE_TRY(std::vector<int64_t> training, op.integers(2));
    if (training.size() != 1 || training[0] != 0) return fail("training_mode isn't false");
  }
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_CHECK_OK(op.finish(x));
  constexpr int64_t kMost = 1 << 20;  // a small file can't fill the memory
  if (op.outputs() < 2 || op.shape(x).elements() > kMost) return {};
  std::vector<uint8_t> mask(static_cast<size_t>(op.shape(x).elements()), 1);
  TensorId all = op.out.constant<uint8_t>(op.shape(x), mask);
  op.out.graph().tensor(all).dtype = DType::kBool;
  return op.finish(all, 1);
}

Result<void> import_reshape(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::vector<int64_t> dims, op.list_or_input("shape", 1));
  bool zeros_are_sizes = op.integer("allowzero", 0) != 0;
  for (size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] != 0 || zeros_are_sizes) continue;
    if (d >= static_cast<size_t>(op.shape(x).rank)) return fail("copies dimension {}", d);
    dims[d] = op.shape(x)[static_cast<int>(d)];
  }
  MOTE_TRY(TensorId y, op.out.append("RESHAPE", {x}, {{"new_shape", dims}}));
  return op.finish(y);
}

Result<void> import_flatten(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  const Shape shape = op.shape(x);
  int64_t axis = op.integer("axis", 1);
  if (axis < 0) axis += shape.rank;
  if (axis < 0 || axis > shape.rank) return fail("axis {} doesn't exist", axis);
  int at = static_cast<int>(axis);
  MOTE_TRY(TensorId y,
           op.out.reshape(x, Shape(static_cast<int32_t>(shape.product(0, at)),
                                   static_cast<int32_t>(shape.product(at, shape.rank)))));
  return op.finish(y);
}

Result<void> import_squeeze(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::vector<int64_t> axes, op.list_or_input("axes", 1));
  MOTE_TRY(TensorId y, op.out.append("SQUEEZE", {x}, {{"squeeze_dims", axes}}));
  return op.finish(y);
}

Result<void> import_unsqueeze(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::vector<int64_t> axes, op.list_or_input("axes", 1));
  int rank = op.shape(x).rank + static_cast<int>(axes.size());
  if (rank > kMaxRank) return fail("has a result of {} dimensions", rank);
  std::vector<bool> added(static_cast<size_t>(rank));
  for (int64_t given : axes) {
    MOTE_TRY(int axis, axis_of(given, rank));
    if (added[static_cast<size_t>(axis)]) return fail("names axis {} twice", axis);
    added[static_cast<size_t>(axis)] = true;
  }
  Shape shape;
  int next = 0;
  for (bool is_new : added) shape.push_back(is_new ? 1 : op.shape(x)[next++]);
  MOTE_TRY(TensorId y, op.out.reshape(x, shape));
  return op.finish(y);
}

Result<void> import_transpose(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  int rank = op.shape(x).rank;
  std::vector<int64_t> given = op.list("perm");
  std::vector<int> perm;
  for (int d = 0; d < rank && given.empty(); ++d) perm.push_back(rank - 1 - d);
  for (int64_t axis : given) {
    if (axis < 0 || axis >= rank || std::ranges::count(given, axis) != 1) {
      return fail("attribute perm isn't an order of {} dimensions", rank);
    }
    perm.push_back(static_cast<int>(axis));
  }
  if (perm.size() != static_cast<size_t>(rank)) return fail("attribute perm has the wrong length");
  MOTE_TRY(TensorId y, op.out.transpose(x, perm));
  return op.finish(y);
}

Result<void> import_concat(Op& op) {
  std::vector<TensorId> parts;
  for (int i = 0; i < op.inputs(); ++i) {
    MOTE_TRY(TensorId part, op.input(i));
    if (op.quantized()) {
      MOTE_TRY(part, op.out.requantize(part, op.result(part)));
    }
    parts.push_back(part);
  }
  if (parts.empty()) return fail("has no input 0");
  MOTE_TRY(int axis, axis_of(op.integer("axis", 0), op.shape(parts[0]).rank));
  Kind kind = op.out.kind(parts[0]);
  MOTE_TRY(TensorId y, op.out.append("CONCATENATION", parts, {{"axis", int64_t{axis}}}, kind));
  return op.finish(y);
}

/// Sizes of the parts: given, or as equal as they can be.
Result<std::vector<int64_t>> part_sizes(Op& op, int64_t length, int outputs) {
  MOTE_TRY(std::vector<int64_t> sizes, op.list_or_input("split", 1));
  int64_t parts = op.integer("num_outputs", outputs);
  if (!sizes.empty()) return sizes;
  if (parts < 1 || parts > length) return fail("splits {} elements into {}", length, parts);
  int64_t each = (length + parts - 1) / parts;
  for (int64_t left = length; left > 0; left -= each) sizes.push_back(std::min(each, left));
  return sizes;
}

Result<void> import_split(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(int axis, axis_of(op.integer("axis", 0), op.shape(x).rank));
  MOTE_TRY(std::vector<int64_t> sizes, part_sizes(op, op.shape(x)[axis], op.outputs()));
  if (sizes.size() != static_cast<size_t>(op.outputs())) {
    return fail("has {} parts for {} outputs", sizes.size(), op.outputs());
  }
  TensorId along = op.out.constant<int32_t>(Shape(), {axis});
  std::vector<Kind> kinds(sizes.size(), op.out.kind(x));
  Attributes attributes = {{"num_splits", static_cast<int64_t>(sizes.size())}};
  MOTE_TRY(std::vector<TensorId> parts,
           op.out.append("SPLIT_V", {x, op.out.integers(sizes), along}, attributes, kinds));
  for (size_t i = 0; i < parts.size(); ++i) {
    MOTE_CHECK_OK(op.finish(parts[i], static_cast<int>(i)));
  }
  return {};
}

/// The begin, end and step of each dimension, where Slice names some.
Result<void> import_slice(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  int rank = op.shape(x).rank;
  MOTE_TRY(std::vector<int64_t> starts, op.list_or_input("starts", 1));
  MOTE_TRY(std::vector<int64_t> ends, op.list_or_input("ends", 2));
  MOTE_TRY(std::vector<int64_t> axes, op.list_or_input("axes", 3));
  std::vector<int64_t> steps(starts.size(), 1);
  if (op.has(4)) {
    MOTE_TRY(steps, op.integers(4));
  }
  for (size_t d = 0; axes.size() < starts.size(); ++d) axes.push_back(static_cast<int64_t>(d));
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    return fail("has {} starts and {} ends", starts.size(), ends.size());
  }
  std::vector<int64_t> begin(static_cast<size_t>(rank), 0), end(begin),
      stride(static_cast<size_t>(rank), 1);
  int64_t open_ends = (int64_t{1} << rank) - 1;
  for (size_t i = 0; i < starts.size(); ++i) {
    MOTE_TRY(int axis, axis_of(axes[i], rank));
    size_t d = static_cast<size_t>(axis);
    begin[d] = starts[i], end[d] = ends[i], stride[d] = steps[i];
    open_ends &= ~(int64_t{1} << axis);
  }
  MOTE_TRY(TensorId y,
           op.out.append("STRIDED_SLICE",
                         {x, op.out.integers(begin), op.out.integers(end), op.out.integers(stride)},
                         {{"end_mask", open_ends}}));
  return op.finish(y);
}

/// Computed indices as int32 from the front; a negative one counts from the back. `sizes` are those
/// of the dimensions that the last dimension of the indices is for.
Result<TensorId> from_front(Op& op, TensorId id, const std::vector<int64_t>& sizes) {
  if (op.out.tensor(id).dtype != DType::kInt32) {
    MOTE_TRY(id, op.out.append("CAST", {id}, {}, Kind{DType::kInt32, {}}));
  }
  return op.out.append("FLOOR_MOD", {id, op.out.integers(sizes)});
}

/// Indices as int32, counted from the front.
Result<TensorId> indices_of(Op& op, int i, int32_t size) {
  Result<std::vector<int64_t>> values = op.integers(i);
  MOTE_TRY(TensorId id, op.input(i));
  if (!values.ok()) {
    Shape shape = op.shape(id);
    MOTE_TRY(id, from_front(op, id, {size}));
    return op.out.reshape(id, shape);  // a scalar stays one
  }
  std::vector<int32_t> indices;
  for (int64_t value : *values) {
    if (value < 0) value += size;
    if (value < 0 || value >= size) return fail("index {} isn't in a dimension of {}", value, size);
    indices.push_back(static_cast<int32_t>(value));
  }
  return op.out.constant<int32_t>(op.shape(id), indices);
}

Result<void> import_gather(Op& op) {
  if (op.quantized()) return fail("is computed on floats");
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(int axis, axis_of(op.integer("axis", 0), op.shape(x).rank));
  MOTE_TRY(TensorId indices, indices_of(op, 1, op.shape(x)[axis]));
  MOTE_TRY(TensorId y, op.out.append("GATHER", {x, indices}, {{"axis", int64_t{axis}}}));
  return op.finish(y);
}

Result<void> import_gather_nd(Op& op) {
  if (op.integer("batch_dims", 0) != 0) return fail("batch_dims aren't supported");
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(TensorId indices, op.input(1));
  const Shape shape = op.shape(x), given = op.shape(indices);
  if (given.rank == 0 || given.back(0) > shape.rank) {
    return fail("has indices {} for {}", shape_text(given), shape_text(shape));
  }
  MOTE_TRY(indices, from_front(op, indices, {shape.dims, shape.dims + given.back(0)}));
  MOTE_TRY(TensorId y, op.out.append("GATHER_ND", {x, indices}));
  return op.finish(y);
}

/// The shape that x and the given one broadcast to.
Result<void> import_expand(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::vector<int64_t> wanted, op.integers(1));
  const Shape shape = op.shape(x);
  size_t rank = std::max(wanted.size(), static_cast<size_t>(shape.rank));
  wanted.insert(wanted.begin(), rank - wanted.size(), 1);
  size_t missing = rank - static_cast<size_t>(shape.rank);
  for (size_t d = missing; d < rank; ++d) {
    if (wanted[d] == 1) wanted[d] = shape[static_cast<int>(d - missing)];
  }
  MOTE_TRY(TensorId y, op.out.append("BROADCAST_TO", {x, op.out.integers(wanted)}));
  return op.finish(y);
}

Result<void> import_tile(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  MOTE_TRY(std::vector<int64_t> repeats, op.integers(1));
  MOTE_TRY(TensorId y, op.out.append("TILE", {x, op.out.integers(repeats)}));
  return op.finish(y);
}

/// ONNX's [before of all dimensions, after of all] as [before, after] of each.
Result<std::vector<int64_t>> paddings_of(Op& op, int rank) {
  MOTE_TRY(std::vector<int64_t> given, op.list_or_input("pads", 1));
  std::vector<int64_t> axes;
  if (op.has(3)) {
    MOTE_TRY(axes, op.integers(3));
  } else {
    for (int d = 0; d < rank; ++d) axes.push_back(d);
  }
  if (given.size() != 2 * axes.size()) return fail("has {} paddings", given.size());
  std::vector<int64_t> paddings(static_cast<size_t>(2 * rank), 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    MOTE_TRY(int axis, axis_of(axes[i], rank));
    paddings[static_cast<size_t>(2 * axis)] = given[i];
    paddings[static_cast<size_t>(2 * axis + 1)] = given[axes.size() + i];
  }
  return paddings;
}

Result<void> import_pad(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  int rank = op.shape(x).rank;
  MOTE_TRY(std::vector<int64_t> paddings, paddings_of(op, rank));
  TensorId amounts = op.out.integers(paddings);
  op.out.graph().tensor(amounts).shape = Shape(rank, 2);
  std::string mode = op.text("mode", "constant");
  bool has_value = mode == "constant" && op.has(2);
  float value = mode == "constant" ? op.real("value", 0) : 0;
  if (mode == "reflect") {
    MOTE_TRY(TensorId y,
             op.out.append("MIRROR_PAD", {x, amounts}, {{"mode", std::string("REFLECT")}}));
    return op.finish(y);
  }
  if (mode != "constant") return fail("mode {} isn't supported", mode);
  Result<std::vector<float>> given =
      has_value ? op.reals(2) : Result<std::vector<float>>(std::vector<float>{value});
  bool zero = given.ok() && given->size() == 1 && (*given)[0] == 0;
  if (!zero && op.quantized()) return fail("has no int8 form with this value");
  TensorId border = op.out.real(value);
  if (has_value && !zero) {
    MOTE_TRY(border, op.input(2));
  }
  MOTE_TRY(TensorId y, zero ? op.out.append("PAD", {x, amounts})
                            : op.out.append("PADV2", {x, amounts, border}));
  return op.finish(y);
}

/// DCR is what mote's operators on NHWC do; CRD is a permutation of six dimensions.
Result<void> import_depth_to_space(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  int64_t block = op.integer("blocksize", 0);
  const Shape s = op.shape(x);
  std::string mode = op.text("mode", "DCR");
  if (s.rank != 4 || block < 1 || block > 1024 || s[1] % (block * block) != 0) {
    return fail("can't take blocks of {} from {}", block, shape_text(s));
  }
  if (mode == "DCR") {
    MOTE_TRY(x, op.out.transpose(x, {0, 2, 3, 1}));
    MOTE_TRY(TensorId y, op.out.append("DEPTH_TO_SPACE", {x}, {{"block_size", block}}));
    MOTE_TRY(y, op.out.transpose(y, {0, 3, 1, 2}));
    return op.finish(y);
  }
  int32_t b = static_cast<int32_t>(block), c = s[1] / (b * b);
  MOTE_TRY(TensorId y, op.out.reshape(x, Shape(s[0], c, b, b, s[2], s[3])));
  MOTE_TRY(y, op.out.transpose(y, {0, 1, 4, 2, 5, 3}));
  MOTE_TRY(y, op.out.reshape(y, Shape(s[0], c, s[2] * b, s[3] * b)));
  return op.finish(y);
}

Result<void> import_space_to_depth(Op& op) {
  MOTE_TRY(TensorId x, op.input(0));
  int64_t block = op.integer("blocksize", 0);
  if (op.shape(x).rank != 4) return fail("has an operand {}", shape_text(op.shape(x)));
  MOTE_TRY(x, op.out.transpose(x, {0, 2, 3, 1}));
  MOTE_TRY(TensorId y, op.out.append("SPACE_TO_DEPTH", {x}, {{"block_size", block}}));
  MOTE_TRY(y, op.out.transpose(y, {0, 3, 1, 2}));
  return op.finish(y);
}

constexpr Row kRows[] = {
    {"Concat", import_concat, "CONCATENATION", true},
    {"DepthToSpace", import_depth_to_space, "DEPTH_TO_SPACE", true},
    {"Dropout", import_dropout},
    {"Expand", import_expand, "BROADCAST_TO"},
    {"Flatten", import_flatten, "RESHAPE", true},
    {"Gather", import_gather, "GATHER"},
    {"GatherND", import_gather_nd, "GATHER_ND"},
    {"Identity", import_identity, {}, true},
    {"Pad", import_pad, "PAD", true},
    {"Reshape", import_reshape, "RESHAPE", true},
    {"Slice", import_slice, "STRIDED_SLICE", true},
    {"SpaceToDepth", import_space_to_depth, "SPACE_TO_DEPTH", true},
    {"Split", import_split, "SPLIT_V"},
    {"Squeeze", import_squeeze, "SQUEEZE", true},
    {"Tile", import_tile, "TILE"},
    {"Transpose", import_transpose, "TRANSPOSE", true},
    {"Unsqueeze", import_unsqueeze, "RESHAPE", true},
};

}  // namespace

std::span<const Row> movement_rows() {
  return kRows;
}

}  // namespace mote::onnx_import
