// SPDX-License-Identifier: Apache-2.0
// STRIDED_SLICE: elements begin, begin + stride, … up to but not including end, for each dimension.
// Indices below 0 count from the back and are then held to the tensor; a bit of a mask is a
// dimension whose begin or end is left open, or (shrink_axis) from which one index is taken.
#include <algorithm>

#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

/// One dimension of the slice.
struct Range {
  int64_t begin, stride, count;
  bool shrink;
};

/// An index as given to one that the dimension has, or one past its end in the stride's direction.
int64_t hold(int64_t index, int64_t size, int64_t stride) {
  if (index < 0) index += size;
  return stride > 0 ? std::clamp<int64_t>(index, 0, size)
                    : std::clamp<int64_t>(index, -1, size - 1);
}

struct Masks {
  bool begin, end, shrink, offset;
};

Result<Range> range_of(int64_t begin, int64_t end, int64_t stride, int64_t size, Masks mask) {
  if (stride == 0) return fail("a stride is 0");
  int64_t first = mask.begin ? (stride > 0 ? 0 : size - 1) : hold(begin, size, stride);
  if (mask.shrink) {
    if (first < 0 || first >= size)
      return fail("index {} is outside a dimension of {}", begin, size);
    return Range{first, 1, 1, true};
  }
  if (mask.offset) end += first;
  int64_t last = mask.end ? (stride > 0 ? size : -1) : hold(end, size, stride);
  int64_t count =
      stride > 0 ? (last - first + stride - 1) / stride : (first - last - stride - 1) / -stride;
  if (count < 1)
    return fail("the slice [{}:{}:{}] of a dimension of {} is empty", begin, end, stride, size);
  return Range{first, stride, count, false};
}

/// The ranges of all dimensions. Errors: masks that aren't supported, operands of wrong length.
Result<std::vector<Range>> ranges(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  if (node.integer("ellipsis_mask") != 0 || node.integer("new_axis_mask") != 0) {
    return fail(
        "ellipsis_mask and new_axis_mask aren't supported; give every dimension its own "
        "range, and insert dimensions with RESHAPE");
  }
  std::vector<int64_t> given[3];
  for (int i = 0; i < 3; ++i) {
    MOTE_TRY(given[i], constant_integers(node, i + 1));
    if (given[i].size() != static_cast<size_t>(shape.rank)) {
      return fail("{} needs {} elements, one for each dimension", node.input_text(i + 1),
                  shape.rank);
    }
  }
  std::vector<Range> result;
  for (int d = 0; d < shape.rank; ++d) {
    size_t at = static_cast<size_t>(d);
    auto bit = [&](const char* mask) { return (node.integer(mask) >> d & 1) != 0; };
    Masks masks{bit("begin_mask"), bit("end_mask"), bit("shrink_axis_mask"), node.flag("offset")};
    MOTE_TRY(Range range, range_of(given[0][at], given[1][at], given[2][at], shape[d], masks));
    result.push_back(range);
  }
  return result;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(std::vector<Range> all, ranges(node));
  Shape shape;
  for (const Range& range : all) {
    if (!range.shrink) shape.push_back(static_cast<int32_t>(range.count));
  }
  return std::vector<Shape>{shape};
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(std::vector<Range> all, ranges(node));
  Strides own = row_major_strides(node.input(0).shape), strides{};
  size_t kept = 0;
  int64_t offset = 0;
  for (size_t d = 0; d < all.size(); ++d) {
    offset += all[d].begin * own[d];
    // A stride longer than the dimension is never taken, and its product might not fit.
    if (all[d].count > 1) strides[kept] = static_cast<int32_t>(all[d].stride) * own[d];
    if (!all[d].shrink) ++kept;
  }
  const Tensor& output = node.output();
  emit_strided_copy(node, output.dtype, output.shape,
                    {node.in(0), strides, static_cast<int32_t>(offset)},
                    {node.out(), row_major_strides(output.shape)});
  return {};
}

struct Variant {
  Shape shape;
  std::vector<int32_t> begin, end, strides;
  int begin_mask = 0, end_mask = 0, shrink_axis_mask = 0;
  bool offset = false;
};

Graph make_case(std::mt19937& random, DType dtype, const Variant& v) {
  GraphBuilder b("strided_slice");
  Quantization q = random_quantization(random, dtype);
  Shape indices(v.shape.rank);
  std::vector<TensorId> inputs = {b.input(dtype, v.shape, q), b.constant(indices, v.begin),
                                  b.constant(indices, v.end), b.constant(indices, v.strides)};
  return b.build({b.node(strided_slice_record(), inputs,
                         {{"begin_mask", int64_t{v.begin_mask}},
                          {"end_mask", int64_t{v.end_mask}},
                          {"shrink_axis_mask", int64_t{v.shrink_axis_mask}},
                          {"offset", v.offset}},
                         dtype, q)});
}

std::vector<Graph> cases(std::mt19937& random) {
  const Variant variants[] = {
      {Shape(7), {1}, {6}, {2}},
      {Shape(4, 5), {-1, 0}, {-5, 5}, {-1, 1}},                          // rows backwards
      {Shape(3, 4, 2), {1, 0, 0}, {2, 0, 0}, {1, 3, -1}, 0b110, 0b110},  // open ranges
      {Shape(2, 3, 4), {1, -2, 1}, {0, 0, 9}, {1, 1, 2}, 0, 0, 0b011},   // one index, then a range
      {Shape(6), {1}, {3}, {1}, 0, 0, 0, true},                          // end counted from begin
      {Shape(3, 2, 2, 2, 2, 2), {0, 0, 0, 0, 0, 0}, {3, 2, 2, 2, 2, 1}, {2, 1, 1, 1, 1, 1}},
  };
  std::vector<Graph> graphs;
  for (DType dtype : movement_case_types()) graphs.push_back(make_case(random, dtype, variants[0]));
  for (const Variant& v : variants) {
    graphs.push_back(make_case(random, DType::kInt8, v));
    graphs.push_back(make_case(random, DType::kFloat32, v));
  }
  return graphs;
}

AttributeSpec mask(const char* name) {
  return {.name = name, .fallback = int64_t{0}, .low = 0, .high = INT32_MAX};
}

}  // namespace

const OperatorRecord& strided_slice_record() {
  static const OperatorRecord record = {
      .name = "STRIDED_SLICE",
      .max_version = 8,
      .tflite_options = "StridedSliceOptions",
      .inputs = {{"input"}, {"begin"}, {"end"}, {"strides"}},
      .outputs = {{"output"}},
      .attributes = {mask("begin_mask"),
                     mask("end_mask"),
                     mask("ellipsis_mask"),
                     mask("new_axis_mask"),
                     mask("shrink_axis_mask"),
                     {.name = "offset", .fallback = false}},
      .types = movement_types({{DType::kInt32}}),
      .kernels = strided_copy_kernels(),
      .infer = infer,
      .check = accept_any_quantization,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
