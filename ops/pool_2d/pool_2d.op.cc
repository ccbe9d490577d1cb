// SPDX-License-Identifier: Apache-2.0
// The records of AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D, which differ in their kernels only.
#include "ops/pool_2d/pool_2d.h"

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

const KernelInfo kAverageInt8 = MOTE_POOL_KERNEL(average_pool_2d_int8, Pool2dInt8Params);
const KernelInfo kAverageFloat32 = MOTE_POOL_KERNEL(average_pool_2d_float32, Pool2dFloat32Params);
const KernelInfo kL2Float32 = MOTE_POOL_KERNEL(l2_pool_2d_float32, Pool2dFloat32Params);
const KernelInfo kMaxInt8 = MOTE_POOL_KERNEL(max_pool_2d_int8, Pool2dInt8Params);
const KernelInfo kMaxFloat32 = MOTE_POOL_KERNEL(max_pool_2d_float32, Pool2dFloat32Params);

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
  if (node.input(0).dtype == DType::kInt8) {
    MOTE_CHECK_OK(check_per_tensor(node, false, 0));
    MOTE_CHECK_OK(check_per_tensor(node, true, 0));
  }
  return check_same_quantization(node, 0);
}

Result<void> lower_to(Lowering& node, const KernelInfo& int8, const KernelInfo& float32) {
  MOTE_TRY(Window w, window(node));
  const std::string& activation = node.choice("fused_activation_function");
  if (node.input(0).dtype == DType::kFloat32) {
    RealRange range = activation_range(activation);
    Pool2dFloat32Params params{w, range.low, range.high};
    node.emit(float32, params, {node.in(0), node.out()});
    return {};
  }
  Int8Output range = int8_output(node.output(), activation);
  Pool2dInt8Params params{w, range.min, range.max};
  node.emit(int8, params, {node.in(0), node.out()});
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
  Quantization q = dtype == DType::kInt8 ? random_quantization(random) : Quantization();
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

std::vector<Graph> make_cases(std::mt19937& random, const OperatorRecord& record) {
  const Variant variants[] = {
      {Shape(1, 4, 4, 3), 2, 2, 2, "VALID", "NONE"},
      {Shape(2, 5, 7, 2), 3, 3, 2, "SAME", "RELU"},
      {Shape(1, 6, 3, 5), 6, 3, 6, "VALID", "RELU6"},
      {Shape(1, 3, 3, 1), 4, 4, 1, "SAME", "RELU_N1_TO_1"},  // wider than the picture
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

OperatorRecord make_record(std::string_view name, int max_version, const KernelInfo& int8,
                           const KernelInfo& float32) {
  OperatorRecord record = {
      .name = name,
      .max_version = max_version,
      .tflite_options = "Pool2DOptions",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .attributes = window_attributes(),
      .types = {{{DType::kInt8}, {DType::kInt8}}, {{DType::kFloat32}, {DType::kFloat32}}},
      .kernels = {&int8, &float32},
      .infer = infer,
      .check = check,
      .lower = nullptr,
      .cases = nullptr,
  };
  for (const char* side : {"filter_height", "filter_width"}) {
    record.attributes.push_back({.name = side, .fallback = int64_t{1}, .low = 1, .high = 32767});
  }
  record.attributes.push_back(activation_attribute());
  return record;
}

}  // namespace

const OperatorRecord& average_pool_2d_record() {
  static const OperatorRecord record = [] {
    OperatorRecord average = make_record("AVERAGE_POOL_2D", 3, kAverageInt8, kAverageFloat32);
    average.lower = [](Lowering& node) { return lower_to(node, kAverageInt8, kAverageFloat32); };
    average.cases = [](std::mt19937& random) {
      return make_cases(random, average_pool_2d_record());
    };
    return average;
  }();
  return record;
}

const OperatorRecord& max_pool_2d_record() {
  static const OperatorRecord record = [] {
    OperatorRecord most = make_record("MAX_POOL_2D", 3, kMaxInt8, kMaxFloat32);
    most.lower = [](Lowering& node) { return lower_to(node, kMaxInt8, kMaxFloat32); };
    most.cases = [](std::mt19937& random) { return make_cases(random, max_pool_2d_record()); };
    return most;
  }();
  return record;
}

const OperatorRecord& l2_pool_2d_record() {
  static const OperatorRecord record = [] {
    OperatorRecord l2 = make_record("L2_POOL_2D", 1, kL2Float32, kL2Float32);
    l2.types = {{{DType::kFloat32}, {DType::kFloat32}}};
    l2.kernels = {&kL2Float32};
    l2.lower = [](Lowering& node) { return lower_to(node, kL2Float32, kL2Float32); };
    l2.cases = [](std::mt19937& random) { return make_cases(random, l2_pool_2d_record()); };
    return l2;
  }();
  return record;
}

}  // namespace mote
