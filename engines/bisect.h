// SPDX-License-Identifier: Apache-2.0
// Compares engines with the interpreter and, where one differs, finds the first operator and
// element that does.
#ifndef MOTE_ENGINES_BISECT_H_
#define MOTE_ENGINES_BISECT_H_

#include <optional>

#include "engines/engine.h"
#include "ir/comparator.h"

namespace mote {

/// Where an engine left the truth.
struct Divergence {
  size_t sample = 0;
  std::string where;  // "operator 3 CONV_2D (output 'x')", or "output 0 'x'"
  std::string what;   // the comparator's description of the first element
};

/// What comparing an engine with the truth gave.
struct Comparison {
  std::optional<Divergence> divergence;  // nothing: all agree
  bool identical = true;  // every byte; false where floats agree within the tolerance only
  size_t operators = 0;   // operator results that were compared, besides the outputs
};

/// Runs `engine` on the samples and compares its outputs with `expected`; then traces the first
/// sample that differs, or the first one at all, through the engine and compares each operator's
/// result with the interpreter's over plan.graph, since a later operator may hide a difference
/// (SOFTMAX saturates). The samples are one sequence for a model with variables. Results inside of
/// loops and branches aren't looked at, only what the operator around them gives. Engines without
/// an arena are compared by outputs alone. Errors: the engine's own. REQUIRES: at least one sample.
Result<Comparison> compare_engine(Engine& engine, const Plan& plan,
                                  const std::vector<Values>& samples,
                                  const std::vector<Values>& expected,
                                  FloatTolerance tolerance = {});

/// Where each operator's results can be seen in the arena: right after its last step.
struct ResultProbe {
  size_t node = 0;
  TensorId tensor = kAbsent;
  Probe probe;
};
std::vector<ResultProbe> result_probes(const Plan& plan);

}  // namespace mote

#endif  // MOTE_ENGINES_BISECT_H_
