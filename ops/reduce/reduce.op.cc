// SPDX-License-Identifier: Apache-2.0
// MEAN's record. The axes are a constant; negative and repeated ones are fine.
#include "ops/reduce/reduce.h"

#include <algorithm>
#include <bit>

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/strided/strided.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 = MOTE_KERNEL(
    mean_int8, MeanInt8Params, "reduce", "reference.cc",
    MOTE_FIELDS(MeanInt8Params, MOTE_LOOPS_1_FIELDS(kept), MOTE_LOOPS_1_FIELDS(reduced), bias,
                multiplier.multiplier, multiplier.shift, MOTE_INT8_OUTPUT_FIELDS(output)));
const KernelInfo kFloat32 = MOTE_KERNEL(
    mean_float32, MeanFloat32Params, "reduce", "reference.cc",
    MOTE_FIELDS(MeanFloat32Params, MOTE_LOOPS_1_FIELDS(kept), MOTE_LOOPS_1_FIELDS(reduced), count));

/// Whether each dimension of the input is reduced.
Result<std::vector<bool>> reduced_dimensions(const NodeView& node) {
  int rank = node.input(0).shape.rank;
  std::vector<bool> reduced(static_cast<size_t>(rank));
  MOTE_TRY(std::vector<int64_t> axes, constant_integers(node, 1));
  for (int64_t axis : axes) {
    MOTE_TRY(int resolved, resolve_axis(axis, rank));
    reduced[static_cast<size_t>(resolved)] = true;
  }
  return reduced;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(std::vector<bool> reduced, reduced_dimensions(node));
  const Shape& input = node.input(0).shape;
  Shape shape;
  for (int d = 0; d < input.rank; ++d) {
    bool gone = reduced[static_cast<size_t>(d)];
    if (!gone || node.flag("keep_dims")) shape.push_back(gone ? 1 : input[d]);
  }
  return std::vector<Shape>{shape};
}

/// The loops over the dimensions that are reduced, or over those that aren't.
StridedLoops<1> loops_where(const Shape& input, const std::vector<bool>& reduced, bool wanted) {
  Strides own = row_major_strides(input), strides{};
  Shape shape;
  for (int d = 0; d < input.rank; ++d) {
    if (reduced[static_cast<size_t>(d)] != wanted) continue;
    strides[static_cast<size_t>(shape.rank)] = own[static_cast<size_t>(d)];
    shape.push_back(input[d]);
  }
  return make_loops<1>(shape, {strides});
}

/// input_scale / output_scale / count. The division by count is exact to the multiplier's 31 bits:
/// the multiplier is first raised by as many bits as count has. (TFLite: QuantizedMeanOrSum.)
QuantizedMultiplier mean_multiplier(const NodeView& node, int32_t count) {
  QuantizedMultiplier m =
      quantize_multiplier(static_cast<double>(node.input(0).quantization.scale()) /
                          static_cast<double>(node.output().quantization.scale()));
  int32_t shift = std::bit_width(static_cast<uint32_t>(count)) - 1;
  shift = std::min(shift, 31 + m.shift);
  int64_t raised = static_cast<int64_t>(m.multiplier) << shift;
  return {static_cast<int32_t>(raised / count), m.shift - shift};
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(std::vector<bool> reduced, reduced_dimensions(node));
  const Tensor& input = node.input(0);
  StridedLoops<1> outer = loops_where(input.shape, reduced, false);
  StridedLoops<1> inner = loops_where(input.shape, reduced, true);
  int32_t count = static_cast<int32_t>(input.shape.elements() / node.output().shape.elements());
  std::vector<Value> operands = {node.in(0), node.out()};
  if (input.dtype == DType::kFloat32) {
    node.emit(kFloat32, MeanFloat32Params{outer, inner, count}, operands);
    return {};
  }
  MeanInt8Params params{outer, inner, wrapping_mul(-input.quantization.zero_point(), count),
                        mean_multiplier(node, count), int8_output(node.output(), "NONE")};
  node.emit(kInt8, params, operands);
  return {};
}

Graph make_case(std::mt19937& random, DType dtype, Shape shape, std::vector<int32_t> axes,
                bool keep_dims) {
  GraphBuilder b("mean");
  auto q = [&] { return dtype == DType::kInt8 ? random_quantization(random) : Quantization(); };
  TensorId input = b.input(dtype, shape, q());
  TensorId axis = b.constant(Shape(static_cast<int32_t>(axes.size())), axes);
  return b.build({b.node(mean_record(), {input, axis}, {{"keep_dims", keep_dims}}, dtype, q())});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kFloat32}) {
    graphs.push_back(make_case(random, dtype, Shape(1, 5, 7, 3), {1, 2}, true));
    graphs.push_back(make_case(random, dtype, Shape(2, 3, 4), {-1, 0, 2}, false));
    graphs.push_back(make_case(random, dtype, Shape(6, 5), {0}, false));
    graphs.push_back(make_case(random, dtype, Shape(3, 4), {0, 1}, false));  // to a scalar
    graphs.push_back(make_case(random, dtype, Shape(2, 2, 3, 2, 2, 3), {0, 2, 4}, true));
    graphs.push_back(make_case(
        random, dtype, Shape(random_int(random, 1, 6), random_int(random, 1, 6), 3), {-2}, true));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& mean_record() {
  static const OperatorRecord record = {
      .name = "MEAN",
      .max_version = 2,
      .tflite_options = "ReducerOptions",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "keep_dims", .fallback = false}},
      .types = {{{DType::kInt8, DType::kInt32}, {DType::kInt8}},
                {{DType::kFloat32, DType::kInt32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kFloat32},
      .infer = infer,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
