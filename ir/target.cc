// SPDX-License-Identifier: Apache-2.0
#include "ir/target.h"

#include <algorithm>

#include "base/eight.h"

namespace mote {

std::span<const Target> targets() {
  static const Target kTargets[] = {
      {.name = "reference"},
      {.name = "host", .packed = true, .fpu = true, .avx2 = has_eight()},
      {.name = "cortex-m0", .packed = true},
      {.name = "cortex-m0plus", .packed = true},
      {.name = "cortex-m3", .packed = true},
      {.name = "cortex-m4", .packed = true, .dsp = true, .fpu = true},
      {.name = "cortex-m7", .packed = true, .dsp = true, .fpu = true, .fused = true},
      {.name = "cortex-m33", .packed = true, .dsp = true, .fpu = true},
      {.name = "cortex-m55", .packed = true, .dsp = true, .fpu = true, .fused = true, .mve = true},
      {.name = "rv32imc", .packed = true},
  };
  return kTargets;
}

std::vector<Target> distinct_targets() {
  std::vector<Target> distinct;
  for (const Target& target : targets()) {
    auto like = [&](const Target& other) { return other.alike(target); };
    if (std::ranges::none_of(distinct, like)) distinct.push_back(target);
  }
  return distinct;
}

Result<Target> target_of_core(std::string_view name) {
  std::string known;
  for (const Target& target : targets()) {
    if (target.name == name) return target;
    known += (known.empty() ? "" : ", ") + target.name;
  }
  return fail("{}: no such target; there are: {}", name, known);
}

}  // namespace mote
