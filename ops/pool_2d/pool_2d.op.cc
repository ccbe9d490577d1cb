// SPDX-License-Identifier: Apache-2.0
// The records of AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D, which differ in their kernels only.
#include "ops/pool_2d/pool_2d.h"

#include <algorithm>

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/shape_rules/shape_rules.op.h"
#include "ops/window/window_shape.op.h"

namespace mote {
namespace {

#define MOTE_POOL_KERNEL(name, P)                 \
  MOTE_KERNEL(name, P, "pool_2d", "reference.cc", \
              MOTE_FIELDS(P, MOTE_WINDOW_FIELDS(window), output_min, output_max))

/// The kernels of one operator, each for its type of elements.
struct PoolKernel {
  DType dtype;
  KernelInfo kernel;
};
using PoolKernels = std::vector<PoolKernel>;

#define MOTE_ROW(name, dtype, P) \
  { dtype, MOTE_POOL_KERNEL(name, P) }
const PoolKernels kAverage = {
    MOTE_ROW(average_pool_2d_int8, DType::kInt8, Pool2dIntegerParams),
    MOTE_ROW(average_pool_2d_uint8, DType::kUInt8, Pool2dIntegerParams),
    MOTE_ROW(average_pool_2d_int16, DType::kInt16, Pool2dIntegerParams),
    MOTE_ROW(average_pool_2d_float32, DType::kFloat32, Pool2dFloat32Params),
};
const KernelInfo kAverageWords = MOTE_KERNEL(
    average_pool_2d_int8_words, Pool2dIntegerParams, "pool_2d", "words.cc",
    MOTE_FIELDS(Pool2dIntegerParams, MOTE_WINDOW_FIELDS(window), output_min, output_max));
const KernelInfo kMaxWords = MOTE_KERNEL(
    max_pool_2d_int8_words, Pool2dIntegerParams, "pool_2d", "words.cc",
    MOTE_FIELDS(Pool2dIntegerParams, MOTE_WINDOW_FIELDS(window), output_min, output_max));
const PoolKernels kMax = {
    MOTE_ROW(max_pool_2d_int8, DType::kInt8, Pool2dIntegerParams),
    MOTE_ROW(max_pool_2d_uint8, DType::kUInt8, Pool2dIntegerParams),
    MOTE_ROW(max_pool_2d_int16, DType::kInt16, Pool2dIntegerParams),
    MOTE_ROW(max_pool_2d_float32, DType::kFloat32, Pool2dFloat32Params),
};
const PoolKernels kL2 = {MOTE_ROW(l2_pool_2d_float32, DType::kFloat32, Pool2dFloat32Params)};
#undef MOTE_ROW

Result<Window> window(const NodeView& node) {
  const Shape& input = node.input(0).shape;
  return window_of(node, node.integer("filter_height"), node.integer("filter_width"),
                   input.rank == 4 ? input[3] : 1);
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Window w, window(node));
  return std::vector<Shape>{output_shape(w)};
}

Result<void> check(const NodeView& node) {
  MOTE_CHECK_OK(check_activations(node));
  return check_same_quantization(node, 0);
}

/// The kernel that takes words of four int8, on cores that load them from any address, or null.
template <const PoolKernels& kKernels>
const KernelInfo* words_kernel(const Target& target, DType dtype, const Window& w) {
  if (!target.dsp || dtype != DType::kInt8 || w.output_c % 4 != 0) return nullptr;
  if (!every_window_meets_picture(w)) return nullptr;
  if (&kKernels == &kMax) return &kMaxWords;
  return w.filter_h <= 257 / w.filter_w ? &kAverageWords : nullptr;
}

template <const PoolKernels& kKernels>
Result<void> lower(Lowering& node) {
  MOTE_TRY(Window w, window(node));
  DType dtype = node.input(0).dtype;
  const std::string& activation = node.choice("fused_activation_function");
  const KernelInfo& plain = std::ranges::find(kKernels, dtype, &PoolKernel::dtype)->kernel;
  const KernelInfo* words = words_kernel<kKernels>(node.target(), dtype, w);
  const KernelInfo& kernel = words ? *words : plain;
  if (dtype == DType::kFloat32) {
    RealRange range = activation_range(activation);
    node.emit(kernel, Pool2dFloat32Params{w, range.low, range.high}, {node.in(0), node.out()});
    return {};
  }
  auto [min, max] = activation_bounds(node.output(), activation);
  node.emit(kernel, Pool2dIntegerParams{w, min, max}, {node.in(0), node.out()});
  return {};
}

struct Variant {
  Shape input;
  int filter_h, filter_w, stride;
  const char* padding;
  const char* activation;
};

Graph make_case(std::mt19937& random, const OperatorRecord& record, DType dtype, const Variant& v) {
  GraphBuilder b("pool_2d");
  Quantization q = random_quantization(random, dtype);
  TensorId input = b.input(dtype, v.input, q);
  TensorId output = b.node(record, {input},
                           {{"padding", std::string(v.padding)},
                            {"stride_h", int64_t{v.stride}},
                            {"stride_w", int64_t{v.stride}},
                            {"filter_height", int64_t{v.filter_h}},
                            {"filter_width", int64_t{v.filter_w}},
                            {"fused_activation_function", std::string(v.activation)}},
                           dtype, q);
  return b.build({output});
}

template <const OperatorRecord& (*kRecord)()>
std::vector<Graph> cases(std::mt19937& random) {
  const OperatorRecord& record = kRecord();
  const Variant variants[] = {
      {Shape(1, 4, 4, 3), 2, 2, 2, "VALID", "NONE"},
      {Shape(2, 5, 7, 2), 3, 3, 2, "SAME", "RELU"},
      {Shape(1, 6, 3, 5), 6, 3, 6, "VALID", "RELU6"},
      {Shape(1, 3, 3, 1), 4, 4, 1, "SAME", "RELU_N1_TO_1"},  // wider than the picture
      {Shape(2, 5, 7, 8), 3, 3, 2, "SAME", "NONE"},          // channels by fours
  };
  std::vector<Graph> graphs;
  for (const TypeRow& row : record.types) {
    DType dtype = row.inputs[0];
    for (const Variant& v : variants) graphs.push_back(make_case(random, record, dtype, v));
    Variant drawn = {
        Shape(1, random_int(random, 1, 9), random_int(random, 1, 9), random_int(random, 1, 5)),
        random_int(random, 1, 4),
        random_int(random, 1, 4),
        random_int(random, 1, 3),
        "SAME",
        "NONE"};
    graphs.push_back(make_case(random, record, dtype, drawn));
  }
  return graphs;
}

template <const OperatorRecord& (*kRecord)(), const PoolKernels& kKernels>
OperatorRecord make_record(std::string_view name, int max_version) {
  OperatorRecord record = {
      .name = name,
      .max_version = max_version,
      .tflite_options = "Pool2DOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .attributes = window_attributes(),
      .types = {},
      .kernels = {},
      .infer = infer,
      .check = check,
      .lower = lower<kKernels>,
      .cases = cases<kRecord>,
  };
  for (const PoolKernel& row : kKernels) {
    record.types.push_back({{row.dtype}, {row.dtype}});
    record.kernels.push_back(&row.kernel);
  }
  if (&kKernels == &kAverage) record.kernels.push_back(&kAverageWords);
  if (&kKernels == &kMax) record.kernels.push_back(&kMaxWords);
  for (const char* side : {"filter_height", "filter_width"}) {
    record.attributes.push_back({.name = side, .fallback = int64_t{1}, .low = 1, .high = 32767});
  }
  record.attributes.push_back(activation_attribute());
  return record;
}

}  // namespace

const OperatorRecord& average_pool_2d_record() {
  static const OperatorRecord record =
      make_record<average_pool_2d_record, kAverage>("AVERAGE_POOL_2D", 3);
  return record;
}

const OperatorRecord& max_pool_2d_record() {
  static const OperatorRecord record = make_record<max_pool_2d_record, kMax>("MAX_POOL_2D", 3);
  return record;
}

const OperatorRecord& l2_pool_2d_record() {
  static const OperatorRecord record = make_record<l2_pool_2d_record, kL2>("L2_POOL_2D", 1);
  return record;
}

}  // namespace mote
