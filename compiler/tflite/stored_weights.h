// SPDX-License-Identifier: Apache-2.0
// Weights that a file stores in fewer bits than kernels compute with, brought to what they stand
// for: exactly for int4 and float16, and to the nearest float32 for the 8-bit weights of
// dynamic-range ("hybrid") models, whose activations are float.
#ifndef MOTE_COMPILER_TFLITE_STORED_WEIGHTS_H_
#define MOTE_COMPILER_TFLITE_STORED_WEIGHTS_H_

#include <map>

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote::tflite {

/// Serves one subgraph. Both functions fail where a (hostile) file would unfold to more bytes than
/// `left_bytes`, which counts for all of its subgraphs.
class StoredWeights {
 public:
  explicit StoredWeights(uint64_t* left_bytes) : left_bytes_(left_bytes) {}

  /// A constant of int4 becomes int8 with the same values and scales, one of float16 becomes
  /// float32. Anything else stays as it is. REQUIRES: as many bytes as the tensor has.
  Result<void> widen(Tensor* tensor);

  /// If the node's record doesn't accept its types, but would with float32 in the place of
  /// quantised 8-bit constants, gives the node float32 constants instead. They are new tensors at
  /// the graph's end, one for each that is stored.
  Result<void> expand_hybrid(Graph* graph, Node* node);

 private:
  Result<void> spend(uint64_t bytes);

  uint64_t* left_bytes_;
  std::map<TensorId, TensorId> expanded_;
};

/// Whether the node turns a float32 constant into itself: what is left of a DEQUANTIZE of float16
/// weights once these are widened.
bool is_float_identity(const Graph& graph, const Node& node);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_STORED_WEIGHTS_H_
