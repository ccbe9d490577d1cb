// SPDX-License-Identifier: Apache-2.0
// Parts of a tensor and tensors as parts: SLICE, SPLIT, SPLIT_V, UNPACK, PACK and REVERSE_V2.
#include <algorithm>

#include "base/fixed_point.h"
#include "ops/book.h"
#include "ops/data_movement/copies.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

// ---- SLICE

Result<CopyPlan> plan_slice(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  MOTE_TRY(std::vector<int64_t> begin, constant_integers(node, 1));
  MOTE_TRY(std::vector<int64_t> size, constant_integers(node, 2));
  if (begin.size() != static_cast<size_t>(input.rank) || size.size() != begin.size()) {
    return fail("{} and {} need {} elements, one for each dimension", node.input_text(1),
                node.input_text(2), input.rank);
  }
  Shape shape;
  for (int d = 0; d < input.rank; ++d) {
    size_t at = static_cast<size_t>(d);
    int64_t length = size[at] == -1 ? input[d] - begin[at] : size[at];
    if (begin[at] < 0 || length < 1 || begin[at] > input[d] || length > input[d] - begin[at]) {
      return fail("elements {} to {} aren't in dimension {} of {}", begin[at],
                  begin[at] + length - 1, d, node.input_text(0));
    }
    shape.push_back(static_cast<int32_t>(length));
  }
  Strides strides = row_major_strides(input);
  Copy copy{.shape = shape,
            .from_strides = strides,
            .to_strides = row_major_strides(shape),
            .from_offset = offset_of(begin, strides)};
  return CopyPlan{{shape}, {copy}};
}

// ---- SPLIT, SPLIT_V and UNPACK

/// Cuts input `data` along `axis` into parts of these lengths. `drop`: parts lose the axis.
CopyPlan cut(const NodeView& node, int data, int axis, const std::vector<int32_t>& lengths,
             bool drop) {
  const Shape& input = node.input(data).shape;
  Strides strides = row_major_strides(input);
  CopyPlan plan;
  int64_t offset = 0;
  for (size_t i = 0; i < lengths.size(); ++i) {
    Shape part = input, output;
    part[axis] = lengths[i];
    for (int d = 0; d < part.rank; ++d) {
      if (!drop || d != axis) output.push_back(part[d]);
    }
    plan.outputs.push_back(output);
    plan.copies.push_back({.from = data,
                           .to = static_cast<int>(i),
                           .shape = part,
                           .from_strides = strides,
                           .to_strides = row_major_strides(part),
                           .from_offset = offset});
    offset += int64_t{lengths[i]} * strides[static_cast<size_t>(axis)];
  }
  return plan;
}

Result<void> check_parts(const NodeView& node, const char* attribute, int64_t parts) {
  if (parts == node.output_count()) return {};
  return fail("attribute {} is {} for {} outputs", attribute, parts, node.output_count());
}

Result<CopyPlan> plan_split(const NodeView& node) {
  const Shape& input = node.input(1).shape;
  MOTE_TRY(int axis, constant_axis(node, 0, input.rank));
  int32_t parts = node.integer("num_splits");
  MOTE_CHECK_OK(check_parts(node, "num_splits", parts));
  if (input[axis] % parts != 0) {
    return fail("{} can't be split into {} equal parts along dimension {}", node.input_text(1),
                parts, axis);
  }
  std::vector<int32_t> lengths(static_cast<size_t>(parts), input[axis] / parts);
  return cut(node, 1, axis, lengths, false);
}

Result<CopyPlan> plan_split_v(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  MOTE_TRY(std::vector<int64_t> sizes, constant_integers(node, 1));
  MOTE_TRY(int axis, constant_axis(node, 2, input.rank));
  MOTE_CHECK_OK(check_parts(node, "num_splits", node.integer("num_splits")));
  MOTE_CHECK_OK(check_parts(node, "num_splits", static_cast<int64_t>(sizes.size())));
  int64_t left = input[axis];
  for (int64_t size : sizes) left -= size > 0 && size <= INT32_MAX ? size : 0;
  std::vector<int32_t> lengths;
  for (int64_t size : sizes) {
    if (size == -1) size = std::exchange(left, 0);
    if (size < 1 || size > input[axis]) return fail("a part has {} elements", size);
    lengths.push_back(static_cast<int32_t>(size));
  }
  if (left != 0) {
    return fail("the parts don't make up the {} elements of dimension {} of {}", input[axis], axis,
                node.input_text(0));
  }
  return cut(node, 0, axis, lengths, false);
}

Result<CopyPlan> plan_unpack(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  MOTE_TRY(int axis, resolve_axis(node.integer("axis"), input.rank));
  MOTE_CHECK_OK(check_parts(node, "num", node.integer("num")));
  if (input[axis] != node.output_count()) {
    return fail("{} has {} elements along dimension {}, for {} outputs", node.input_text(0),
                input[axis], axis, node.output_count());
  }
  std::vector<int32_t> lengths(static_cast<size_t>(input[axis]), 1);
  return cut(node, 0, axis, lengths, true);
}

// ---- PACK

Result<CopyPlan> plan_pack(const NodeView& node) {
  const Shape& part = node.input(0).shape;
  MOTE_TRY(int axis, resolve_axis(node.integer("axis"), part.rank + 1));
  if (node.integer("values_count") != node.input_count() || part.rank == kMaxRank) {
    return fail("packs {} of {} inputs of {} dimensions", node.integer("values_count"),
                node.input_count(), part.rank);
  }
  Shape shape, slot;  // slot: a part with the new dimension
  for (int d = 0; d <= part.rank; ++d) {
    shape.push_back(d == axis ? node.input_count() : part[d < axis ? d : d - 1]);
    slot.push_back(d == axis ? 1 : shape[d]);
  }
  Strides strides = row_major_strides(shape);
  CopyPlan plan{{shape}, {}};
  for (int i = 0; i < node.input_count(); ++i) {
    if (node.input(i).shape != part) {
      return fail("{} and {} must have the same shape", node.input_text(i), node.input_text(0));
    }
    plan.copies.push_back({.from = i,
                           .shape = slot,
                           .from_strides = row_major_strides(slot),
                           .to_strides = strides,
                           .to_offset = int64_t{i} * strides[static_cast<size_t>(axis)]});
  }
  return plan;
}

// ---- REVERSE_V2

Result<CopyPlan> plan_reverse(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  MOTE_TRY(std::vector<int64_t> axes, constant_integers(node, 1));
  Copy copy{.shape = shape,
            .from_strides = row_major_strides(shape),
            .to_strides = row_major_strides(shape)};
  std::vector<bool> reversed(kMaxRank);
  for (int64_t given : axes) {
    MOTE_TRY(int axis, resolve_axis(given, shape.rank));
    size_t d = static_cast<size_t>(axis);
    if (reversed[d]) return fail("{} names dimension {} twice", node.input_text(1), axis);
    reversed[d] = true;
    copy.from_offset += int64_t{shape[axis] - 1} * copy.from_strides[d];
    copy.from_strides[d] = wrapping_sub(0, copy.from_strides[d]);
  }
  return CopyPlan{{shape}, {copy}};
}

// ---- sample cases

CaseOperand integers(std::vector<int32_t> values) {
  return {Shape(static_cast<int32_t>(values.size())), values};
}

CaseOperand scalar(int32_t value) {
  return {Shape(), {value}};
}

AttributeSpec count_attribute(const char* name) {
  return {.name = name, .fallback = int64_t{1}, .low = 1, .high = 1024};
}

AttributeSpec axis_attribute() {
  return {.name = "axis", .fallback = int64_t{0}, .low = -kMaxRank, .high = kMaxRank};
}

}  // namespace

const OperatorRecord& slice_record() {
  static const OperatorRecord record = [] {
    OperatorRecord slice =
        copies_record<plan_slice>("SLICE", 6, "SliceOptions", {{"input"}, {"begin"}, {"size"}});
    slice.cases = [](std::mt19937& random) {
      return movement_cases(random, slice_record(),
                            {{{{Shape(3, 4, 5)}, integers({1, 0, 2}), integers({2, -1, 2})}},
                             {{{Shape(2, 2, 2, 3, 2, 2)},
                               integers({1, 0, 0, 1, 0, 1}),
                               integers({1, 2, 1, -1, 2, 1})}},
                             {{{Shape(7)}, integers({random_int(random, 0, 3)}), integers({3})}}});
    };
    return slice;
  }();
  return record;
}

const OperatorRecord& split_record() {
  static const OperatorRecord record = [] {
    OperatorRecord split =
        copies_record<plan_split>("SPLIT", 4, "SplitOptions", {{"axis"}, {"input"}});
    split.outputs = {{"output", OperandSpec::kVariadic}};
    split.attributes = {count_attribute("num_splits")};
    for (TypeRow& row : split.types) std::swap(row.inputs[0], row.inputs[1]);
    split.cases = [](std::mt19937& random) {
      return movement_cases(random, split_record(),
                            {{{scalar(-1), {Shape(2, 3, 6)}}, {{"num_splits", int64_t{3}}}, 3},
                             {{scalar(0), {Shape(4, 3)}}, {{"num_splits", int64_t{2}}}, 2},
                             {{scalar(1), {Shape(2, 2)}}, {{"num_splits", int64_t{1}}}, 1}});
    };
    return split;
  }();
  return record;
}

const OperatorRecord& split_v_record() {
  static const OperatorRecord record = [] {
    OperatorRecord split = copies_record<plan_split_v>("SPLIT_V", 2, "SplitVOptions",
                                                       {{"input"}, {"size_splits"}, {"axis"}});
    split.outputs = {{"output", OperandSpec::kVariadic}};
    split.attributes = {count_attribute("num_splits")};
    split.cases = [](std::mt19937& random) {
      return movement_cases(
          random, split_v_record(),
          {{{{Shape(2, 7, 2)}, integers({1, -1, 4}), scalar(1)}, {{"num_splits", int64_t{3}}}, 3},
           {{{Shape(5)}, integers({3, 2}), scalar(-1)}, {{"num_splits", int64_t{2}}}, 2}});
    };
    return split;
  }();
  return record;
}

const OperatorRecord& unpack_record() {
  static const OperatorRecord record = [] {
    OperatorRecord unpack = copies_record<plan_unpack>("UNPACK", 4, "UnpackOptions", {{"input"}});
    unpack.outputs = {{"output", OperandSpec::kVariadic}};
    unpack.attributes = {count_attribute("num"), axis_attribute()};
    unpack.cases = [](std::mt19937& random) {
      return movement_cases(random, unpack_record(),
                            {{{{Shape(2, 3, 4)}}, {{"num", int64_t{3}}, {"axis", int64_t{1}}}, 3},
                             {{{Shape(2, 2)}}, {{"num", int64_t{2}}, {"axis", int64_t{-1}}}, 2},
                             {{{Shape(3)}}, {{"num", int64_t{3}}, {"axis", int64_t{0}}}, 3}});
    };
    return unpack;
  }();
  return record;
}

const OperatorRecord& pack_record() {
  static const OperatorRecord record = [] {
    OperatorRecord pack =
        copies_record<plan_pack>("PACK", 4, "PackOptions", {{"values", OperandSpec::kVariadic}});
    pack.attributes = {count_attribute("values_count"), axis_attribute()};
    pack.cases = [](std::mt19937& random) {
      CaseOperand matrix{Shape(2, 3)};
      return movement_cases(
          random, pack_record(),
          {{{matrix, matrix, matrix}, {{"values_count", int64_t{3}}, {"axis", int64_t{1}}}},
           {{matrix, matrix}, {{"values_count", int64_t{2}}, {"axis", int64_t{-1}}}},
           {{{Shape()}, {Shape()}}, {{"values_count", int64_t{2}}, {"axis", int64_t{0}}}},
           {{{Shape(1, 2, 2, 2, 2)}}, {{"values_count", int64_t{1}}, {"axis", int64_t{0}}}}});
    };
    return pack;
  }();
  return record;
}

const OperatorRecord& reverse_v2_record() {
  static const OperatorRecord record = [] {
    OperatorRecord reverse =
        copies_record<plan_reverse>("REVERSE_V2", 3, "ReverseV2Options", {{"input"}, {"axis"}});
    reverse.cases = [](std::mt19937& random) {
      return movement_cases(random, reverse_v2_record(),
                            {{{{Shape(2, 3, 4)}, integers({1})}},
                             {{{Shape(2, 3, 4)}, integers({0, 2, -2})}},
                             {{{Shape(5)}, integers({-1})}}});
    };
    return reverse;
  }();
  return record;
}

}  // namespace mote
