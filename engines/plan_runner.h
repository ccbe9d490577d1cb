// SPDX-License-Identifier: Apache-2.0
// Runs a plan as it stands, without writing it as an image: the host's kernels over the planned
// arena. `mote verify` uses it to tell a wrong plan from a wrong image.
#ifndef MOTE_ENGINES_PLAN_RUNNER_H_
#define MOTE_ENGINES_PLAN_RUNNER_H_

#include <functional>

#include "base/host/result.h"
#include "compiler/plan.h"
#include "engines/host_engine.h"

namespace mote {

class PlanRunner {
 public:
  /// REQUIRES: the plan outlives the runner; reset() comes before the first run().
  explicit PlanRunner(const Plan& plan);

  /// Gives variables their initial values. Errors: a loop that takes too many turns.
  Result<void> reset();

  /// Runs once; `inputs[i]` is input i's bytes. Errors: a wrong number of inputs or bytes, a loop
  /// that takes too many turns.
  /// `after_step(i)` is called after each step, with arena() as it left it; step i is next, or i is
  /// the number of steps.
  Result<std::vector<Bytes>> run(const std::vector<Bytes>& inputs,
                                 const std::function<void(uint32_t)>& after_step = {});
  const uint8_t* arena() { return arena_.data(); }

 private:
  /// Runs steps from `first` on until step `end` is next.
  Result<void> run_steps(int first, int end, const std::function<void(uint32_t)>& after_step);
  void* address(const PlanOperand& operand);

  const Plan& plan_;
  AlignedBytes arena_, constants_;
};

}  // namespace mote

#endif  // MOTE_ENGINES_PLAN_RUNNER_H_
