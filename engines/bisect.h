// SPDX-License-Identifier: Apache-2.0
// Compares engines with the interpreter and, where one differs, finds the first operator and
// element that does.
#ifndef MOTE_ENGINES_BISECT_H_
#define MOTE_ENGINES_BISECT_H_

#include <optional>

#include "engines/engine.h"

namespace mote {

/// Where an engine left the truth.
struct Divergence {
  size_t sample = 0;
  std::string where;  // "operator 3 CONV_2D (output 'x')", or "output 0 'x'"
  std::string what;   // the comparator's description of the first element
};

/// Runs `engine` on the samples and compares its outputs with `expected`. On a difference, traces
/// that sample through the engine and compares each operator's result with the interpreter's over
/// plan.graph. Errors: the engine's own.
Result<std::optional<Divergence>> compare_engine(Engine& engine, const Plan& plan,
                                                 const std::vector<Values>& samples,
                                                 const std::vector<Values>& expected);

/// Where each operator's results can be seen in the arena: right after its last step.
struct ResultProbe {
  size_t node = 0;
  TensorId tensor = kAbsent;
  Probe probe;
};
std::vector<ResultProbe> result_probes(const Plan& plan);

}  // namespace mote

#endif  // MOTE_ENGINES_BISECT_H_
