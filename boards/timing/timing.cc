// SPDX-License-Identifier: Apache-2.0
// Cycles of a segment: each block's own cycles as often as it ran, less what it gains by what went
// on before it, what its taken branches cost, and its cache misses. Code is found in the ELF where
// it is stored; what runs elsewhere (functions that start-up code copies to RAM) counts a cycle per
// instruction.
#include "boards/timing/timing.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "boards/timing/core_timing.h"
#include "boards/timing/decode.h"

namespace mote {
namespace {

using timing::Code;
using timing::Instruction;

constexpr const CoreTiming* kCores[] = {
    &timing::kCortexM0, &timing::kCortexM0Plus, &timing::kCortexM3,  &timing::kCortexM4,
    &timing::kCortexM7, &timing::kCortexM33,    &timing::kCortexM55, &timing::kRv32imc,
};

/// A block's instructions and what they cost once.
struct TimedBlock {
  Code code;
  double cycles = 0;
};

/// Where a block's executions went, in one segment.
struct Exits {
  uint64_t all = 0;
  std::unordered_map<uint32_t, uint64_t> by_address;

  /// How many the likeliest one doesn't explain: what a predictor that learns it gets wrong.
  uint64_t unlikely() const {
    uint64_t most = 0;
    for (const auto& [address, count] : by_address) most = std::max(most, count);
    return all - most;
  }
};

}  // namespace

const CoreTiming* find_core_timing(std::string_view core) {
  for (const CoreTiming* timing : kCores) {
    if (timing->info.core == core) return timing;
  }
  return nullptr;
}

const TimingModelInfo& info(const CoreTiming& timing) {
  return timing.info;
}

struct CycleEstimator::Implementation {
  const CoreTiming& core;
  const Bytes& file;
  const Elf& elf;
  std::unordered_map<uint64_t, TimedBlock> blocks = {};
  std::map<std::pair<uint64_t, uint64_t>, double> continued = {};

  std::span<const uint8_t> bytes_at(uint32_t address, uint32_t count) const {
    for (const ElfSegment& segment : elf.segments) {
      if (address < segment.address || address - segment.address >= segment.bytes) continue;
      uint32_t skip = address - segment.address;
      return {file.data() + segment.offset + skip, std::min(count, segment.bytes - skip)};
    }
    return {};
  }

  static uint64_t key_of(const Block& block) { return uint64_t{block.address} << 32 | block.bytes; }

  const TimedBlock& timed(const Block& block) {
    auto [at, added] = blocks.try_emplace(key_of(block));
    TimedBlock& out = at->second;
    if (!added) return out;
    auto bytes = bytes_at(block.address, block.bytes);
    out.code = core.thumb ? timing::decode_thumb(bytes, block.address)
                          : timing::decode_rv32(bytes, block.address);
    if (out.code.size() != block.instructions) out.code.clear();
    out.cycles = out.code.empty() ? static_cast<double>(block.instructions) : core.cycles(out.code);
    return out;
  }

  /// A block's cycles behind another one. QEMU ends blocks at pages, too, where nothing branches:
  /// there the pipeline goes on.
  double cycles_behind(const Block& from, const Block& to) {
    const TimedBlock &source = timed(from), &target = timed(to);
    if (to.address != from.address + from.bytes || source.code.empty() || target.code.empty() ||
        timing::is_branch(source.code.back())) {
      return target.cycles;
    }
    auto [at, added] = continued.try_emplace({key_of(from), key_of(to)});
    if (added) {
      Code both = source.code;
      both.insert(both.end(), target.code.begin(), target.code.end());
      at->second = core.cycles(both) - source.cycles;
    }
    return at->second;
  }

  double taken_cycles(const Block& from, const Block& to) {
    const TimedBlock& source = timed(from);
    if (to.address == from.address + from.bytes || source.code.empty()) return 0;
    if (!timing::is_branch(source.code.back())) return 0;
    const Code& target = timed(to).code;
    return core.taken(source.code, target.empty() ? nullptr : &target.front());
  }
};

CycleEstimator::CycleEstimator(const CoreTiming& timing, const Bytes& elf_file, const Elf& elf)
    : implementation_(new Implementation{timing, elf_file, elf}) {}
CycleEstimator::~CycleEstimator() = default;
CycleEstimator::CycleEstimator(CycleEstimator&&) noexcept = default;

std::vector<double> CycleEstimator::cycles(const ExecutionCounts& counts, const Segment& segment,
                                           const MissCosts& costs) {
  Implementation& self = *implementation_;
  std::vector<double> cycles(counts.blocks.size());
  std::unordered_map<uint32_t, Exits> exits;
  for (const BlockEdge& edge : segment.edges) {
    const Block& to = counts.blocks[edge.to];
    auto times = static_cast<double>(edge.count);
    if (edge.from == MOTE_DUMP_NO_BLOCK) {
      cycles[edge.to] += times * self.timed(to).cycles;
      continue;
    }
    const Block& from = counts.blocks[edge.from];
    cycles[edge.to] += times * self.cycles_behind(from, to);
    cycles[edge.from] += times * self.taken_cycles(from, to);
    exits[edge.from].all += edge.count;
    exits[edge.from].by_address[to.address] += edge.count;
  }
  for (const auto& [from, exit] : exits) {
    const Code& code = self.timed(counts.blocks[from]).code;
    if (code.empty() || !timing::is_branch(code.back())) continue;
    cycles[from] += self.core.mispredict * static_cast<double>(exit.unlikely());
  }
  for (const BlockMisses& misses : segment.misses) {
    cycles[misses.block] += costs.fetch * static_cast<double>(misses.fetch_misses) +
                            costs.read * static_cast<double>(misses.read_misses);
  }
  return cycles;
}

}  // namespace mote
