// SPDX-License-Identifier: Apache-2.0
// The records of SOFTMAX and LOG_SOFTMAX.
#include "ops/softmax/softmax.h"

#include <algorithm>
#include <cmath>

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 =
    MOTE_KERNEL(softmax_int8, SoftmaxInt8Params, "softmax", "reference.cc",
                MOTE_FIELDS(SoftmaxInt8Params, rows, depth, multiplier.multiplier, multiplier.shift,
                            least_difference));
const KernelInfo kFloat32 =
    MOTE_KERNEL(softmax_float32, SoftmaxFloat32Params, "softmax", "reference.cc",
                MOTE_FIELDS(SoftmaxFloat32Params, rows, depth, beta));

const KernelInfo kLogFloat32 =
    MOTE_KERNEL(log_softmax_float32, LogSoftmaxFloat32Params, "softmax", "reference.cc",
                MOTE_FIELDS(LogSoftmaxFloat32Params, rows, depth));

/// Integer bits of the differences that the int8 kernel takes exponentials of.
constexpr int kDifferenceBits = 5;

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  if (shape.rank == 0) return fail("{} must have a dimension", node.input_text(0));
  return std::vector<Shape>{shape};
}

/// beta · input_scale in the kernel's fixed-point format, capped where one step of the input is so
/// large that all but the maximum vanish anyway. (TFLite: PreprocessSoftmaxScaling.)
double real_multiplier(const NodeView& node) {
  double scale = static_cast<double>(node.input(0).quantization.scale());
  return std::min(static_cast<double>(node.real("beta")) * scale * (1 << (31 - kDifferenceBits)),
                  static_cast<double>(kInt32Max));
}

Result<void> check(const NodeView& node) {
  if (node.input(0).dtype == DType::kFloat32) return {};
  MOTE_CHECK_OK(check_per_tensor(node, false, 0));
  MOTE_CHECK_OK(check_output_quantization(node, 1.0f / 256, -128));
  if (node.input(0).shape.back(0) > kMostSoftmaxDepth) {
    return fail("{} has rows of more than {} elements", node.input_text(0), kMostSoftmaxDepth);
  }
  if (real_multiplier(node) <= 1) {
    return fail("beta {} times the input's scale {} is too small for fixed point",
                node.real("beta"), node.input(0).quantization.scale());
  }
  return {};
}

Result<void> lower(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  int32_t depth = shape.back(0), rows = static_cast<int32_t>(shape.elements() / depth);
  std::vector<Value> operands = {node.in(0), node.out()};
  if (node.input(0).dtype == DType::kFloat32) {
    node.emit(kFloat32, SoftmaxFloat32Params{rows, depth, node.real("beta")}, operands).in_place = {
        {1, 0}};
    return {};
  }
  QuantizedMultiplier multiplier = quantize_multiplier(real_multiplier(node));
  // The furthest difference that still fits the format once scaled. (CalculateInputRadius.)
  double reach = ((1 << kDifferenceBits) - 1) * std::ldexp(1.0, 31 - kDifferenceBits);
  int32_t least = -static_cast<int32_t>(std::floor(std::ldexp(reach, -multiplier.shift)));
  node.emit(kInt8, SoftmaxInt8Params{rows, depth, multiplier, least}, operands).in_place = {{1, 0}};
  return {};
}

Result<void> lower_log(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  int32_t depth = shape.back(0), rows = static_cast<int32_t>(shape.elements() / depth);
  node.emit(kLogFloat32, LogSoftmaxFloat32Params{rows, depth}, {node.in(0), node.out()})
      .in_place = {{1, 0}};
  return {};
}

Graph make_case(std::mt19937& random, DType dtype, Shape shape, double beta) {
  GraphBuilder b("softmax");
  bool integer = dtype == DType::kInt8;
  TensorId input = b.input(dtype, shape, integer ? random_quantization(random) : Quantization());
  return b.build({b.node(softmax_record(), {input}, {{"beta", beta}}, dtype,
                         integer ? quantization(1.0f / 256, -128) : Quantization())});
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kFloat32}) {
    graphs.push_back(make_case(random, dtype, Shape(1, 12), 1));
    graphs.push_back(make_case(random, dtype, Shape(2, 3, 2), 0.5));
    graphs.push_back(make_case(random, dtype, Shape(1), 1));
    graphs.push_back(make_case(random, dtype, Shape(2, 600), 0.01));
    graphs.push_back(make_case(random, dtype,
                               Shape(random_int(random, 1, 4), random_int(random, 1, 40)),
                               static_cast<double>(random_float(random, 0.5f, 4))));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& softmax_record() {
  static const OperatorRecord record = {
      .name = "SOFTMAX",
      .max_version = 2,
      .tflite_options = "SoftmaxOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "beta", .fallback = 1.0}},
      .types = {{{DType::kInt8}, {DType::kInt8}}, {{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kFloat32},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

const OperatorRecord& log_softmax_record() {
  static const OperatorRecord record = {
      .name = "LOG_SOFTMAX",
      .tflite_options = "LogSoftmaxOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .types = {{{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kLogFloat32},
      .infer = infer,
      .lower = lower_log,
      .cases =
          [](std::mt19937&) {
            std::vector<Graph> graphs;
            for (const Shape& shape : {Shape(1, 12), Shape(2, 3, 2), Shape(1)}) {
              GraphBuilder b("log_softmax");
              TensorId input = b.input(DType::kFloat32, shape);
              graphs.push_back(
                  b.build({b.node(log_softmax_record(), {input}, {}, DType::kFloat32)}));
            }
            return graphs;
          },
  };
  return record;
}

}  // namespace mote
