// SPDX-License-Identifier: Apache-2.0
// Test support: the float graph that a quantised graph approximates. Running both on the same
// values says whether an integer kernel computes the operator at all, whatever its rounding.
#ifndef MOTE_OPS_FLOAT_TWIN_OP_H_
#define MOTE_OPS_FLOAT_TWIN_OP_H_

#include <optional>

#include "ir/graph.h"

namespace mote {

/// The graph with every quantised tensor as float32, constants dequantised; biases (int32 operands
/// that a record calls so) by input scale times filter scale. Nothing if some node has no
/// float form.
std::optional<Graph> float_twin(const Graph& graph);

/// The real values of a tensor's bytes, as float32 bytes; other types unchanged.
Bytes dequantize(const Tensor& tensor, const Bytes& bytes);

}  // namespace mote

#endif  // MOTE_OPS_FLOAT_TWIN_OP_H_
