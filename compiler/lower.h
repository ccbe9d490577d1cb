// SPDX-License-Identifier: Apache-2.0
// Lowering: from a graph to a Plan. Every node's record emits its steps, bodies of control flow in
// their places (flatten.cc); tensors whose bytes may be shared (in-place operators, RESHAPE,
// variables) become one buffer (share_bytes.cc); the planner places the buffers, all state side by
// side; constants are laid out once each.
#ifndef MOTE_COMPILER_LOWER_H_
#define MOTE_COMPILER_LOWER_H_

#include "base/host/result.h"
#include "compiler/plan.h"
#include "ir/lowering.h"

namespace mote {

/// Errors, located by operator: what its record refuses, or a model too big for the image format.
/// REQUIRES: verify(graph) passed.
Result<Plan> lower(const Graph& graph, const Target& target);

}  // namespace mote

#endif  // MOTE_COMPILER_LOWER_H_
