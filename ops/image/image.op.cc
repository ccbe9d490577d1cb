// SPDX-License-Identifier: Apache-2.0
// The record of MoteImageNormalize: a picture [..., channels], then the mean and the deviation of
// each channel in the picture's own units (0 to 255 for uint8).
#include "ops/image/image.h"

#include <algorithm>
#include <cmath>

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/book.h"
#include "ops/quantized/quantization_rules.op.h"

namespace mote {
namespace {

const KernelInfo kLookup = MOTE_KERNEL(lookup_channels_8, PixelsParams, "image", "reference.cc",
                                       MOTE_FIELDS(PixelsParams, pixels, channels));
const KernelInfo kUint8 = MOTE_KERNEL(normalize_uint8, PixelsParams, "image", "reference.cc",
                                      MOTE_FIELDS(PixelsParams, pixels, channels));
const KernelInfo kFloat32 = MOTE_KERNEL(normalize_float32, PixelsParams, "image", "reference.cc",
                                        MOTE_FIELDS(PixelsParams, pixels, channels));

Result<std::vector<Shape>> infer(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  if (shape.rank == 0) return fail("{} must have channels", node.input_text(0));
  for (int i : {1, 2}) {
    if (!node.input(i).constant() || node.input(i).shape != Shape(shape.back(0))) {
      return fail("{} must be a constant of {} elements, one for each channel", node.input_text(i),
                  shape.back(0));
    }
  }
  return std::vector<Shape>{shape};
}

Result<void> check(const NodeView& node) {
  for (int32_t c = 0; c < node.input(2).shape[0]; ++c) {
    float mean = node.input(1).as<float>()[c], deviation = node.input(2).as<float>()[c];
    if (!std::isfinite(mean) || !std::isfinite(deviation) || !(deviation > 0)) {
      return fail("channel {} has mean {} and deviation {}, which must be above 0", c, mean,
                  deviation);
    }
  }
  return node.output().dtype == DType::kInt8 ? check_per_tensor(node, true, 0) : Result<void>();
}

PixelsParams params_of(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  return {static_cast<int32_t>(shape.elements() / shape.back(0)), shape.back(0)};
}

void lower_int8(Lowering& node, const PixelsParams& params) {
  const Quantization& q = node.output().quantization;
  std::vector<int8_t> table;
  for (int32_t c = 0; c < params.channels; ++c) {
    double mean = static_cast<double>(node.input(1).as<float>()[c]);
    double deviation = static_cast<double>(node.input(2).as<float>()[c]);
    for (int32_t x = 0; x < 256; ++x) {
      double steps = std::round((x - mean) / deviation / static_cast<double>(q.scale()));
      table.push_back(static_cast<int8_t>(std::clamp(steps + q.zero_point(), -128.0, 127.0)));
    }
  }
  node.emit(kLookup, params, {node.in(0), node.constant(table), node.out()}).in_place = {{2, 0}};
}

Result<void> lower(Lowering& node) {
  PixelsParams params = params_of(node);
  if (node.output().dtype == DType::kInt8) {
    lower_int8(node, params);
    return {};
  }
  std::vector<float> scale, offset;
  for (int32_t c = 0; c < params.channels; ++c) {
    double mean = static_cast<double>(node.input(1).as<float>()[c]);
    double deviation = static_cast<double>(node.input(2).as<float>()[c]);
    scale.push_back(static_cast<float>(1 / deviation));
    offset.push_back(static_cast<float>(-mean / deviation));
  }
  bool real = node.input(0).dtype == DType::kFloat32;
  Step& step = node.emit(real ? kFloat32 : kUint8, params,
                         {node.in(0), node.constant(scale), node.constant(offset), node.out()});
  if (real) step.in_place = {{3, 0}};
  return {};
}

Graph make_case(std::mt19937& random, DType from, DType to, Shape shape) {
  GraphBuilder b("image_normalize");
  std::vector<float> mean, deviation;
  for (int32_t c = 0; c < shape.back(0); ++c) {
    mean.push_back(random_float(random, 0, from == DType::kUInt8 ? 255 : 1));
    deviation.push_back(random_float(random, 0.5f, from == DType::kUInt8 ? 80 : 2));
  }
  TensorId picture = b.input(from, shape);
  TensorId means = b.constant(Shape(shape.back(0)), mean);
  TensorId deviations = b.constant(Shape(shape.back(0)), deviation);
  return b.build({b.node(mote_image_normalize_record(), {picture, means, deviations}, {}, to,
                         to == DType::kInt8 ? random_quantization(random) : Quantization())});
}

std::vector<Graph> cases(std::mt19937& random) {
  constexpr DType kTypes[][2] = {{DType::kUInt8, DType::kInt8},
                                 {DType::kUInt8, DType::kFloat32},
                                 {DType::kFloat32, DType::kFloat32}};
  std::vector<Graph> graphs;
  for (const auto& [from, to] : kTypes) {
    graphs.push_back(make_case(random, from, to, Shape(1, 8, 6, 3)));
    graphs.push_back(make_case(random, from, to, Shape(40)));
    graphs.push_back(
        make_case(random, from, to, Shape(random_int(random, 1, 9), 5, random_int(random, 1, 4))));
  }
  return graphs;
}

}  // namespace

const OperatorRecord& mote_image_normalize_record() {
  constexpr DType kReal = DType::kFloat32;
  static const OperatorRecord record = {
      .name = "MoteImageNormalize",
      .inputs = {{"picture"}, {"mean"}, {"deviation"}},
      .outputs = {{"output"}},
      .types = {{{DType::kUInt8, kReal, kReal}, {DType::kInt8}},
                {{DType::kUInt8, kReal, kReal}, {kReal}},
                {{kReal, kReal, kReal}, {kReal}}},
      .kernels = {&kLookup, &kUint8, &kFloat32},
      .infer = infer,
      .check = check,
      .lower = lower,
      .cases = cases,
  };
  return record;
}

}  // namespace mote
