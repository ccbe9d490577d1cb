// SPDX-License-Identifier: Apache-2.0
// Only a chain that runs while the arena is fullest can make it smaller. All its parts around that
// moment are tried, in numbers of bands that grow; every try is compiled, for only then the exact
// arena is known.
#include "compiler/fit_arena.h"

#include <algorithm>
#include <array>

#include "compiler/pipeline.h"
#include "ir/record.h"

namespace mote {
namespace {

constexpr std::array kBands = {2, 3, 4, 6, 8, 12, 16};
constexpr size_t kMostOperators = 12;  // in bands: what is computed twice grows with each

int64_t macs_of(const Graph& graph) {
  int64_t macs = 0;
  for (const Node& node : graph.nodes) {
    if (node.record->macs) macs += node.record->macs(NodeView(graph, node));
  }
  return macs;
}

/// The bytes that live at each step, and the node of the step where they are most.
int fullest_node(const Plan& plan) {
  uint64_t most = 0;
  int node = 0;
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    uint64_t bytes = 0;
    for (const Allocation& a : plan.allocations) {
      int step = static_cast<int>(s);
      if (a.first_step <= step && step <= a.last_step) bytes += a.bytes;
    }
    if (bytes > most) most = bytes, node = plan.steps[s].node;
  }
  return node;
}

Result<Arrangement> arrange(Graph graph, std::string what, const Target& target) {
  MOTE_TRY(Plan plan, compile(graph, target));
  int64_t macs = macs_of(graph);
  return Arrangement{std::move(graph), std::move(what), plan.arena_bytes, macs};
}

/// All tries with the parts of `chain` that contain `node`.
Result<void> try_chain(const Graph& graph, const Target& target, const Chain& chain, size_t node,
                       std::vector<Arrangement>* tried) {
  for (size_t first = chain.first; first <= node; ++first) {
    size_t end = std::min(chain.last + 1, first + kMostOperators);
    for (size_t last = std::max(node, first + 1); last < end; ++last) {
      int rows = graph.tensor(graph.nodes[last].outputs[0]).shape[1];
      for (int bands : kBands) {
        if (bands > rows) break;
        MOTE_TRY(Graph split, split_rows(graph, {first, last}, bands));
        std::string what = fmt::format("operators {} to {} in {} bands", first, last, bands);
        MOTE_TRY(Arrangement one, arrange(std::move(split), std::move(what), target));
        tried->push_back(std::move(one));
      }
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Arrangement>> arrangements(const Graph& graph, const Target& target) {
  MOTE_TRY(Graph optimized, optimize(graph));
  MOTE_TRY(Plan plan, compile(optimized, target));
  std::vector<Arrangement> tried;
  tried.push_back({optimized, "as it is", plan.arena_bytes, macs_of(optimized)});
  size_t fullest = static_cast<size_t>(fullest_node(plan));
  for (const Chain& chain : find_row_chains(optimized)) {
    if (chain.first > fullest || fullest > chain.last) continue;
    MOTE_CHECK_OK(try_chain(optimized, target, chain, fullest, &tried));
  }
  std::stable_sort(tried.begin() + 1, tried.end(), [](const Arrangement& a, const Arrangement& b) {
    return a.macs < b.macs || (a.macs == b.macs && a.arena_bytes < b.arena_bytes);
  });
  std::vector<Arrangement> kept;
  for (Arrangement& one : tried) {
    if (kept.empty() || one.arena_bytes < kept.back().arena_bytes) kept.push_back(std::move(one));
  }
  return kept;
}

Result<Arrangement> fit_arena(const Graph& graph, const Target& target, uint32_t most) {
  MOTE_TRY(std::vector<Arrangement> all, arrangements(graph, target));
  for (Arrangement& one : all) {
    if (one.arena_bytes <= most) return std::move(one);
  }
  return fail("the arena can't be made smaller than {} bytes ({}), {} more than allowed",
              all.back().arena_bytes, all.back().what, all.back().arena_bytes - most);
}

}  // namespace mote
