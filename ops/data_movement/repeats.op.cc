// SPDX-License-Identifier: Apache-2.0
// A tensor repeated or mirrored: TILE, BROADCAST_TO and MIRROR_PAD. TILE and MIRROR_PAD copy the
// input to its first place and then go on from the output itself, one dimension after the other.
#include <algorithm>

#include "base/fixed_point.h"
#include "ops/book.h"
#include "ops/data_movement/copies.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

// ---- TILE

/// Copies what is there of the output along `axis` to the places behind it: the same elements, each
/// time a `size` further on. Dimensions of 1 make room for the repetitions.
Result<Copy> repeat(const Shape& region, const Strides& strides, int axis, int32_t times) {
  Shape shape(times - 1);
  Copy copy;
  copy.source = Copy::kOutput;
  size_t a = static_cast<size_t>(axis);
  copy.to_offset = int64_t{region[axis]} * strides[a];
  copy.to_strides[0] = static_cast<int32_t>(copy.to_offset);
  for (int d = 0; d < region.rank; ++d) {
    if (region[d] == 1) continue;
    if (shape.rank == kMaxRank) return fail("more than {} dimensions are repeated", kMaxRank - 1);
    size_t at = static_cast<size_t>(shape.rank);
    copy.from_strides[at] = copy.to_strides[at] = strides[static_cast<size_t>(d)];
    shape.push_back(region[d]);
  }
  copy.shape = shape;
  return copy;
}

Result<CopyPlan> plan_tile(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  MOTE_TRY(std::vector<int64_t> multiples, constant_integers(node, 1));
  if (multiples.size() != static_cast<size_t>(input.rank)) {
    return fail("{} needs {} elements, one for each dimension", node.input_text(1), input.rank);
  }
  Shape output = input;
  for (int d = 0; d < input.rank; ++d) {
    int64_t times = multiples[static_cast<size_t>(d)];
    if (times < 1 || times > INT32_MAX / std::max(input[d], 1)) {
      return fail("dimension {} is to be repeated {} times", d, times);
    }
    output[d] = static_cast<int32_t>(input[d] * times);
  }
  Strides strides = row_major_strides(output);
  CopyPlan plan{{output}, {}};
  plan.copies.push_back(
      {.shape = input, .from_strides = row_major_strides(input), .to_strides = strides});
  Shape region = input;
  for (int d = input.rank - 1; d >= 0; --d) {
    int32_t times = static_cast<int32_t>(multiples[static_cast<size_t>(d)]);
    if (times == 1) continue;
    MOTE_TRY(Copy copy, repeat(region, strides, d, times));
    plan.copies.push_back(copy);
    region[d] = output[d];
  }
  return plan;
}

// ---- BROADCAST_TO

Result<CopyPlan> plan_broadcast_to(const NodeView& node) {
  MOTE_TRY(Shape shape, constant_shape(node, 1));
  MOTE_TRY(Shape both, broadcast_shape(node.input(0).shape, shape));
  if (both != shape) {
    return fail("{} can't be broadcast to {}", node.input_text(0), shape_text(shape));
  }
  Copy copy{.shape = shape,
            .from_strides = broadcast_strides(node.input(0).shape, shape),
            .to_strides = row_major_strides(shape)};
  return CopyPlan{{shape}, {copy}};
}

// ---- MIRROR_PAD

/// `count` rows along `axis` that mirror others of the output: rows from, from - 1, … go to rows
/// to, to + 1, ….
Copy mirror(const Shape& output, const Strides& strides, int axis, int64_t from, int64_t to,
            int64_t count) {
  size_t a = static_cast<size_t>(axis);
  Copy copy{.source = Copy::kOutput,
            .shape = output,
            .from_strides = strides,
            .to_strides = strides,
            .from_offset = from * strides[a],
            .to_offset = to * strides[a]};
  copy.shape[axis] = static_cast<int32_t>(count);
  copy.from_strides[a] = wrapping_sub(0, strides[a]);
  return copy;
}

/// REFLECT leaves the edge itself out, SYMMETRIC repeats it.
Result<CopyPlan> plan_mirror_pad(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  MOTE_TRY(std::vector<int64_t> around, constant_integers(node, 1));
  if (node.input(1).shape != Shape(input.rank, 2)) {
    return fail("{} must have shape [{},2]", node.input_text(1), input.rank);
  }
  bool reflect = node.choice("mode") == "REFLECT";
  Shape output = input;
  for (int d = 0; d < input.rank; ++d) {
    for (int side = 0; side < 2; ++side) {
      int64_t padding = around[static_cast<size_t>(2 * d + side)];
      if (padding < 0 || padding > input[d] - (reflect ? 1 : 0)) {
        return fail("dimension {} of {} can't be mirrored for {} elements", d, node.input_text(0),
                    padding);
      }
      output[d] = static_cast<int32_t>(output[d] + padding);
    }
  }
  Strides strides = row_major_strides(output);
  std::vector<int64_t> first;
  for (size_t d = 0; d < static_cast<size_t>(input.rank); ++d) first.push_back(around[2 * d]);
  CopyPlan plan{{output}, {}};
  plan.copies.push_back({.shape = input,
                         .from_strides = row_major_strides(input),
                         .to_strides = strides,
                         .to_offset = offset_of(first, strides)});
  // Dimensions that aren't mirrored yet are copied with their borders still empty; those are
  // overwritten later.
  for (int d = input.rank - 1; d >= 0; --d) {
    int64_t before = around[static_cast<size_t>(2 * d)];
    int64_t after = around[static_cast<size_t>(2 * d + 1)], end = before + input[d];
    if (before > 0) {
      plan.copies.push_back(mirror(output, strides, d, 2 * before - (reflect ? 0 : 1), 0, before));
    }
    if (after > 0) {
      plan.copies.push_back(mirror(output, strides, d, end - (reflect ? 2 : 1), end, after));
    }
  }
  return plan;
}

CaseOperand list(std::vector<int32_t> values) {
  return {Shape(static_cast<int32_t>(values.size())), values};
}

MovementCase mirror_case(Shape input, std::vector<int32_t> around, const char* mode) {
  return {{{input}, {Shape(input.rank, 2), around}}, {{"mode", std::string(mode)}}};
}

}  // namespace

const OperatorRecord& tile_record() {
  static const OperatorRecord record = [] {
    OperatorRecord tile =
        copies_record<plan_tile>("TILE", 3, "TileOptions", {{"input"}, {"multiples"}});
    tile.cases = [](std::mt19937& random) {
      return movement_cases(random, tile_record(),
                            {{{{Shape(2, 3)}, list({2, 3})}},
                             {{{Shape(2, 1, 3, 2)}, list({1, 4, 2, 1})}},
                             {{{Shape(1, 2, 1, 2, 3, 1)}, list({2, 1, 3, 2, 1, 2})}},
                             {{{Shape(4)}, list({1})}}});
    };
    return tile;
  }();
  return record;
}

const OperatorRecord& broadcast_to_record() {
  static const OperatorRecord record = [] {
    OperatorRecord broadcast = copies_record<plan_broadcast_to>(
        "BROADCAST_TO", 3, "BroadcastToOptions", {{"input"}, {"shape"}});
    broadcast.cases = [](std::mt19937& random) {
      return movement_cases(random, broadcast_to_record(),
                            {{{{Shape(3, 1)}, list({2, 3, 4})}},
                             {{{Shape()}, list({5})}},
                             {{{Shape(2, 1, 2, 1, 2, 1)}, list({2, 2, 2, 3, 2, 2})}}});
    };
    return broadcast;
  }();
  return record;
}

const OperatorRecord& mirror_pad_record() {
  static const OperatorRecord record = [] {
    OperatorRecord pad = copies_record<plan_mirror_pad>("MIRROR_PAD", 3, "MirrorPadOptions",
                                                        {{"input"}, {"paddings"}});
    pad.attributes = {
        {.name = "mode", .fallback = std::string("REFLECT"), .choices = {"REFLECT", "SYMMETRIC"}}};
    pad.cases = [](std::mt19937& random) {
      return movement_cases(random, mirror_pad_record(),
                            {mirror_case(Shape(3, 4), {2, 1, 0, 3}, "REFLECT"),
                             mirror_case(Shape(3, 4), {3, 1, 0, 4}, "SYMMETRIC"),
                             mirror_case(Shape(1, 3, 3, 2), {0, 0, 1, 2, 2, 2, 0, 0}, "REFLECT"),
                             mirror_case(Shape(5), {1, 1}, "SYMMETRIC")});
    };
    return pad;
  }();
  return record;
}

}  // namespace mote
