// SPDX-License-Identifier: Apache-2.0
// Post-training quantisation: a float model becomes one of integers, by the rules of TensorFlow
// Lite's quantisation specification: int8 activations with a scale and a zero point for each tensor
// (or int16 without zero points), int8 weights with a scale for each output channel and no zero
// point, biases of int32 (int64) at the product of both scales.
#ifndef MOTE_TRAIN_QUANTIZE_QUANTIZE_H_
#define MOTE_TRAIN_QUANTIZE_QUANTIZE_H_

#include <set>

#include "train/quantize/observer.h"

namespace mote::quantize {

struct QuantizeOptions {
  DType activations = DType::kInt8;  // or kInt16
  bool float_io = false;             // inputs and outputs stay float32: QUANTIZE, DEQUANTIZE
  int weight_bits = 8;               // or 4: of CONV_2D and FULLY_CONNECTED
  /// Operators (indices of nodes) with the other width of activations.
  std::set<size_t> exceptions = {};
};

/// Steps between the lowest and the highest integer of an activation type.
int levels_of(DType activations);

/// The quantised graph, which passes verify(). `ranges` are those of observe(); `wide_ranges` are
/// those of int16 tensors where there are two widths (empty: the same). Activations keep their
/// names. REQUIRES: `graph` passed verify(). Errors name the operator: one that isn't float, or
/// that has no integer form.
Result<Graph> quantize_graph(const Graph& graph, const std::map<TensorId, Range>& ranges,
                             const QuantizeOptions& options,
                             const std::map<TensorId, Range>& wide_ranges = {});

/// The same model with float32 inputs before a QUANTIZE and float32 outputs behind a DEQUANTIZE.
Graph with_float_ends(Graph graph);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_QUANTIZE_H_
