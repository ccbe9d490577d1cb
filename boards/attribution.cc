// SPDX-License-Identifier: Apache-2.0
#include "boards/attribution.h"

namespace mote {

void add_costs(const ExecutionCounts& counts, const Segment& segment,
               const std::vector<double>& cycles, const Elf& elf, CostByFunction* costs) {
  std::map<uint32_t, uint64_t> executions;  // by block
  for (const BlockEdge& edge : segment.edges) executions[edge.to] += edge.count;
  for (const auto& [index, times] : executions) {
    const Block& block = counts.blocks[index];
    Cost& cost = (*costs)[elf.function_at(block.address)];
    cost.instructions += block.instructions * times;
    if (!cycles.empty()) cost.cycles += cycles[index];
  }
}

}  // namespace mote
