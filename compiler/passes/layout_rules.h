// SPDX-License-Identifier: Apache-2.0
// Which operators do the same on a transposed tensor, and what of them must be said anew: axes,
// paddings, and constants that are combined with the tensor.
#ifndef MOTE_COMPILER_PASSES_LAYOUT_RULES_H_
#define MOTE_COMPILER_PASSES_LAYOUT_RULES_H_

#include "compiler/passes/permutation.h"

namespace mote {

/// How a node computes on transposed data.
struct LayoutRule {
  std::string_view name;  // of the record
  /// The first and number of the inputs that are data; 0: all.
  int first = 0, count = 1;
  /// Rewrites `node` for data of which it was given transpose(data, p): operands and attributes are
  /// said in the data's own dimensions. Gives the order that turns the new results into the old
  /// ones; nothing if it can't be done.
  std::optional<Permutation> (*adapt)(Graph& graph, Node& node, const Permutation& p);
};

/// The rule of the operator, or null: it depends on the layout.
const LayoutRule* layout_rule(std::string_view record);

}  // namespace mote

#endif  // MOTE_COMPILER_PASSES_LAYOUT_RULES_H_
