// SPDX-License-Identifier: Apache-2.0
// A small float network with everything that compression meets, and inputs for it: convolution,
// depthwise convolution, a residual ADD, pooling, RESHAPE, FULLY_CONNECTED, SOFTMAX.
#ifndef MOTE_TRAIN_QUANTIZE_TEST_NETWORK_H_
#define MOTE_TRAIN_QUANTIZE_TEST_NETWORK_H_

#include "ir/builder.h"
#include "ops/book.h"

namespace mote {

inline const OperatorRecord& record_named(const char* name) {
  return *find_record(operator_book(), name);
}

class TestNetwork {
 public:
  explicit TestNetwork(const char* activation = "RELU")
      : builder_("net"), activation_(activation) {}

  Graph build() {
    TensorId x = builder_.input(DType::kFloat32, Shape(1, 8, 8, 2), {}, "x");
    TensorId stem = conv(x, 2, 8, 3, "stem");
    TensorId deep = depthwise(stem, 8, "deep");
    TensorId point = conv(deep, 8, 8, 1, "point");
    TensorId second = conv(point, 8, 8, 3, "second");
    TensorId sum = builder_.node(record_named("ADD"), {point, second},
                                 {{"fused_activation_function", std::string("RELU")}},
                                 DType::kFloat32, {}, "sum");
    Attributes pool = {{"padding", std::string("VALID")},
                       {"stride_w", int64_t{8}},
                       {"stride_h", int64_t{8}},
                       {"filter_width", int64_t{8}},
                       {"filter_height", int64_t{8}}};
    TensorId pooled =
        builder_.node(record_named("AVERAGE_POOL_2D"), {sum}, pool, DType::kFloat32, {}, "pooled");
    TensorId shape = builder_.constant(Shape(2), std::vector<int32_t>{1, 8});
    TensorId flat =
        builder_.node(record_named("RESHAPE"), {pooled, shape}, {}, DType::kFloat32, {}, "flat");
    TensorId scores = builder_.node(record_named("FULLY_CONNECTED"),
                                    {flat, weights(Shape(3, 8), 1), weights(Shape(3), 1)}, {},
                                    DType::kFloat32, {}, "scores");
    TensorId parts = builder_.node(record_named("SOFTMAX"), {scores}, {{"beta", 1.0}},
                                   DType::kFloat32, {}, "parts");
    return builder_.build({parts});
  }

  static std::vector<std::vector<Bytes>> samples(size_t count) {
    std::mt19937 random(7);
    std::vector<std::vector<Bytes>> all;
    for (size_t i = 0; i < count; ++i) {
      std::vector<float> values(128);
      for (float& value : values) value = random_float(random, -1, 1);
      Bytes bytes(512);
      std::memcpy(bytes.data(), values.data(), bytes.size());
      all.push_back({bytes});
    }
    return all;
  }

 private:
  /// Random weights; those of each second channel are `small` times as large.
  TensorId weights(Shape shape, int small, bool last = false) {
    std::vector<float> values(static_cast<size_t>(shape.elements()));
    size_t inner = static_cast<size_t>(last ? 1 : shape.product(1, shape.rank));
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = random_float(random_, -0.5f, 0.5f);
      if (i / inner % 2) values[i] /= static_cast<float>(small);
    }
    return builder_.constant(shape, values);
  }

  Attributes window(bool depthwise) const {
    Attributes a = {{"padding", std::string("SAME")},
                    {"stride_w", int64_t{1}},
                    {"stride_h", int64_t{1}},
                    {"fused_activation_function", std::string(activation_)}};
    if (depthwise) a["depth_multiplier"] = int64_t{1};
    return a;
  }

  TensorId conv(TensorId input, int from, int to, int size, const char* name) {
    return builder_.node(record_named("CONV_2D"),
                         {input, weights(Shape(to, size, size, from), 8), weights(Shape(to), 8)},
                         window(false), DType::kFloat32, {}, name);
  }

  TensorId depthwise(TensorId input, int channels, const char* name) {
    return builder_.node(
        record_named("DEPTHWISE_CONV_2D"),
        {input, weights(Shape(1, 3, 3, channels), 1, true), weights(Shape(channels), 1)},
        window(true), DType::kFloat32, {}, name);
  }

  GraphBuilder builder_;
  std::mt19937 random_{3};
  const char* activation_;
};

}  // namespace mote

#endif  // MOTE_TRAIN_QUANTIZE_TEST_NETWORK_H_
