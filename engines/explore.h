// SPDX-License-Identifier: Apache-2.0
// What a model costs on a board in all the ways in which mote can compile it.
#ifndef MOTE_ENGINES_EXPLORE_H_
#define MOTE_ENGINES_EXPLORE_H_

#include <functional>

#include "compiler/fit_arena.h"
#include "engines/profile.h"

namespace mote {

struct Variant {
  Target kernels;
  Arrangement arrangement;
  bool weights_in_ram = false;
  Profile profile;
  bool best = false;  // no other is as good in time, RAM and flash and better in one of them

  /// Estimated cycles; instructions where the core has no timing model.
  double time() const;
};

/// What a variant can be best in.
enum class Objective { kLatency, kRam, kFlash };

/// Profiles `sample` in each variant: the target's kernels and the reference kernels, each as the
/// model is and in bands (compiler/fit_arena.h) as far as the arena may take `max_arena` bytes;
/// with the target's kernels on a board that has waits for its flash, with weights in RAM, too,
/// where they fit. `progress` is called before each. Errors: no variant fits into max_arena; those
/// of profile_model().
Result<std::vector<Variant>> explore(const Graph& graph, const std::string& model,
                                     const BoardTarget& target, const Values& sample,
                                     uint32_t max_arena,
                                     const std::function<void(const std::string&)>& progress);

/// The variant that is best in `objective`; among equals the faster one. REQUIRES: not empty.
const Variant& choose(const std::vector<Variant>& variants, Objective objective);

}  // namespace mote

#endif  // MOTE_ENGINES_EXPLORE_H_
