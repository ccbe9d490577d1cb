// SPDX-License-Identifier: Apache-2.0
// Bias correction: rounding weights and activations shifts the mean of what a layer gives. The
// shift is measured on samples, channel by channel, and taken out of the bias.
#ifndef MOTE_TRAIN_QUANTIZE_BIAS_CORRECTION_H_
#define MOTE_TRAIN_QUANTIZE_BIAS_CORRECTION_H_

#include <functional>

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote::quantize {

struct BiasCorrection {
  size_t layers = 0;         // whose bias was corrected
  double largest_shift = 0;  // of a channel's mean, in parts of the layer's largest mean output
};

/// Corrects the layers of `integers`, made of `real` by quantize_graph() without float ends, in
/// their order, so that each one meets inputs that are corrected already. A layer's sums are linear
/// in its input, so the mean input of all samples tells the mean output before the activation.
/// `samples` are the inputs of `real`. Layers without a bias are left alone. Errors: the
/// interpreter's.
Result<BiasCorrection> correct_biases(const Graph& real,
                                      const std::vector<std::vector<Bytes>>& samples,
                                      Graph* integers,
                                      const std::function<void(size_t, size_t)>& progress);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_BIAS_CORRECTION_H_
