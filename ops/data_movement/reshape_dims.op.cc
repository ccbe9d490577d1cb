// SPDX-License-Identifier: Apache-2.0
// EXPAND_DIMS and SQUEEZE: the same bytes with a dimension of 1 more, or without some.
#include "ops/book.h"
#include "ops/data_movement/copies.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

Result<std::vector<Shape>> infer_expand_dims(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  if (input.rank == kMaxRank) return fail("{} has no room for a dimension", node.input_text(0));
  MOTE_TRY(int at, constant_axis(node, 1, input.rank + 1));
  Shape shape;
  for (int d = 0; d < input.rank; ++d) {
    if (d == at) shape.push_back(1);
    shape.push_back(input[d]);
  }
  if (at == input.rank) shape.push_back(1);
  return std::vector<Shape>{shape};
}

/// Without squeeze_dims, all dimensions of 1 go.
Result<std::vector<Shape>> infer_squeeze(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  const std::vector<int64_t>& dims = node.integers("squeeze_dims");
  std::vector<bool> gone(kMaxRank);
  for (int64_t axis : dims) {
    MOTE_TRY(int at, resolve_axis(axis, input.rank));
    if (input[at] != 1) {
      return fail("dimension {} of {} isn't 1 and can't be squeezed", at, node.input_text(0));
    }
    gone[static_cast<size_t>(at)] = true;
  }
  Shape shape;
  for (int d = 0; d < input.rank; ++d) {
    bool drop = dims.empty() ? input[d] == 1 : gone[static_cast<size_t>(d)];
    if (!drop) shape.push_back(input[d]);
  }
  return std::vector<Shape>{shape};
}

}  // namespace

const OperatorRecord& expand_dims_record() {
  static const OperatorRecord record = {
      .name = "EXPAND_DIMS",
      .tflite_options = "ExpandDimsOptions",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .types = movement_types({{DType::kInt32}, {DType::kInt64}}),
      .kernels = {&copy_bytes_kernel()},
      .infer = infer_expand_dims,
      .check = accept_any_quantization,
      .lower = lower_same_bytes,
      .cases =
          [](std::mt19937& random) {
            return movement_cases(random, expand_dims_record(),
                                  {{{{Shape(2, 3)}, {Shape(), {0}}}},
                                   {{{Shape(2, 3)}, {Shape(1), {-1}}}},
                                   {{{Shape(2, 3)}, {Shape(), {1}}}}});
          },
  };
  return record;
}

const OperatorRecord& squeeze_record() {
  static const OperatorRecord record = {
      .name = "SQUEEZE",
      .max_version = 2,
      .tflite_options = "SqueezeOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "squeeze_dims", .fallback = std::vector<int64_t>{}}},
      .types = movement_types({{}}),
      .kernels = {&copy_bytes_kernel()},
      .infer = infer_squeeze,
      .check = accept_any_quantization,
      .lower = lower_same_bytes,
      .cases =
          [](std::mt19937& random) {
            return movement_cases(
                random, squeeze_record(),
                {{{{Shape(1, 2, 1, 3)}}},
                 {{{Shape(1, 2, 1, 3)}}, {{"squeeze_dims", std::vector<int64_t>{-2}}}},
                 {{{Shape(1, 1)}}, {{"squeeze_dims", std::vector<int64_t>{0, 1}}}}});
          },
  };
  return record;
}

}  // namespace mote
