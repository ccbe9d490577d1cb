// SPDX-License-Identifier: Apache-2.0
// What can be computed before a model is given anything: nodes whose steps read constants only. The
// result of a SHAPE is one, whatever its input; what is computed from it mostly too.
#ifndef MOTE_IR_FOLD_H_
#define MOTE_IR_FOLD_H_

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote {

/// If the node's value doesn't depend on the graph's inputs, makes its outputs constants of the
/// graph and returns true; the node is then to be dropped. REQUIRES: verify_node() passed. Errors:
/// a node that its record can't lower.
Result<bool> fold_node(Graph& graph, const Node& node);

}  // namespace mote

#endif  // MOTE_IR_FOLD_H_
