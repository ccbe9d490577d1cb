// SPDX-License-Identifier: Apache-2.0
// Less RAM for more work: a chain of operators that go over a picture row by row (convolutions,
// poolings, activations) is computed in bands of its last output's rows, one after the other, so
// that what lies between its operators need never be there as a whole. Rows that two bands need are
// computed twice. (Lin et al., MCUNetV2, 2021, does so with patches.)
#ifndef MOTE_COMPILER_SPLIT_ROWS_H_
#define MOTE_COMPILER_SPLIT_ROWS_H_

#include <vector>

#include "base/host/result.h"
#include "ir/graph.h"

namespace mote {

/// Nodes [first, last] of a graph, each of which alone reads what the one before it writes.
struct Chain {
  size_t first, last;
};

/// The longest chains of operators that can be computed in bands.
std::vector<Chain> find_row_chains(const Graph& graph);

/// The graph with the chain in `bands` bands; results are the same, bit for bit.
/// REQUIRES: a part of a chain of find_row_chains(); bands >= 2 and at most the rows of its output.
/// Errors: an operator doesn't take the rows of a band.
Result<Graph> split_rows(const Graph& graph, const Chain& chain, int bands);

}  // namespace mote

#endif  // MOTE_COMPILER_SPLIT_ROWS_H_
