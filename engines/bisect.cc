// SPDX-License-Identifier: Apache-2.0
#include "engines/bisect.h"

#include <algorithm>

#include "ir/comparator.h"
#include "ir/interpreter.h"
#include "ir/verifier.h"

namespace mote {
namespace {

/// The first sample and output that differ.
std::optional<Divergence> first_difference(const Plan& plan, const std::vector<Values>& expected,
                                           const std::vector<Values>& actual) {
  for (size_t s = 0; s < expected.size(); ++s) {
    for (size_t o = 0; o < expected[s].size(); ++o) {
      const Tensor& tensor = plan.graph.tensor(plan.outputs[o].tensor);
      auto difference = compare(tensor, expected[s][o], actual[s][o]);
      if (difference) {
        return Divergence{s, fmt::format("output {} '{}'", o, tensor.name),
                          describe(tensor, *difference)};
      }
    }
  }
  return std::nullopt;
}

/// The first operator of the sample whose result differs; nothing if only the outputs do.
Result<std::optional<Divergence>> bisect(Engine& engine, const Plan& plan, const Values& sample,
                                         size_t number) {
  MOTE_TRY(Interpreter truth, Interpreter::make(plan.graph));
  MOTE_CHECK_OK(truth.run(sample));
  std::vector<ResultProbe> places = result_probes(plan);
  std::vector<Probe> probes;
  for (const ResultProbe& place : places) probes.push_back(place.probe);
  MOTE_TRY(std::vector<Bytes> seen, engine.trace(sample, probes));
  for (size_t i = 0; i < seen.size() && i < places.size(); ++i) {
    const Tensor& tensor = plan.graph.tensor(places[i].tensor);
    auto difference = compare(tensor, truth.value(places[i].tensor), seen[i]);
    if (difference) {
      return std::optional(
          Divergence{number, locate(plan.graph, places[i].node), describe(tensor, *difference)});
    }
  }
  return std::optional<Divergence>();
}

}  // namespace

std::vector<ResultProbe> result_probes(const Plan& plan) {
  std::vector<int> last_step(plan.graph.nodes.size(), -1);
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    last_step[static_cast<size_t>(plan.steps[s].node)] = static_cast<int>(s);
  }
  std::vector<ResultProbe> probes;
  for (size_t n = 0; n < plan.graph.nodes.size(); ++n) {
    if (last_step[n] < 0) continue;  // it only renamed bytes
    for (TensorId id : plan.graph.nodes[n].outputs) {
      for (const Allocation& a : plan.allocations) {
        if (a.tensor != id) continue;
        probes.push_back({n, id, {static_cast<uint32_t>(last_step[n]), a.offset, a.bytes}});
      }
    }
  }
  std::stable_sort(probes.begin(), probes.end(), [](const ResultProbe& a, const ResultProbe& b) {
    return a.probe.step < b.probe.step;
  });
  return probes;
}

Result<std::optional<Divergence>> compare_engine(Engine& engine, const Plan& plan,
                                                 const std::vector<Values>& samples,
                                                 const std::vector<Values>& expected) {
  MOTE_TRY(std::vector<Values> actual, engine.run(samples));
  std::optional<Divergence> coarse = first_difference(plan, expected, actual);
  if (!coarse) return coarse;
  Result<std::optional<Divergence>> fine =
      bisect(engine, plan, samples[coarse->sample], coarse->sample);
  if (!fine.ok()) {
    coarse->what += fmt::format(" (can't be traced to an operator: {})", fine.error().message);
    return coarse;
  }
  return *fine ? *fine : coarse;
}

}  // namespace mote
