// SPDX-License-Identifier: Apache-2.0
// The records of RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR. The output's height and width are a
// constant; from them follow the tables of rows and columns, with TFLite's own arithmetic.
#include "ops/resize/resize.h"

#include <algorithm>
#include <cmath>

#include "ir/builder.h"
#include "ops/book.h"
#include "ops/data_movement/data_movement.op.h"
#include "ops/shape_rules/shape_rules.op.h"

namespace mote {
namespace {

#define MOTE_RESIZE(name)                                   \
  MOTE_KERNEL(name, ResizeParams, "resize", "reference.cc", \
              MOTE_FIELDS(ResizeParams, batches, input_h, input_w, output_h, output_w, channels))

const KernelInfo kNearest = MOTE_RESIZE(resize_nearest);
const KernelInfo kInt8 = MOTE_RESIZE(resize_bilinear_int8);
const KernelInfo kInt16 = MOTE_RESIZE(resize_bilinear_int16);
const KernelInfo kFloat32 = MOTE_RESIZE(resize_bilinear_float32);

Result<std::vector<Shape>> infer(const NodeView& node) {
  MOTE_TRY(Shape size, constant_shape(node, 1));
  if (node.input(0).shape.rank != 4 || size.rank != 2) {
    return fail("{} must have 4 dimensions (NHWC) and {} two elements", node.input_text(0),
                node.input_text(1));
  }
  Shape shape = node.input(0).shape;
  shape[1] = size[0], shape[2] = size[1];
  return std::vector<Shape>{shape};
}

Result<void> check(const NodeView& node) {
  if (node.flag("align_corners") && node.flag("half_pixel_centers")) {
    return fail("align_corners and half_pixel_centers can't both be true");
  }
  constexpr int32_t kMost = 1 << 20;
  for (int d : {1, 2}) {
    if (node.input(0).shape[d] > kMost || node.output().shape[d] > kMost) {
      return fail("{} or {} has more than {} rows or columns", node.input_text(0),
                  node.output_text(), kMost);
    }
  }
  return check_same_quantization(node, 0);
}

ResizeParams params_of(const NodeView& node, int32_t channels) {
  const Shape &in = node.input(0).shape, &out = node.output().shape;
  return {in[0], in[1], in[2], out[1], out[2], channels};
}

// ---- nearest

std::vector<int32_t> nearest_table(const NodeView& node, int d) {
  int32_t input = node.input(0).shape[d], output = node.output().shape[d];
  bool align = node.flag("align_corners");
  float offset = node.flag("half_pixel_centers") ? 0.5f : 0.0f;
  float scale = align && output > 1 ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
                                    : static_cast<float>(input) / static_cast<float>(output);
  std::vector<int32_t> table;
  for (int32_t i = 0; i < output; ++i) {
    float at = (static_cast<float>(i) + offset) * scale;
    int32_t index = static_cast<int32_t>(align ? std::round(at) : std::floor(at));
    table.push_back(std::clamp(index, 0, input - 1));
  }
  return table;
}

Result<void> lower_nearest(Lowering& node) {
  int32_t pixel = node.input(0).shape[3] * static_cast<int32_t>(bits_of(node.input(0).dtype) / 8);
  node.emit(kNearest, params_of(node, pixel),
            {node.in(0), node.constant(nearest_table(node, 1)),
             node.constant(nearest_table(node, 2)), node.out()});
  return {};
}

// ---- bilinear

std::vector<ResizeTap<float>> float_taps(const NodeView& node, int d) {
  int32_t input = node.input(0).shape[d], output = node.output().shape[d];
  float scale = node.flag("align_corners") && output > 1
                    ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
                    : static_cast<float>(input) / static_cast<float>(output);
  bool centers = node.flag("half_pixel_centers");
  std::vector<ResizeTap<float>> taps;
  for (int32_t i = 0; i < output; ++i) {
    float x = static_cast<float>(i);
    float at = centers ? (x + 0.5f) * scale - 0.5f : x * scale;
    int32_t low = std::min(std::max(static_cast<int32_t>(std::floor(at)), 0), input - 1);
    int32_t high = std::min(static_cast<int32_t>(std::ceil(at)), input - 1);
    taps.push_back({low, std::max(high, 0), at - static_cast<float>(low)});
  }
  return taps;
}

/// The same in 1/1024 of a row, as TFLite's integer kernel counts.
std::vector<ResizeTap<int32_t>> integer_taps(const NodeView& node, int d) {
  int64_t input = node.input(0).shape[d], output = node.output().shape[d];
  bool align = node.flag("align_corners") && output > 1;
  int64_t scale = align ? (1024 * (input - 1) + (output - 1) / 2) / (output - 1)
                        : (1024 * input + output / 2) / output;
  bool centers = node.flag("half_pixel_centers");
  std::vector<ResizeTap<int32_t>> taps;
  for (int64_t i = 0; i < output; ++i) {
    int64_t at = centers ? i * scale + scale / 2 - 512 : i * scale;
    int64_t low = std::min(std::max<int64_t>(at / 1024, 0), input - 1);
    int64_t high = std::max<int64_t>(std::min((at + 1023) / 1024, input - 1), 0);
    // Past the last row both are the same, whatever the fraction.
    int64_t fraction = low == high ? 0 : at - 1024 * low;
    taps.push_back(
        {static_cast<int32_t>(low), static_cast<int32_t>(high), static_cast<int32_t>(fraction)});
  }
  return taps;
}

Result<void> lower_bilinear(Lowering& node) {
  ResizeParams params = params_of(node, node.input(0).shape[3]);
  if (node.input(0).dtype == DType::kFloat32) {
    node.emit(kFloat32, params,
              {node.in(0), node.constant(float_taps(node, 1)), node.constant(float_taps(node, 2)),
               node.out()});
  } else {
    const KernelInfo& kernel = node.input(0).dtype == DType::kInt8 ? kInt8 : kInt16;
    node.emit(kernel, params,
              {node.in(0), node.constant(integer_taps(node, 1)),
               node.constant(integer_taps(node, 2)), node.out()});
  }
  return {};
}

// ---- records

std::vector<Graph> make_cases(std::mt19937& random, const OperatorRecord& record) {
  struct Variant {
    Shape input;
    int32_t h, w;
    bool align, centers;
  };
  std::vector<Graph> graphs;
  for (const TypeRow& row : record.types) {
    if (std::ranges::count(movement_case_types(), row.inputs[0]) == 0) continue;
    for (const Variant& v : {Variant{Shape(2, 3, 4, 2), 5, 7, false, false},
                             Variant{Shape(1, 5, 2, 3), 3, 9, true, false},
                             Variant{Shape(1, 4, 6, 1), 8, 3, false, true},
                             Variant{Shape(1, 2, 1, 2), 1, 4, true, false}}) {
      GraphBuilder b("resize");
      Quantization q = random_quantization(random, row.inputs[0]);
      std::vector<TensorId> inputs = {b.input(row.inputs[0], v.input, q),
                                      b.constant(Shape(2), std::vector<int32_t>{v.h, v.w})};
      graphs.push_back(b.build(
          {b.node(record, inputs, {{"align_corners", v.align}, {"half_pixel_centers", v.centers}},
                  row.inputs[0], q)}));
    }
  }
  return graphs;
}

OperatorRecord make_record(std::string_view name, std::string_view options) {
  return {
      .name = name,
      .max_version = 4,
      .tflite_options = options,
      .inputs = {{"input"}, {"size"}},
      .outputs = {{"output"}},
      .attributes = {{.name = "align_corners", .fallback = false},
                     {.name = "half_pixel_centers", .fallback = false}},
      .types = {},
      .kernels = {},
      .infer = infer,
      .check = check,
      .lower = nullptr,
      .cases = nullptr,
  };
}

}  // namespace

const OperatorRecord& resize_bilinear_record() {
  static const OperatorRecord record = [] {
    OperatorRecord resize = make_record("RESIZE_BILINEAR", "ResizeBilinearOptions");
    for (DType dtype : {DType::kInt8, DType::kInt16, DType::kFloat32}) {
      resize.types.push_back({{dtype, DType::kInt32}, {dtype}});
    }
    resize.kernels = {&kInt8, &kInt16, &kFloat32};
    resize.lower = lower_bilinear;
    resize.cases = [](std::mt19937& random) {
      return make_cases(random, resize_bilinear_record());
    };
    return resize;
  }();
  return record;
}

const OperatorRecord& resize_nearest_neighbor_record() {
  static const OperatorRecord record = [] {
    OperatorRecord resize = make_record("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions");
    resize.types = movement_types({{DType::kInt32}});
    resize.kernels = {&kNearest};
    resize.lower = lower_nearest;
    resize.cases = [](std::mt19937& random) {
      return make_cases(random, resize_nearest_neighbor_record());
    };
    return resize;
  }();
  return record;
}

}  // namespace mote
