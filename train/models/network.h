// SPDX-License-Identifier: Apache-2.0
// Architectures, each a few lines over blocks. An untrained network is a graph of float operators
// like any imported model: the compiler tells what it costs before it is trained, the training
// program learns its constants, and what comes out is written by the same writers.
#ifndef MOTE_TRAIN_MODELS_NETWORK_H_
#define MOTE_TRAIN_MODELS_NETWORK_H_

#include <set>

#include "ir/graph.h"
#include "train/project/project.h"

namespace mote::train {

struct Network {
  Graph graph;  // float32, batch 1, weights drawn at random, biases 0
  /// Names of the constant weights whose convolution training normalises by batch. The graph shows
  /// it folded, as it will be on the device.
  std::set<std::string> normalized;
  /// Names of tensors that training drops out, with the chance.
  std::map<std::string, double> dropout;
};

struct ModelType {
  const char* name;
  const char* summary;  // one line for help and documents
  Result<Network> (*make)(const Project& project, const Shape& features, int outputs);
};

/// All architectures: ds_cnn, mobilenet_v1, mobilenet_v2, resnet8, autoencoder, cnn_1d, gru, mlp,
/// logistic.
const std::vector<ModelType>& model_types();

/// The project's network. `outputs`: classes, 1 for regression; of an autoencoder as many as
/// features. The classifier ends in SOFTMAX. Errors: unknown type, features of the wrong rank.
Result<Network> make_network(const Project& project, const Shape& features, int outputs);

}  // namespace mote::train

#endif  // MOTE_TRAIN_MODELS_NETWORK_H_
