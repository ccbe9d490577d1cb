// SPDX-License-Identifier: Apache-2.0
// A model that shall take less RAM: which chain in how many bands (split_rows.h).
#ifndef MOTE_COMPILER_FIT_ARENA_H_
#define MOTE_COMPILER_FIT_ARENA_H_

#include <functional>
#include <string>

#include "compiler/plan.h"
#include "compiler/split_rows.h"
#include "ir/target.h"

namespace mote {

/// One way to compile a model: as it is, or with a chain in bands.
struct Arrangement {
  Graph graph;       // to be compiled
  std::string what;  // "as it is", or "operators 0 to 3 in 4 bands"
  uint32_t arena_bytes = 0;
  int64_t macs = 0;  // with what is computed twice
};

/// Arrangements of which each takes less arena than those before it and more MACs, the graph as it
/// is first. Errors: those of compile().
Result<std::vector<Arrangement>> arrangements(const Graph& graph, const Target& target);

/// The first of them whose arena has at most `most` bytes. Errors: none has; says how small the
/// arena can be made and what sets it.
Result<Arrangement> fit_arena(const Graph& graph, const Target& target, uint32_t most);

}  // namespace mote

#endif  // MOTE_COMPILER_FIT_ARENA_H_
