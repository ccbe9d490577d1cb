// SPDX-License-Identifier: Apache-2.0
// Says whether a graph means something: every id in range, every value made before it is used,
// constants as long as their shapes, each node as its record wants it. Runs after import and, in
// debug builds and tests, after each pass.
#ifndef MOTE_IR_VERIFIER_H_
#define MOTE_IR_VERIFIER_H_

#include "ir/record.h"

namespace mote {

/// How deep bodies may stand in bodies.
constexpr int kMostNesting = 16;

/// Errors are located: "operator 3 CONV_2D (output 'conv1'): input 1 (filter) …".
Result<void> verify(const Graph& graph);

/// Only the node's own rules: arity, attributes, types, shapes, quantisation. REQUIRES: its ids are
/// in range. The error carries no location; see locate().
Result<void> verify_node(const Graph& graph, const Node& node);

/// Whether the record has a row for the types of the node's tensors. REQUIRES: ids are in range.
bool accepts_types(const Graph& graph, const Node& node);
/// Errors: it hasn't; some rows that it has are named. REQUIRES: as above.
Result<void> check_types(const Graph& graph, const Node& node);

/// The node's output shapes by its record's rule, after arity, attributes and types were checked.
Result<std::vector<Shape>> infer_shapes(const Graph& graph, const Node& node);

/// "operator 3 CONV_2D (output 'conv1')": where an error of nodes[index] is.
std::string locate(const Graph& graph, size_t index);

}  // namespace mote

#endif  // MOTE_IR_VERIFIER_H_
