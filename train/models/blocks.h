// SPDX-License-Identifier: Apache-2.0
// The blocks that architectures are made of. A block appends its operators to a network, draws
// their weights (He and others 2015: uniform, of variance 2 / inputs) and returns its result.
#ifndef MOTE_TRAIN_MODELS_BLOCKS_H_
#define MOTE_TRAIN_MODELS_BLOCKS_H_

#include <random>
#include <string>

#include "ir/builder.h"
#include "train/models/network.h"

namespace mote::train {

/// A convolution's window, stride and padding.
struct Kernel {
  int height = 3, width = 3, stride_h = 1, stride_w = 1;
  const char* padding = "SAME";
};

class Blocks {
 public:
  Blocks(const std::string& name, const Shape& features, uint32_t seed);

  TensorId input() const { return input_; }
  const Shape& shape(TensorId id) const { return builder_.tensor(id).shape; }

  /// Convolution, normalisation by batch if `normalized`, activation ("NONE", "RELU", "RELU6").
  /// REQUIRES of all pictures: x is [1,height,width,channels].
  TensorId conv(TensorId x, int filters, const Kernel& kernel, const char* activation,
                bool normalized = true);
  TensorId depthwise(TensorId x, const Kernel& kernel, const char* activation);
  /// A depthwise 3x3 convolution and a pointwise one, each with `activation`.
  TensorId separable(TensorId x, int filters, int stride, const char* activation);
  /// MobileNetV2's: pointwise to `expansion` times the channels, depthwise, pointwise to `filters`
  /// without activation; added to x where the shapes are the same.
  TensorId inverted_residual(TensorId x, int filters, int stride, int expansion);
  /// ResNet's: two 3x3 convolutions, added to x, which passes a 1x1 convolution where the shape
  /// changes.
  TensorId residual(TensorId x, int filters, int stride);
  /// The mean over height and width: [1,channels].
  TensorId global_average(TensorId x);

  /// x [1,n] to [1,units].
  TensorId dense(TensorId x, int units, const char* activation, bool normalized = false);
  /// A gated recurrent unit over x [1,steps,channels]: its last state, [1,units]. Each step is
  /// ordinary operators with the same weights, so it has an integer form:
  ///
  ///   r, u = logistic(Wx + Rh),  c = tanh(Vx + r · (Sh)),  h = c + u · (h - c)
  TensorId gru(TensorId x, int units);

  TensorId reshape(TensorId x, const Shape& shape);
  TensorId flatten(TensorId x);
  TensorId softmax(TensorId x);
  /// x, of which training sets a part to zero.
  TensorId dropout(TensorId x, double chance);

  /// The network. REQUIRES: called once.
  Network finish(TensorId output);

 private:
  TensorId weights(const Shape& shape, int64_t inputs, bool normalized);
  TensorId zeros(int n, const char* name);
  TensorId binary(const OperatorRecord& record, TensorId a, TensorId b, const char* activation);
  /// A dense layer over each step of [1,steps,channels], and the steps one by one.
  TensorId dense_of_steps(TensorId x, int units);
  std::vector<TensorId> unpack(TensorId x);
  TensorId logistic(TensorId x);
  TensorId tanh(TensorId x);
  std::string name(const char* what) { return fmt::format("{}_{}", what, ++count_); }

  GraphBuilder builder_;
  std::mt19937 random_;
  Network network_;
  TensorId input_;
  int count_ = 0;
};

}  // namespace mote::train

#endif  // MOTE_TRAIN_MODELS_BLOCKS_H_
