// SPDX-License-Identifier: Apache-2.0
// Magnitude pruning: the smallest weights become zero. What that saves, honestly: nothing in RAM or
// time, since kernels multiply by zeros, too, and nothing in the bytes of a .tflite or .mote file,
// which holds every weight. What shrinks is the file once it is compressed, as for an update over
// the air.
#ifndef MOTE_TRAIN_COMPRESS_PRUNE_WEIGHTS_H_
#define MOTE_TRAIN_COMPRESS_PRUNE_WEIGHTS_H_

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote::compress {

struct PrunedWeights {
  Graph graph;
  size_t weights = 0, zeros = 0;  // of the layers; zeros counts those that were zero before, too
  double threshold = 0;           // weights below it, in parts of their channel's, became zero
};

/// The smallest `part` of all weights of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED become
/// zero, by one threshold for the whole model. A weight is measured by its output channel's root
/// mean square, since a folded batch normalisation makes channels large or small at will. REQUIRES:
/// verify(graph) passed, part in [0, 1). Errors: the model has no float weights.
Result<PrunedWeights> prune_weights(const Graph& graph, double part);

/// What a perfect compressor that looks at one byte at a time would make of the constants: the bits
/// that their bytes' frequencies say (Shannon's entropy), in bytes.
uint64_t compressed_bytes(const Graph& graph);

}  // namespace mote::compress

#endif  // MOTE_TRAIN_COMPRESS_PRUNE_WEIGHTS_H_
