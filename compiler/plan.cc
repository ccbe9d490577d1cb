// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan.h"

#include <algorithm>

namespace mote {

uint32_t Plan::constants_bytes() const {
  uint32_t end = 0;
  for (const PlanConstant& constant : constants) {
    end = std::max(end, constant.offset + static_cast<uint32_t>(constant.data.size()));
  }
  return end;
}

bool Plan::has_jumps() const {
  return std::any_of(steps.begin(), steps.end(),
                     [](const PlanStep& step) { return step.kind != PlanStep::kKernel; });
}

std::vector<const KernelInfo*> Plan::kernels() const {
  std::vector<const KernelInfo*> kernels;
  for (const PlanStep& step : steps) {
    if (!step.kernel) continue;
    if (std::find(kernels.begin(), kernels.end(), step.kernel) == kernels.end()) {
      kernels.push_back(step.kernel);
    }
  }
  return kernels;
}

}  // namespace mote
