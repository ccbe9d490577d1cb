// SPDX-License-Identifier: Apache-2.0
// Many graphs in one run: what has little to compute is built and started once for all.
#ifndef MOTE_IR_MERGE_H_
#define MOTE_IR_MERGE_H_

#include <vector>

#include "ir/graph.h"

namespace mote {

/// Graphs side by side, with nothing in common, as one graph: its inputs, outputs and nodes are
/// theirs, one graph's after the other's.
Graph merge(const std::vector<Graph>& graphs);

}  // namespace mote

#endif  // MOTE_IR_MERGE_H_
