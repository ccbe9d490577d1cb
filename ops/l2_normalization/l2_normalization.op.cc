// SPDX-License-Identifier: Apache-2.0
// L2_NORMALIZATION's record.
#include "ops/l2_normalization/l2_normalization.h"

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"

namespace mote {
namespace {

#define MOTE_L2_KERNEL(name)                                                   \
  MOTE_KERNEL(name, L2NormalizationParams, "l2_normalization", "reference.cc", \
              MOTE_FIELDS(L2NormalizationParams, rows, depth, zero_point))

const KernelInfo kInt8 = MOTE_L2_KERNEL(l2_normalization_int8);
const KernelInfo kFloat32 = MOTE_L2_KERNEL(l2_normalization_float32);

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  if (shape.rank == 0) return fail("{} must have a dimension", node.input_text(0));
  return std::vector<Shape>{shape};
}

Result<void> check(const NodeView& node) {
  MOTE_CHECK_OK(check_activations(node));
  if (node.input(0).dtype == DType::kFloat32) return {};
  if (node.input(0).shape.back(0) > kMostL2NormalizationDepth) {
    return fail("{} has rows of more than {} elements", node.input_text(0),
                kMostL2NormalizationDepth);
  }
  return check_output_quantization(node, 1.0f / 128, 0);
}

Result<void> lower(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  bool integer = node.input(0).dtype == DType::kInt8;
  L2NormalizationParams params{static_cast<int32_t>(shape.elements() / shape.back(0)),
                               shape.back(0), node.input(0).quantization.zero_point()};
  node.emit(integer ? kInt8 : kFloat32, params, {node.in(0), node.out()}).in_place = {{1, 0}};
  return {};
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kFloat32}) {
    for (const Shape& shape : {Shape(2, 3, 7), Shape(5), Shape(4, 1), Shape(1, 300)}) {
      GraphBuilder b("l2_normalization");
      TensorId input = b.input(dtype, shape, random_quantization(random, dtype));
      graphs.push_back(
          b.build({b.node(l2_normalization_record(), {input}, {}, dtype,
                          dtype == DType::kInt8 ? quantization(1.0f / 128, 0) : Quantization())}));
    }
  }
  return graphs;
}

}  // namespace

const OperatorRecord& l2_normalization_record() {
  static const OperatorRecord record = {
      .name = "L2_NORMALIZATION",
      .max_version = 2,
      .tflite_options = "L2NormOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = {{{DType::kInt8}, {DType::kInt8}}, {{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kFloat32},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
