// SPDX-License-Identifier: Apache-2.0
#include "train/models/blocks.h"

#include <cmath>

#include "ops/book.h"

namespace mote::train {
namespace {

constexpr DType kFloat = DType::kFloat32;

Attributes window(const Kernel& kernel) {
  return {{"padding", std::string(kernel.padding)},
          {"stride_h", int64_t{kernel.stride_h}},
          {"stride_w", int64_t{kernel.stride_w}}};
}

}  // namespace

Blocks::Blocks(const std::string& name, const Shape& features, uint32_t seed)
    : builder_(name), random_(seed), input_(builder_.input(kFloat, features, {}, "features")) {}

TensorId Blocks::weights(const Shape& shape, int64_t inputs, bool normalized) {
  const float bound = std::sqrt(6.0f / static_cast<float>(inputs));
  std::vector<float> values(static_cast<size_t>(shape.elements()));
  for (float& value : values) value = random_float(random_, -bound, bound);
  std::string weights_name = name("weights");
  if (normalized) network_.normalized.insert(weights_name);
  return builder_.constant<float>(shape, values, {}, weights_name);
}

TensorId Blocks::zeros(int n, const char* what) {
  return builder_.constant<float>(Shape(n), std::vector<float>(static_cast<size_t>(n), 0.0f), {},
                                  name(what));
}

TensorId Blocks::conv(TensorId x, int filters, const Kernel& kernel, const char* activation,
                      bool normalized) {
  const int channels = shape(x)[3];
  TensorId w = weights(Shape(filters, kernel.height, kernel.width, channels),
                       int64_t{kernel.height} * kernel.width * channels, normalized);
  Attributes attributes = window(kernel);
  attributes["fused_activation_function"] = std::string(activation);
  return builder_.node(conv_2d_record(), {x, w, zeros(filters, "bias")}, attributes, kFloat, {},
                       name("conv"));
}

TensorId Blocks::depthwise(TensorId x, const Kernel& kernel, const char* activation) {
  const int channels = shape(x)[3];
  TensorId w = weights(Shape(1, kernel.height, kernel.width, channels),
                       int64_t{kernel.height} * kernel.width, true);
  Attributes attributes = window(kernel);
  attributes["fused_activation_function"] = std::string(activation);
  attributes["depth_multiplier"] = int64_t{1};
  return builder_.node(depthwise_conv_2d_record(), {x, w, zeros(channels, "bias")}, attributes,
                       kFloat, {}, name("depthwise"));
}

TensorId Blocks::separable(TensorId x, int filters, int stride, const char* activation) {
  x = depthwise(x, {.stride_h = stride, .stride_w = stride}, activation);
  return conv(x, filters, {.height = 1, .width = 1}, activation);
}

TensorId Blocks::inverted_residual(TensorId x, int filters, int stride, int expansion) {
  const Kernel point = {.height = 1, .width = 1};
  TensorId y = x;
  if (expansion != 1) y = conv(y, shape(x)[3] * expansion, point, "RELU6");
  y = depthwise(y, {.stride_h = stride, .stride_w = stride}, "RELU6");
  y = conv(y, filters, point, "NONE");
  return shape(x) == shape(y) ? binary(add_record(), x, y, "NONE") : y;
}

TensorId Blocks::residual(TensorId x, int filters, int stride) {
  TensorId y = conv(x, filters, {.stride_h = stride, .stride_w = stride}, "RELU");
  y = conv(y, filters, {}, "NONE");
  if (shape(x) != shape(y)) {
    x = conv(x, filters, {.height = 1, .width = 1, .stride_h = stride, .stride_w = stride}, "NONE",
             false);
  }
  return binary(add_record(), x, y, "RELU");
}

TensorId Blocks::global_average(TensorId x) {
  const Shape s = shape(x);
  Attributes attributes = window({.stride_h = s[1], .stride_w = s[2], .padding = "VALID"});
  attributes["filter_height"] = int64_t{s[1]};
  attributes["filter_width"] = int64_t{s[2]};
  return flatten(
      builder_.node(average_pool_2d_record(), {x}, attributes, kFloat, {}, name("average")));
}

TensorId Blocks::dense(TensorId x, int units, const char* activation, bool normalized) {
  const int inputs = shape(x).back(0);
  TensorId w = weights(Shape(units, inputs), inputs, normalized);
  return builder_.node(fully_connected_record(), {x, w, zeros(units, "bias")},
                       {{"fused_activation_function", std::string(activation)}}, kFloat, {},
                       name("dense"));
}

TensorId Blocks::binary(const OperatorRecord& record, TensorId a, TensorId b,
                        const char* activation) {
  return builder_.node(record, {a, b}, {{"fused_activation_function", std::string(activation)}},
                       kFloat, {}, name("sum"));
}

TensorId Blocks::logistic(TensorId x) {
  return builder_.node(logistic_record(), {x}, {}, kFloat, {}, name("gate"));
}

TensorId Blocks::tanh(TensorId x) {
  return builder_.node(tanh_record(), {x}, {}, kFloat, {}, name("candidate"));
}

TensorId Blocks::gru(TensorId x, int units) {
  TensorId gate_weights = weights(Shape(2 * units, units), 3 * units, false);
  TensorId candidate_weights = weights(Shape(units, units), 3 * units, false);
  TensorId channel_axis = builder_.constant<int32_t>(Shape(), {1}, {}, name("axis"));
  auto recurrent = [&](TensorId h, TensorId w) {
    return builder_.node(fully_connected_record(), {h, w, kAbsent}, {}, kFloat, {},
                         name("recurrent"));
  };
  auto halves = [&](TensorId g) {
    return builder_.node(split_record(), {channel_axis, g}, {{"num_splits", int64_t{2}}}, kFloat,
                         {}, 2);
  };
  const auto gates = unpack(dense_of_steps(x, 2 * units)),
             candidates = unpack(dense_of_steps(x, units));
  TensorId h = kAbsent;  // 0
  for (size_t t = 0; t < gates.size(); ++t) {
    TensorId g = gates[t], c = candidates[t];
    if (h != kAbsent) g = binary(add_record(), g, recurrent(h, gate_weights), "NONE");
    const auto ru = halves(logistic(g));
    if (h == kAbsent) {
      c = tanh(c);
      h = binary(sub_record(), c, binary(mul_record(), ru[1], c, "NONE"), "NONE");
      continue;
    }
    TensorId reset = binary(mul_record(), ru[0], recurrent(h, candidate_weights), "NONE");
    c = tanh(binary(add_record(), c, reset, "NONE"));
    TensorId step = binary(mul_record(), ru[1], binary(sub_record(), h, c, "NONE"), "NONE");
    h = binary(add_record(), c, step, "NONE");
  }
  return h;
}

TensorId Blocks::dense_of_steps(TensorId x, int units) {
  const int inputs = shape(x).back(0);
  TensorId w = weights(Shape(units, inputs), inputs + units, false);
  return builder_.node(fully_connected_record(), {x, w, zeros(units, "bias")},
                       {{"keep_num_dims", true}}, kFloat, {}, name("dense"));
}

std::vector<TensorId> Blocks::unpack(TensorId x) {
  const int steps = shape(x)[1];
  return builder_.node(unpack_record(), {x}, {{"num", int64_t{steps}}, {"axis", int64_t{1}}},
                       kFloat, {}, steps);
}

TensorId Blocks::reshape(TensorId x, const Shape& to) {
  std::vector<int32_t> dims(to.dims, to.dims + to.rank);
  TensorId shape_constant = builder_.constant<int32_t>(Shape(to.rank), dims, {}, name("shape"));
  return builder_.node(reshape_record(), {x, shape_constant}, {}, kFloat, {}, name("reshape"));
}

TensorId Blocks::flatten(TensorId x) {
  const Shape s = shape(x);
  return s.rank == 2 ? x : reshape(x, Shape(1, static_cast<int32_t>(s.elements())));
}

TensorId Blocks::softmax(TensorId x) {
  return builder_.node(softmax_record(), {x}, {}, kFloat, {}, "scores");
}

TensorId Blocks::dropout(TensorId x, double chance) {
  if (chance > 0) network_.dropout[builder_.tensor(x).name] = chance;
  return x;
}

Network Blocks::finish(TensorId output) {
  network_.graph = builder_.build({output});
  return std::move(network_);
}

}  // namespace mote::train
