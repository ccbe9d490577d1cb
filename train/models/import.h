// SPDX-License-Identifier: Apache-2.0
// A model from elsewhere as the network to go on with: transfer learning.
#ifndef MOTE_TRAIN_MODELS_IMPORT_H_
#define MOTE_TRAIN_MODELS_IMPORT_H_

#include "train/models/network.h"

namespace mote::train {

/// The graph as the project's network. Its input becomes the features; one that ONNX has as NCHW
/// gets rid of its TRANSPOSE. Where the last dense layer has another number of outputs, it gets new
/// weights, and a classifier ends in SOFTMAX. Errors: another shape than the features', no dense
/// layer at the end to put a new one in the place of.
Result<Network> adapt_network(const Project& project, Graph graph, const Shape& features,
                              int outputs);

/// Reads project.model.file: .tflite, .onnx, or TorchScript, which mote-train reads. Errors: the
/// readers'; adapt_network()'s.
Result<Network> import_network(const Project& project, const Shape& features, int outputs);

}  // namespace mote::train

#endif  // MOTE_TRAIN_MODELS_IMPORT_H_
