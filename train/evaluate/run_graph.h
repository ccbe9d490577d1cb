// SPDX-License-Identifier: Apache-2.0
// A graph over many examples, fast: the host's own kernels on all cores. Integers have the bits
// that every device has; floats may be rounded otherwise in their last place.
#ifndef MOTE_TRAIN_EVALUATE_RUN_GRAPH_H_
#define MOTE_TRAIN_EVALUATE_RUN_GRAPH_H_

#include <functional>
#include <string>
#include <vector>

#include "engines/engine.h"

namespace mote::train {

/// The bytes of the graph's inputs for real numbers: as they are for float32 inputs, quantised for
/// others. `real` are the bytes of float32 tensors. REQUIRES: as many as the graph's inputs.
Values inputs_for(const Graph& graph, const Values& real);

/// All outputs' real numbers, one after the other.
std::vector<float> outputs_of(const Graph& graph, const Values& outputs);

/// The outputs for the inputs' own bytes. `board`: on that virtual board instead. `progress(done)`.
/// Errors: the compiler's and the engine's.
Result<std::vector<Values>> run_graph(const Graph& graph, const std::vector<Values>& inputs,
                                      const std::string& board = {},
                                      const std::function<void(size_t)>& progress = {});

/// The outputs' real numbers for the inputs' real numbers, on the host.
Result<std::vector<std::vector<float>>> answers(const Graph& graph,
                                                const std::vector<Values>& real);

}  // namespace mote::train

#endif  // MOTE_TRAIN_EVALUATE_RUN_GRAPH_H_
