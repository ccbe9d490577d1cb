// SPDX-License-Identifier: Apache-2.0
// From a graph to a plan: the list of passes, then lowering.
#ifndef MOTE_COMPILER_PIPELINE_H_
#define MOTE_COMPILER_PIPELINE_H_

#include <functional>
#include <span>
#include <string_view>

#include "compiler/lower.h"
#include "compiler/passes/passes.h"

namespace mote {

struct Pass {
  std::string_view name;
  PassResult (*run)(Graph&);
  std::string_view what;  // one line for --help
};

/// All passes in the order in which they run.
std::span<const Pass> pipeline();

/// Called with the graph after each pass, for --dump-after.
using PassObserver = std::function<void(const Pass&, const Graph&)>;

/// Runs the passes. Builds without NDEBUG verify the graph after each of them; a pass that breaks
/// it is named in the Error. REQUIRES: verify(graph) passed.
Result<Graph> optimize(Graph graph, const PassObserver& observer = {});

/// optimize() and lower().
Result<Plan> compile(const Graph& graph, const Target& target, const PassObserver& observer = {});

}  // namespace mote

#endif  // MOTE_COMPILER_PIPELINE_H_
