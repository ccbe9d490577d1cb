// SPDX-License-Identifier: Apache-2.0
#include "bench/dut/virtual_clock.h"

#include <algorithm>
#include <tuple>

#include "boards/board_memory.h"

namespace mote::dut {
namespace {

auto key(const BlockEdge& edge) {
  return std::tuple(edge.from, edge.to, edge.count);
}

auto key(const BlockMisses& row) {
  return std::tuple(row.block, row.fetch_misses, row.read_misses);
}

template <typename Row>
void sort_rows(std::vector<Row>* rows) {
  std::sort(rows->begin(), rows->end(), [](const Row& a, const Row& b) { return key(a) < key(b); });
}

template <typename Row>
bool same_rows(const std::vector<Row>& a, const std::vector<Row>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Row& x, const Row& y) { return key(x) == key(y); });
}

}  // namespace

bool VirtualClock::Way::operator==(const Way& other) const {
  return same_rows(edges, other.edges) && same_rows(misses, other.misses);
}

Result<VirtualClock> VirtualClock::make(const BoardTarget& target, const ModelFirmware& firmware,
                                        bool full) {
  const CoreTiming* timing = find_core_timing(target.core());
  if (timing) return VirtualClock(*timing, target, firmware, full);
  return fail("{}: there is no timing model of {}, so its time can't be told", target.name,
              target.core());
}

VirtualClock::VirtualClock(const CoreTiming& timing, const BoardTarget& target,
                           const ModelFirmware& firmware, bool full)
    : firmware_(&firmware),
      estimator_(timing, firmware.elf.file, firmware.elf.elf),
      costs_(miss_costs(*target.board)),
      clock_mhz_(target.board->clock_mhz),
      full_(full) {}

Result<uint32_t> VirtualClock::mark() const {
  for (const ElfFunction& function : firmware_->elf.elf.functions) {
    if (function.name == "mote_ask") return function.address;
  }
  return fail("{}: has no mote_ask()", firmware_->elf.name());
}

bool VirtualClock::counts(const Block& block) {
  auto [at, added] = counted_.try_emplace(block.address, false);
  if (added) at->second = !firmware_->is_harness(block.address);
  return at->second;
}

void VirtualClock::add(const ExecutionCounts& counts_so_far, const Segment& segment) {
  const std::vector<Block>& blocks = counts_so_far.blocks;
  std::vector<double> cycles = estimator_.cycles(counts_so_far, segment, costs_);
  last_cycles_ = 0;
  for (size_t i = 0; i < cycles.size(); ++i) {
    if (cycles[i] != 0 && counts(blocks[i])) last_cycles_ += cycles[i];
  }
  cycles_ += last_cycles_;

  way_before_ = std::move(way_);
  way_ = {};
  for (const BlockEdge& edge : segment.edges) {
    if (counts(blocks[edge.to])) way_.edges.push_back(edge);
  }
  for (const BlockMisses& misses : segment.misses) {
    if (counts(blocks[misses.block])) way_.misses.push_back(misses);
  }
  sort_rows(&way_.edges);
  sort_rows(&way_.misses);
}

uint32_t VirtualClock::skip(uint32_t done, uint32_t count) {
  // What came before the first inference's end is more than that inference.
  if (done == 1) forget_way();
  if (full_ || way_before_.edges.empty() || !(way_before_ == way_)) return 0;
  cycles_ += last_cycles_ * (count - done);
  return count - done;
}

}  // namespace mote::dut
