// SPDX-License-Identifier: Apache-2.0
#include "compiler/pipeline.h"

#include "ir/verifier.h"

namespace mote {
namespace {

constexpr Pass kPipeline[] = {
    {"fold_constants", fold_constants, "compute what doesn't depend on the input"},
    {"move_transposes", move_transposes, "let transposes sink until they cancel"},
    {"remove_identities", remove_identities, "drop operators that change nothing"},
    {"remove_dead_nodes", remove_dead_nodes, "drop operators that nobody listens to"},
    {"compact_tensors", compact_tensors, "drop unused tensors, renumber the rest"},
};

#ifdef NDEBUG
constexpr bool kVerifyEachPass = false;
#else
constexpr bool kVerifyEachPass = true;
#endif

/// The pass over the graph's bodies, however deep, and then over the graph.
Result<void> run_everywhere(const Pass& pass, Graph& graph) {
  Result<void> result;
  for_each_graph(graph, [&](Graph& one) {
    if (!result.ok()) return;
    PassResult changed = pass.run(one);
    if (!changed.ok()) result = changed.error();
  });
  return result;
}

}  // namespace

std::span<const Pass> pipeline() {
  return kPipeline;
}

Result<Graph> optimize(Graph graph, const PassObserver& observer) {
  for (const Pass& pass : pipeline()) {
    Result<void> passed = run_everywhere(pass, graph);
    if (!passed.ok()) return fail("pass {}: {}", pass.name, passed.error().message);
    if (kVerifyEachPass) {
      Result<void> verified = verify(graph);
      if (!verified.ok()) {
        return fail("pass {} broke the graph (a bug of mote): {}", pass.name,
                    verified.error().message);
      }
    }
    if (observer) observer(pass, graph);
  }
  return graph;
}

Result<Plan> compile(const Graph& graph, const Target& target, const PassObserver& observer) {
  MOTE_TRY(Graph optimized, optimize(graph, observer));
  return lower(optimized, target);
}

}  // namespace mote
