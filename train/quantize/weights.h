// SPDX-License-Identifier: Apache-2.0
// Weights and biases as integers: weights with a scale for each output channel and no zero point,
// biases at the product of the input's and the weights' scales.
#ifndef MOTE_TRAIN_QUANTIZE_WEIGHTS_H_
#define MOTE_TRAIN_QUANTIZE_WEIGHTS_H_

#include "ir/graph.h"

namespace mote::quantize {

struct WeightOptions {
  int axis = 0;  // of the output channels
  /// 8: -127 to 127, the largest weight at 127. 4: -7 to 7 in bytes, at the scale that leaves the
  /// least squared error; files and kernels for 4 bits store them in half a byte.
  int bits = 8;
  /// The least scale of each channel, which the bias's integers need; empty: none.
  std::vector<float> least_scales = {};
};

/// REQUIRES: a float32 constant.
Tensor quantize_weights(const Tensor& real, const WeightOptions& options);

/// int32, or int64 of 40 bits beside int16 activations (`wide`). REQUIRES: a float32 constant.
Tensor quantize_bias(const Tensor& real, float input_scale, const Quantization& weights, bool wide);

/// The least scales of weights for which a bias is at most 2^30.
std::vector<float> least_scales(const Tensor& bias, float input_scale);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_WEIGHTS_H_
