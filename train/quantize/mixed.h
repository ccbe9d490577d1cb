// SPDX-License-Identifier: Apache-2.0
// Activations of two widths in one model: which tensors have 16 bits where some operators do, and
// the QUANTIZE operators between.
#ifndef MOTE_TRAIN_QUANTIZE_MIXED_H_
#define MOTE_TRAIN_QUANTIZE_MIXED_H_

#include "train/quantize/quantize.h"

namespace mote::quantize {

/// A float graph in which each operator's activations have one width.
struct MixedGraph {
  Graph graph;                         // tensors keep their numbers, new ones come behind
  std::vector<bool> wide;              // of each tensor: 16 bits
  std::map<TensorId, TensorId> twins;  // a new tensor, and the one whose values it has
};

/// Puts a QUANTIZE (from float to float, still) wherever a tensor goes from an operator of one
/// width to one of the other. What only moves data has the width of what it is given, whatever
/// options.exceptions says. The graph's inputs and outputs have options.activations; with float_io
/// an input has the width of the operators that read it.
MixedGraph split_widths(const Graph& graph, const QuantizeOptions& options);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_MIXED_H_
