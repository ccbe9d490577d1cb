// SPDX-License-Identifier: Apache-2.0
// Blocks of a picture moved to or from another dimension: SPACE_TO_DEPTH, DEPTH_TO_SPACE,
// SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND. Space and depth are a permutation of six dimensions; the
// batch ones are a copy for each place in the block, since padding and crops make them ragged.
#include "base/fixed_point.h"
#include "ops/book.h"
#include "ops/data_movement/copies.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

// ---- SPACE_TO_DEPTH and DEPTH_TO_SPACE

/// The picture [n, h·b, w·b, c] as [n, h, b, w, b, c], and the strides that walk the deep tensor
/// [n, h, w, b·b·c] in the same order.
struct DepthView {
  Shape picture, deep, shape;
  Strides picture_strides, deep_strides;
};

DepthView depth_view(int32_t n, int32_t h, int32_t w, int32_t c, int32_t block) {
  DepthView view;
  view.picture = Shape(n, h * block, w * block, c);
  view.deep = Shape(n, h, w, block * block * c);
  view.shape = Shape(n, h, block, w, block, c);
  view.picture_strides = row_major_strides(view.shape);
  Strides deep = row_major_strides(view.deep);
  view.deep_strides = {deep[0], deep[1], block * c, deep[2], c, 1};
  return view;
}

Result<int32_t> block_size(const NodeView& node) {
  if (node.input(0).shape.rank != 4) {
    return fail("{} must have 4 dimensions (NHWC)", node.input_text(0));
  }
  return node.integer("block_size");
}

Result<CopyPlan> plan_space_to_depth(const NodeView& node) {
  MOTE_TRY(int32_t block, block_size(node));
  const Shape& in = node.input(0).shape;
  if (in[1] % block != 0 || in[2] % block != 0 || in[3] > INT32_MAX / block / block) {
    return fail("{} doesn't divide into blocks of {}x{}", node.input_text(0), block, block);
  }
  DepthView view = depth_view(in[0], in[1] / block, in[2] / block, in[3], block);
  Copy copy{
      .shape = view.shape, .from_strides = view.picture_strides, .to_strides = view.deep_strides};
  return CopyPlan{{view.deep}, {copy}};
}

Result<CopyPlan> plan_depth_to_space(const NodeView& node) {
  MOTE_TRY(int32_t block, block_size(node));
  const Shape& in = node.input(0).shape;
  if (in[3] % (block * block) != 0 || in[1] > INT32_MAX / block || in[2] > INT32_MAX / block) {
    return fail("the channels of {} aren't a multiple of {}", node.input_text(0), block * block);
  }
  DepthView view = depth_view(in[0], in[1], in[2], in[3] / (block * block), block);
  Copy copy{
      .shape = view.shape, .from_strides = view.deep_strides, .to_strides = view.picture_strides};
  return CopyPlan{{view.picture}, {copy}};
}

// ---- SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND

/// The block and what is added (padding) or cut off (crops) around the picture.
struct Blocks {
  std::vector<int64_t> size;    // one for each spatial dimension
  std::vector<int64_t> around;  // before and after each of them
  int64_t count = 1;            // places in a block
};

Result<Blocks> blocks_of(const NodeView& node) {
  Blocks blocks;
  MOTE_TRY(blocks.size, constant_integers(node, 1));
  MOTE_TRY(blocks.around, constant_integers(node, 2));
  int spatial = static_cast<int>(blocks.size.size());
  if (spatial < 1 || spatial >= node.input(0).shape.rank ||
      node.input(2).shape != Shape(spatial, 2)) {
    return fail("{} and {} don't go with {}", node.input_text(1), node.input_text(2),
                node.input_text(0));
  }
  for (int64_t size : blocks.size) {
    if (size < 1 || size > 1024) return fail("a block has size {}", size);
    blocks.count *= size;
  }
  if (blocks.count > 1024) return fail("a block has {} elements, at most 1024", blocks.count);
  for (int64_t value : blocks.around) {
    if (value < 0 || value > INT32_MAX / 2)
      return fail("padding or crop {} is out of range", value);
  }
  return blocks;
}

/// One place of the block: which elements of a padded dimension it has, as far as they lie in the
/// picture. Position = index · block + place - before.
struct Lane {
  int64_t first;  // index of the first element inside
  int64_t count;
  int64_t position;  // of that element in the picture
};

Lane lane(int64_t place, int64_t block, int64_t before, int64_t size) {
  int64_t first = place >= before ? 0 : (before - place + block - 1) / block;
  int64_t position = first * block + place - before;
  int64_t count = position < size ? (size - position + block - 1) / block : 0;
  return {first, count, position};
}

/// Copies between the picture [n, s…, rest] and the batches [block·n, (s + around)/block…, rest].
void add_lanes(const Blocks& blocks, const Shape& picture, const Shape& batches, bool to_batches,
               CopyPlan& plan) {
  Strides near = row_major_strides(picture), far = row_major_strides(batches);
  for (int64_t i = 0; i < blocks.count; ++i) {
    Copy copy{.shape = picture, .from_strides = near, .to_strides = far};
    copy.to_offset = i * picture[0] * far[0];
    int64_t place = i;
    bool empty = false;
    for (size_t d = blocks.size.size(); d-- > 0;) {
      int64_t block = blocks.size[d];
      int dim = static_cast<int>(d) + 1;
      Lane one = lane(place % block, block, blocks.around[2 * d], picture[dim]);
      place /= block;
      empty = empty || one.count < 1;
      copy.shape[dim] = static_cast<int32_t>(one.count);
      copy.from_offset += one.position * near[d + 1];
      copy.from_strides[d + 1] = wrapping_mul(near[d + 1], static_cast<int32_t>(block));
      copy.to_offset += one.first * far[d + 1];
    }
    if (empty) continue;
    if (!to_batches) {
      std::swap(copy.from_strides, copy.to_strides);
      std::swap(copy.from_offset, copy.to_offset);
    }
    plan.copies.push_back(copy);
  }
}

Result<CopyPlan> plan_space_to_batch(const NodeView& node) {
  MOTE_TRY(Blocks blocks, blocks_of(node));
  const Shape& picture = node.input(0).shape;
  Shape batches = picture;
  bool padded = false;
  for (size_t d = 0; d < blocks.size.size(); ++d) {
    int64_t whole =
        picture[static_cast<int>(d) + 1] + blocks.around[2 * d] + blocks.around[2 * d + 1];
    if (whole % blocks.size[d] != 0 || whole > INT32_MAX) {
      return fail("{} padded to {} doesn't divide into blocks of {}", node.input_text(0), whole,
                  blocks.size[d]);
    }
    padded = padded || whole != picture[static_cast<int>(d) + 1];
    batches[static_cast<int>(d) + 1] = static_cast<int32_t>(whole / blocks.size[d]);
  }
  if (picture[0] > INT32_MAX / blocks.count) return fail("there would be too many batches");
  batches[0] = static_cast<int32_t>(picture[0] * blocks.count);
  CopyPlan plan{{batches}, {}};
  if (padded) plan.copies.push_back(fill_with_zero(batches));
  add_lanes(blocks, picture, batches, true, plan);
  return plan;
}

Result<CopyPlan> plan_batch_to_space(const NodeView& node) {
  MOTE_TRY(Blocks blocks, blocks_of(node));
  const Shape& batches = node.input(0).shape;
  Shape picture = batches;
  if (batches[0] % blocks.count != 0) {
    return fail("the {} batches of {} aren't a multiple of the block's {}", batches[0],
                node.input_text(0), blocks.count);
  }
  picture[0] = static_cast<int32_t>(batches[0] / blocks.count);
  for (size_t d = 0; d < blocks.size.size(); ++d) {
    int64_t size = batches[static_cast<int>(d) + 1] * blocks.size[d] - blocks.around[2 * d] -
                   blocks.around[2 * d + 1];
    if (size < 1 || size > INT32_MAX) return fail("dimension {} would have size {}", d + 1, size);
    picture[static_cast<int>(d) + 1] = static_cast<int32_t>(size);
  }
  CopyPlan plan{{picture}, {}};
  add_lanes(blocks, picture, batches, false, plan);
  return plan;
}

// ---- records

template <CopyPlanner kPlan>
OperatorRecord depth_record(std::string_view name, std::string_view options) {
  OperatorRecord record = copies_record<kPlan>(name, 2, options, {{"input"}});
  record.attributes = {{.name = "block_size", .fallback = int64_t{1}, .low = 1, .high = 1024}};
  return record;
}

MovementCase batch_case(Shape input, std::vector<int32_t> block, std::vector<int32_t> around) {
  int32_t spatial = static_cast<int32_t>(block.size());
  return {{{input}, {Shape(spatial), block}, {Shape(spatial, 2), around}}};
}

}  // namespace

const OperatorRecord& space_to_depth_record() {
  static const OperatorRecord record = [] {
    OperatorRecord made =
        depth_record<plan_space_to_depth>("SPACE_TO_DEPTH", "SpaceToDepthOptions");
    made.cases = [](std::mt19937& random) {
      return movement_cases(random, space_to_depth_record(),
                            {{{{Shape(2, 4, 6, 3)}}, {{"block_size", int64_t{2}}}},
                             {{{Shape(1, 3, 3, 2)}}, {{"block_size", int64_t{3}}}}});
    };
    return made;
  }();
  return record;
}

const OperatorRecord& depth_to_space_record() {
  static const OperatorRecord record = [] {
    OperatorRecord made =
        depth_record<plan_depth_to_space>("DEPTH_TO_SPACE", "DepthToSpaceOptions");
    made.cases = [](std::mt19937& random) {
      return movement_cases(random, depth_to_space_record(),
                            {{{{Shape(2, 2, 3, 12)}}, {{"block_size", int64_t{2}}}},
                             {{{Shape(1, 1, 2, 9)}}, {{"block_size", int64_t{3}}}}});
    };
    return made;
  }();
  return record;
}

const OperatorRecord& space_to_batch_nd_record() {
  static const OperatorRecord record = [] {
    OperatorRecord made = copies_record<plan_space_to_batch>(
        "SPACE_TO_BATCH_ND", 4, "SpaceToBatchNDOptions", {{"input"}, {"block"}, {"paddings"}});
    made.cases = [](std::mt19937& random) {
      return movement_cases(random, space_to_batch_nd_record(),
                            {batch_case(Shape(2, 4, 6, 3), {2, 3}, {0, 0, 0, 0}),
                             batch_case(Shape(1, 5, 2, 2), {3, 2}, {1, 3, 2, 0}),
                             batch_case(Shape(2, 3, 4), {2}, {0, 1}),
                             batch_case(Shape(1, 1, 1, 1), {4, 4}, {2, 1, 0, 3})});
    };
    return made;
  }();
  return record;
}

const OperatorRecord& batch_to_space_nd_record() {
  static const OperatorRecord record = [] {
    OperatorRecord made = copies_record<plan_batch_to_space>(
        "BATCH_TO_SPACE_ND", 4, "BatchToSpaceNDOptions", {{"input"}, {"block"}, {"crops"}});
    made.cases = [](std::mt19937& random) {
      return movement_cases(random, batch_to_space_nd_record(),
                            {batch_case(Shape(12, 2, 2, 3), {2, 3}, {0, 0, 0, 0}),
                             batch_case(Shape(6, 3, 2, 2), {3, 2}, {1, 3, 2, 0}),
                             batch_case(Shape(4, 2, 4), {2}, {0, 1})});
    };
    return made;
  }();
  return record;
}

}  // namespace mote
