// SPDX-License-Identifier: Apache-2.0
// The graph passes. Each is one pure step on a verified graph that leaves a verified graph with the
// same results, bit for bit; its machinery hides in its .cc file. pipeline.cc lists their order and
// runs each over all bodies of control flow too, so a pass looks at one graph only. Its inputs and
// outputs must stay as many and in their order.
#ifndef MOTE_COMPILER_PASSES_PASSES_H_
#define MOTE_COMPILER_PASSES_PASSES_H_

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote {

/// What a pass did: whether the graph changed.
using PassResult = Result<bool>;

/// Computes nodes whose inputs are all constants, with the reference interpreter, and replaces
/// their results by constants.
PassResult fold_constants(Graph& graph);

/// Drops nodes whose results nobody uses.
PassResult remove_dead_nodes(Graph& graph);

/// Drops nodes that give their input back unchanged (a RESHAPE, TRANSPOSE or STRIDED_SLICE to the
/// same shape in the same order, a QUANTIZE to the same quantisation) where a tensor may stand in
/// for another.
PassResult remove_identities(Graph& graph);

/// Moves transposes behind operators that do the same on transposed data, so that pairs of them
/// cancel; makes those that leave the bytes as they are RESHAPEs. Changes nothing if that doesn't
/// leave fewer bytes to transpose.
PassResult move_transposes(Graph& graph);

/// Drops tensors that nothing refers to and renumbers the rest in order of appearance.
PassResult compact_tensors(Graph& graph);

// ---- Passes of importers. They change constants, by which floats may come out rounded otherwise;
// so they run before a graph is anybody's reference, and not in the pipeline.

/// Takes products and sums with one number for each channel (a batch normalisation, a bias that
/// stands alone) into the constant filter and bias of the layer before.
PassResult fold_scales(Graph& graph);

/// Takes a TRANSPOSE before a flattening RESHAPE and a FULLY_CONNECTED into the constant filter.
PassResult fold_transposes(Graph& graph);

}  // namespace mote

#endif  // MOTE_COMPILER_PASSES_PASSES_H_
