// SPDX-License-Identifier: Apache-2.0
// Operators with a window, and dense layers.
#include "ops/window/window_shape.op.h"
#include "train/torch/rules.h"

namespace mote::train {
namespace {

using torch::Tensor;
using Outputs = std::vector<Tensor>;

Tensor to_nchw(const Tensor& nhwc) {
  return nhwc.permute({0, 3, 1, 2});
}
Tensor to_nhwc(const Tensor& nchw) {
  return nchw.permute({0, 2, 3, 1});
}

/// Rows or columns that padding adds behind an axis.
int64_t pad_behind(int input, int output, int stride, int filter, int dilation, int before) {
  const int covered = (output - 1) * stride + (filter - 1) * dilation + 1;
  return std::max(covered - input - before, 0);
}

/// What libtorch's functions want of a window; unequal padding is put around the picture itself.
struct TorchWindow {
  Tensor x;  // NCHW
  std::vector<int64_t> stride, padding, dilation;
};

TorchWindow torch_window(const Tensor& nhwc, const Window& w, double fill) {
  const int64_t bottom =
      pad_behind(w.input_h, w.output_h, w.stride_h, w.filter_h, w.dilation_h, w.pad_h);
  const int64_t right =
      pad_behind(w.input_w, w.output_w, w.stride_w, w.filter_w, w.dilation_w, w.pad_w);
  TorchWindow t{
      to_nchw(nhwc), {w.stride_h, w.stride_w}, {w.pad_h, w.pad_w}, {w.dilation_h, w.dilation_w}};
  if (bottom != w.pad_h || right != w.pad_w || fill != 0) {
    t.x = torch::constant_pad_nd(t.x, {w.pad_w, right, w.pad_h, bottom}, fill);
    t.padding = {0, 0};
  }
  return t;
}

/// The bias, that a normalisation adds itself.
Tensor bias_of(const Call& call) {
  return call.normalization || call.inputs.size() < 3 ? Tensor() : call.inputs[2];
}

/// Normalisation over dimension 1.
Tensor normalize(const Call& call, const Tensor& x) {
  if (!call.normalization) return x;
  const Normalization& n = *call.normalization;
  constexpr double kMomentum = 0.1;  // of this batch in the averages
  return torch::batch_norm(x, n.gain, call.inputs[2], n.mean, n.variance, call.training, kMomentum,
                           Normalization::kEpsilon, false);
}

Window window_of_filter(const NodeView& node) {
  const Shape& filter = node.input(1).shape;
  return *window_of(node, filter[1], filter[2], node.output().shape[3]);
}

Outputs convolve(const Call& call, const Tensor& weights, int64_t groups) {
  const TorchWindow w = torch_window(call.inputs[0], window_of_filter(call.node), 0);
  Tensor y = torch::conv2d(w.x, weights, bias_of(call), w.stride, w.padding, w.dilation, groups);
  return {activate(to_nhwc(normalize(call, y)), call.node.choice("fused_activation_function"))};
}

Outputs conv_2d(const Call& call) {
  return convolve(call, to_nchw(call.inputs[1]),
                  call.node.input(0).shape[3] / call.node.input(1).shape[3]);
}

Outputs depthwise_conv_2d(const Call& call) {
  return convolve(call, call.inputs[1].permute({3, 0, 1, 2}), call.node.input(0).shape[3]);
}

Outputs fully_connected(const Call& call) {
  const Tensor &x = call.inputs[0], &w = call.inputs[1];
  Tensor y = torch::linear(x.reshape({-1, w.size(1)}), w, bias_of(call));
  y = activate(normalize(call, y), call.node.choice("fused_activation_function"));
  if (!call.node.flag("keep_num_dims")) return {y};
  std::vector<int64_t> shape = x.sizes().vec();
  shape.back() = w.size(0);
  return {y.reshape(shape)};
}

Window pool_window(const NodeView& node) {
  return *window_of(node, node.integer("filter_height"), node.integer("filter_width"),
                    node.output().shape[3]);
}

/// TFLite's mean is over what lies inside of the picture.
Outputs average_pool_2d(const Call& call) {
  const Window window = pool_window(call.node);
  const TorchWindow w = torch_window(call.inputs[0], window, 0);
  const std::vector<int64_t> size = {window.filter_h, window.filter_w};
  auto sums = [&](const Tensor& x) {
    return torch::avg_pool2d(x, size, w.stride, w.padding, false, true, 1);
  };
  Tensor y = sums(w.x);
  if (w.padding[0] == 0 && w.padding[1] == 0 && w.x.sizes() == to_nchw(call.inputs[0]).sizes()) {
    y = y / static_cast<double>(size[0] * size[1]);
  } else {
    Tensor inside = torch::ones({1, window.input_h, window.input_w, 1}, call.inputs[0].options());
    y = y / sums(torch_window(inside, window, 0).x);
  }
  return {activate(to_nhwc(y), call.node.choice("fused_activation_function"))};
}

Outputs max_pool_2d(const Call& call) {
  const Window window = pool_window(call.node);
  const TorchWindow w =
      torch_window(call.inputs[0], window, -std::numeric_limits<double>::infinity());
  Tensor y = torch::max_pool2d(w.x, {window.filter_h, window.filter_w}, w.stride, w.padding);
  return {activate(to_nhwc(y), call.node.choice("fused_activation_function"))};
}

constexpr Rule kRules[] = {
    {"CONV_2D", conv_2d},
    {"DEPTHWISE_CONV_2D", depthwise_conv_2d},
    {"FULLY_CONNECTED", fully_connected},
    {"AVERAGE_POOL_2D", average_pool_2d},
    {"MAX_POOL_2D", max_pool_2d},
};

}  // namespace

std::span<const Rule> linear_rules() {
  return kRules;
}

}  // namespace mote::train
