// SPDX-License-Identifier: Apache-2.0
// CUMSUM's record; the axis is a constant.
#include "ops/cumsum/cumsum.h"

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/kernel_choice.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

#define MOTE_CUMSUM_KERNEL(name)                                     \
  MOTE_KERNEL(cumsum_##name, CumsumParams, "cumsum", "reference.cc", \
              MOTE_FIELDS(CumsumParams, outer, depth, inner, exclusive, reverse))

const KernelInfo kInt32 = MOTE_CUMSUM_KERNEL(int32);
const KernelInfo kInt64 = MOTE_CUMSUM_KERNEL(int64);
const KernelInfo kFloat32 = MOTE_CUMSUM_KERNEL(float32);
const KernelInfo kInt8 = MOTE_KERNEL(
    cumsum_int8, CumsumInt8Params, "cumsum", "reference.cc",
    MOTE_FIELDS(CumsumInt8Params, sums.outer, sums.depth, sums.inner, sums.exclusive, sums.reverse,
                offset, MOTE_MULTIPLIER_FIELDS(input_multiplier),
                MOTE_MULTIPLIER_FIELDS(output_multiplier), MOTE_INT8_OUTPUT_FIELDS(output)));

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_CHECK_OK(constant_axis(node, 1, node.input(0).shape.rank));
  return infer_same_shape(node);
}

const Kernels kPlain = {&kInt32, &kInt64, &kFloat32};

CumsumInt8Params int8_params(const NodeView& node, const CumsumParams& sums) {
  double scale = static_cast<double>(node.input(0).quantization.scale());
  double output_scale = static_cast<double>(node.output().quantization.scale());
  return {sums, -node.input(0).quantization.zero_point(), quantize_multiplier(scale / (2 * scale)),
          quantize_multiplier(2 * scale / ((1 << 20) * output_scale)),
          int8_output(node.output(), "NONE")};
}

Result<void> lower(Lowering& node) {
  MOTE_TRY(int axis, constant_axis(node, 1, node.input(0).shape.rank));
  const Shape& shape = node.input(0).shape;
  CumsumParams params{static_cast<int32_t>(shape.product(0, axis)), shape[axis],
                      static_cast<int32_t>(shape.product(axis + 1, shape.rank)),
                      node.flag("exclusive"), node.flag("reverse")};
  std::vector<Value> operands = {node.in(0), node.out()};
  Step& step = node.input(0).dtype == DType::kInt8
                   ? node.emit(kInt8, int8_params(node, params), operands)
                   : node.emit(kernel_for(kPlain, node.input(0).dtype), params, operands);
  step.in_place = {{1, 0}};
  return {};
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : cumsum_record().types) {
    for (int variant = 0; variant < 4; ++variant) {
      GraphBuilder b("cumsum");
      DType dtype = row.inputs[0];
      Quantization from = random_quantization(random, dtype), to = from;
      if (from.quantized()) from.zero_points[0] = 0, to.scales[0] *= 3;
      TensorId input = b.input(dtype, Shape(2, 5, 3), from);
      TensorId axis = b.constant(Shape(), std::vector<int32_t>{variant - 1});
      graphs.push_back(b.build(
          {b.node(cumsum_record(), {input, axis},
                  {{"exclusive", variant % 2 == 1}, {"reverse", variant >= 2}}, dtype, to)}));
    }
  }
  return graphs;
}

}  // namespace

const OperatorRecord& cumsum_record() {
  static const OperatorRecord record = {
      .name = "CUMSUM",
      .tflite_options = "CumsumOptions",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "exclusive", .fallback = false},
                     {.name = "reverse", .fallback = false}},
      .types = {{{DType::kInt8, DType::kInt32}, {DType::kInt8}},
                {{DType::kInt32, DType::kInt32}, {DType::kInt32}},
                {{DType::kInt64, DType::kInt32}, {DType::kInt64}},
                {{DType::kFloat32, DType::kInt32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kInt32, &kInt64, &kFloat32},
      .infer = infer,
      .check = check_activations,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
