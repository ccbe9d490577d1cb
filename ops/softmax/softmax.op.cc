// SPDX-License-Identifier: Apache-2.0
// The records of SOFTMAX and LOG_SOFTMAX.
#include "ops/softmax/softmax.h"

#include <algorithm>
#include <cmath>

#include "base/host/quantize_multiplier.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/softmax/fixed_row.h"
#include "ops/unary/interpolation.op.h"

namespace mote {
namespace {

const KernelInfo kInt8 =
    MOTE_KERNEL(softmax_int8, SoftmaxInt8Params, "softmax", "reference.cc",
                MOTE_FIELDS(SoftmaxInt8Params, rows, depth, multiplier.multiplier, multiplier.shift,
                            least_difference));
const KernelInfo kInt8ToInt16 =
    MOTE_KERNEL(softmax_int8_int16, SoftmaxInt8Params, "softmax", "reference.cc",
                MOTE_FIELDS(SoftmaxInt8Params, rows, depth, multiplier.multiplier, multiplier.shift,
                            least_difference));
const KernelInfo kInt8Table =
    MOTE_KERNEL(softmax_int8_table, SoftmaxTableParams, "softmax", "table.cc",
                MOTE_FIELDS(SoftmaxTableParams, rows, depth, entries));
const KernelInfo kInt8ToInt16Table =
    MOTE_KERNEL(softmax_int8_int16_table, SoftmaxTableParams, "softmax", "table.cc",
                MOTE_FIELDS(SoftmaxTableParams, rows, depth, entries));
const KernelInfo kInt16 =
    MOTE_KERNEL(softmax_int16, SoftmaxInt16Params, "softmax", "reference.cc",
                MOTE_FIELDS(SoftmaxInt16Params, rows, depth, MOTE_MULTIPLIER_FIELDS(multiplier)));
const KernelInfo kFloat32 =
    MOTE_KERNEL(softmax_float32, SoftmaxFloat32Params, "softmax", "reference.cc",
                MOTE_FIELDS(SoftmaxFloat32Params, rows, depth, beta));

const KernelInfo kLogInt8 =
    MOTE_KERNEL(log_softmax_int8, LogSoftmaxInt8Params, "softmax", "reference.cc",
                MOTE_FIELDS(LogSoftmaxInt8Params, rows, depth, MOTE_MULTIPLIER_FIELDS(multiplier),
                            least_difference, MOTE_MULTIPLIER_FIELDS(inverse)));
const KernelInfo kLogFloat32 =
    MOTE_KERNEL(log_softmax_float32, LogSoftmaxFloat32Params, "softmax", "reference.cc",
                MOTE_FIELDS(LogSoftmaxFloat32Params, rows, depth));

/// As many elements as a table of exponentials has entries: fewer are computed, each in some 300
/// instructions, in place of four bytes of flash for each entry.
constexpr int64_t kFewestForTable = 256;

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  if (shape.rank == 0) return fail("{} must have a dimension", node.input_text(0));
  return std::vector<Shape>{shape};
}

/// beta · input_scale in the int8 kernels' fixed-point format, capped where one step of the input
/// is so large that all but the maximum vanish anyway. (TFLite: PreprocessSoftmaxScaling.)
double real_multiplier(const NodeView& node, float beta) {
  double scale = static_cast<double>(node.input(0).quantization.scale());
  return std::min(static_cast<double>(beta) * scale * (1 << (31 - kSoftmaxDifferenceBits)),
                  static_cast<double>(kInt32Max));
}

/// The output's quantisation follows from the types. TFLite allows int16 scales a thousandth off.
Result<void> check_share(const NodeView& node) {
  DType from = node.input(0).dtype, to = node.output().dtype;
  if (to == DType::kInt8) return check_output_quantization(node, 1.0f / 256, -128);
  float scale = from == DType::kInt8 ? 1.0f / 65536 : 1.0f / 32768;
  int32_t zero_point = from == DType::kInt8 ? -32768 : 0;
  const Quantization& q = node.output().quantization;
  bool near = q.scales.size() == 1 && std::abs(q.scale() - scale) <= 0.001f * scale &&
              q.zero_point() == zero_point;
  return near ? Result<void>() : check_output_quantization(node, scale, zero_point);
}

Result<void> check_depth(const NodeView& node, int32_t most) {
  if (node.input(0).shape.back(0) <= most) return {};
  return fail("{} has rows of more than {} elements", node.input_text(0), most);
}

Result<void> check_int8(const NodeView& node, float beta) {
  MOTE_CHECK_OK(check_per_tensor(node, false, 0));
  MOTE_CHECK_OK(check_depth(node, kMostSoftmaxDepth));
  if (real_multiplier(node, beta) > 1) return {};
  return fail("beta {} times the input's scale {} is too small for fixed point", beta,
              node.input(0).quantization.scale());
}

Result<void> check(const NodeView& node) {
  if (node.input(0).dtype == DType::kFloat32) return {};
  MOTE_CHECK_OK(check_share(node));
  if (node.input(0).dtype == DType::kInt8) return check_int8(node, node.real("beta"));
  MOTE_CHECK_OK(check_per_tensor(node, false, 0));
  if (node.input(0).quantization.zero_point() != 0) {
    return fail("{} must have zero point 0 (int16 is symmetric)", node.input_text(0));
  }
  return check_depth(node, kMostSoftmaxInt16Depth);
}

Result<void> check_log(const NodeView& node) {
  if (node.input(0).dtype == DType::kFloat32) return {};
  MOTE_CHECK_OK(check_output_quantization(node, 1.0f / 16, 127));
  return check_int8(node, 1);
}

/// The furthest difference that still fits the format once scaled. (CalculateInputRadius.)
int32_t least_difference(QuantizedMultiplier multiplier) {
  double reach = ((1 << kSoftmaxDifferenceBits) - 1) * std::ldexp(1.0, 31 - kSoftmaxDifferenceBits);
  return -static_cast<int32_t>(std::floor(std::ldexp(reach, -multiplier.shift)));
}

/// The exponentials of all differences that int8 can have and that are within reach.
std::vector<int32_t> exponential_table(QuantizedMultiplier multiplier) {
  const int32_t least = std::max(least_difference(multiplier), -255);
  std::vector<int32_t> table;
  for (int32_t d = 0; d >= least; --d) table.push_back(exponential_of(multiplier, d));
  return table;
}

void lower_int8(Lowering& node, int32_t rows, int32_t depth) {
  QuantizedMultiplier multiplier = quantize_multiplier(real_multiplier(node, node.real("beta")));
  if (node.target().packed && int64_t{rows} * depth >= kFewestForTable) {
    std::vector<int32_t> table = exponential_table(multiplier);
    SoftmaxTableParams params{rows, depth, static_cast<int32_t>(table.size())};
    bool wide = node.output().dtype == DType::kInt16;
    Step& step = node.emit(wide ? kInt8ToInt16Table : kInt8Table, params,
                           {node.in(0), node.constant(table), node.out()});
    if (!wide) step.in_place = {{2, 0}};
    return;
  }
  SoftmaxInt8Params params{rows, depth, multiplier, least_difference(multiplier)};
  std::vector<Value> operands = {node.in(0), node.out()};
  if (node.output().dtype == DType::kInt16) {
    node.emit(kInt8ToInt16, params, operands);
  } else {
    node.emit(kInt8, params, operands).in_place = {{1, 0}};
  }
}

void lower_int16(Lowering& node, int32_t rows, int32_t depth) {
  double real = static_cast<double>(node.input(0).quantization.scale()) *
                static_cast<double>(node.real("beta")) / (10.0 / 65535.0);
  auto exponentials =
      interpolation_table(10.0f / 65535, 32767, 2.0f / 65535, [](float x) { return std::exp(x); });
  auto reciprocals = interpolation_table(1.0f / 65535, -32768, 2.0f / 65535,
                                         [](float x) { return 1.0f / (1.0f + x); });
  node.emit(kInt16, SoftmaxInt16Params{rows, depth, quantize_multiplier(real)},
            {node.in(0), node.constant(exponentials), node.constant(reciprocals), node.out()})
      .in_place = {{3, 0}};
}

Result<void> lower(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  int32_t depth = shape.back(0), rows = static_cast<int32_t>(shape.elements() / depth);
  if (node.input(0).dtype == DType::kInt8) {
    lower_int8(node, rows, depth);
  } else if (node.input(0).dtype == DType::kInt16) {
    lower_int16(node, rows, depth);
  } else {
    SoftmaxFloat32Params params{rows, depth, node.real("beta")};
    node.emit(kFloat32, params, {node.in(0), node.out()}).in_place = {{1, 0}};
  }
  return {};
}

Result<void> lower_log(Lowering& node) {
  const Shape& shape = node.input(0).shape;
  int32_t depth = shape.back(0), rows = static_cast<int32_t>(shape.elements() / depth);
  std::vector<Value> operands = {node.in(0), node.out()};
  if (node.input(0).dtype == DType::kFloat32) {
    node.emit(kLogFloat32, LogSoftmaxFloat32Params{rows, depth}, operands).in_place = {{1, 0}};
    return {};
  }
  QuantizedMultiplier multiplier = quantize_multiplier(real_multiplier(node, 1));
  double inverse = std::ldexp(1.0, 31 - multiplier.shift) / multiplier.multiplier;
  LogSoftmaxInt8Params params{rows, depth, multiplier, least_difference(multiplier),
                              quantize_multiplier(inverse)};
  node.emit(kLogInt8, params, operands).in_place = {{1, 0}};
  return {};
}

Quantization share_quantization(const TypeRow& row) {
  DType from = row.inputs[0], to = row.outputs[0];
  if (to == DType::kFloat32) return {};
  if (to == DType::kInt8) return quantization(1.0f / 256, -128);
  return from == DType::kInt8 ? quantization(1.0f / 65536, -32768) : quantization(1.0f / 32768, 0);
}

Graph make_case(std::mt19937& random, const TypeRow& row, Shape shape, double beta) {
  GraphBuilder b("softmax");
  TensorId input = b.input(row.inputs[0], shape, random_quantization(random, row.inputs[0]));
  return b.build({b.node(softmax_record(), {input}, {{"beta", beta}}, row.outputs[0],
                         share_quantization(row))});
}

std::vector<Graph> log_cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (DType dtype : {DType::kInt8, DType::kFloat32}) {
    for (const Shape& shape : {Shape(1, 12), Shape(2, 3, 2), Shape(1), Shape(2, 700)}) {
      GraphBuilder b("log_softmax");
      TensorId input = b.input(dtype, shape, random_quantization(random, dtype));
      Quantization q = dtype == DType::kInt8 ? quantization(1.0f / 16, 127) : Quantization();
      graphs.push_back(b.build({b.node(log_softmax_record(), {input}, {}, dtype, q)}));
    }
  }
  return graphs;
}

std::vector<Graph> cases(std::mt19937& random) {
  std::vector<Graph> graphs;
  for (const TypeRow& row : softmax_record().types) {
    graphs.push_back(make_case(random, row, Shape(1, 12), 1));
    graphs.push_back(make_case(random, row, Shape(2, 3, 2), 0.5));
    graphs.push_back(make_case(random, row, Shape(1), 1));
    graphs.push_back(make_case(random, row, Shape(2, 600), 0.01));
    graphs.push_back(make_case(random, row,
                               Shape(random_int(random, 1, 4), random_int(random, 1, 40)),
                               static_cast<double>(random_float(random, 0.5f, 4))));
    // Of int8, most are out of reach; int16 is too coarse for such a beta.
    double steep = row.inputs[0] == DType::kInt8 ? 10 : 1;
    graphs.push_back(make_case(random, row, Shape(3, 100), steep));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& softmax_record() {
  static const OperatorRecord record = {
      .name = "SOFTMAX",
      .max_version = 3,
      .tflite_options = "SoftmaxOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "beta", .fallback = 1.0}},
      .types = {{{DType::kInt8}, {DType::kInt8}},
                {{DType::kInt8}, {DType::kInt16}},
                {{DType::kInt16}, {DType::kInt16}},
                {{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kInt8, &kInt8ToInt16, &kInt8Table, &kInt8ToInt16Table, &kInt16, &kFloat32},
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
      .types = {{{DType::kInt8}, {DType::kInt8}}, {{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&kLogInt8, &kLogFloat32},
      .infer = infer,
      .check = check_log,
      .lower = lower_log,
      .cases = log_cases,
  };
  return record;
}

}  // namespace mote
