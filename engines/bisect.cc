// SPDX-License-Identifier: Apache-2.0
#include "engines/bisect.h"

#include <algorithm>

#include "ir/interpreter.h"
#include "ir/verifier.h"

namespace mote {
namespace {

/// Compares one tensor; notes in `comparison` if it agrees but isn't the same bytes.
std::optional<Difference> check(const Tensor& tensor, const Bytes& expected, const Bytes& actual,
                                FloatTolerance tolerance, Comparison* comparison) {
  if (expected == actual) return std::nullopt;
  comparison->identical = false;
  return compare(tensor, expected, actual, tolerance);
}

/// Compares all outputs of all samples, up to the first that differs.
void compare_outputs(const Plan& plan, const std::vector<Values>& expected,
                     const std::vector<Values>& actual, FloatTolerance tolerance,
                     Comparison* comparison) {
  for (size_t s = 0; s < expected.size(); ++s) {
    for (size_t o = 0; o < expected[s].size(); ++o) {
      const Tensor& tensor = plan.graph.tensor(plan.outputs[o].tensor);
      auto difference = check(tensor, expected[s][o], actual[s][o], tolerance, comparison);
      if (!difference) continue;
      comparison->divergence = Divergence{s, fmt::format("output {} '{}'", o, tensor.name),
                                          describe(tensor, *difference)};
      return;
    }
  }
}

/// Compares each operator's result for the last sample, up to the first that differs.
Result<void> compare_operators(Engine& engine, const Plan& plan, const std::vector<Values>& samples,
                               FloatTolerance tolerance, Comparison* comparison) {
  MOTE_TRY(Interpreter truth, Interpreter::make(plan.graph));
  for (const Values& sample : samples) MOTE_CHECK_OK(truth.run(sample));
  std::vector<ResultProbe> places = result_probes(plan);
  std::vector<Probe> probes;
  for (const ResultProbe& place : places) probes.push_back(place.probe);
  MOTE_TRY(std::vector<Bytes> seen, engine.trace(samples, probes));
  for (size_t i = 0; i < seen.size() && i < places.size(); ++i) {
    const Tensor& tensor = plan.graph.tensor(places[i].tensor);
    auto difference = check(tensor, truth.value(places[i].tensor), seen[i], tolerance, comparison);
    if (difference) {
      comparison->divergence = Divergence{samples.size() - 1, locate(plan.graph, places[i].node),
                                          describe(tensor, *difference)};
      return {};
    }
    ++comparison->operators;
  }
  return {};
}

}  // namespace

std::vector<ResultProbe> result_probes(const Plan& plan) {
  std::vector<int> last_step(plan.graph.nodes.size(), -1);
  for (size_t s = static_cast<size_t>(plan.init_steps); s < plan.steps.size(); ++s) {
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

Result<Comparison> compare_engine(Engine& engine, const Plan& plan,
                                  const std::vector<Values>& samples,
                                  const std::vector<Values>& expected, FloatTolerance tolerance) {
  Comparison comparison;
  MOTE_TRY(std::vector<Values> actual, engine.run(samples));
  compare_outputs(plan, expected, actual, tolerance, &comparison);
  if (!engine.has_arena()) return comparison;
  size_t number = comparison.divergence ? comparison.divergence->sample : 0;
  std::vector<Values> traced = {samples[number]};
  if (plan.state_bytes != 0) traced.assign(samples.begin(), samples.begin() + long(number) + 1);
  MOTE_CHECK_OK(compare_operators(engine, plan, traced, tolerance, &comparison));
  if (comparison.divergence) comparison.divergence->sample = number;
  return comparison;
}

}  // namespace mote
