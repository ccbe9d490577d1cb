// SPDX-License-Identifier: Apache-2.0
// Orders of dimensions, for the passes that move transposes: y = transpose(x, p) has dimension p[d]
// of x as its dimension d.
#ifndef MOTE_COMPILER_PASSES_PERMUTATION_H_
#define MOTE_COMPILER_PASSES_PERMUTATION_H_

#include <optional>
#include <vector>

#include "ir/graph.h"

namespace mote {

using Permutation = std::vector<int>;

Permutation inverse(const Permutation& p);
/// transpose(transpose(x, first), second) as one.
Permutation compose(const Permutation& first, const Permutation& second);
bool is_identity(const Permutation& p);
/// Whether transposing a tensor of this shape leaves its bytes as they are: only dimensions of 1
/// change places with others.
bool keeps_bytes(const Permutation& p, const Shape& shape);

Shape permuted(const Shape& shape, const Permutation& p);
/// A constant transposed. REQUIRES: whole-byte elements; as many dimensions as p.
Tensor permuted(const Tensor& constant, const Permutation& p);

/// The order of a TRANSPOSE node with a constant order; empty for any other node.
std::optional<Permutation> permutation_of(const Graph& graph, const Node& node);

}  // namespace mote

#endif  // MOTE_COMPILER_PASSES_PERMUTATION_H_
