// SPDX-License-Identifier: Apache-2.0
// Cortex-M3 (ARM DDI 0337I, table 3-1 and "load/store timings"; what the manual leaves open is from
// measurements on an STM32F103 and an STM32F407, github.com/jnk0le/random, "pipeline cycle test").
// Not known: early termination of SMULL and UDIV, which depend on the operands: typical values.
#include "boards/timing/cortex_m34.h"

namespace mote::timing {
namespace {

using enum Class;

bool is_single_load(const Instruction& i) {
  return i.kind == kLoad || i.kind == kLoadNarrow || i.kind == kFpLoad;
}

/// The store's data phase needs no stage that the load occupies; a store with two address registers
/// can follow a load as well, it is what comes after it that must wait.
bool can_follow_load(const Instruction& i) {
  return is_single_load(i) || i.kind == kStore || i.kind == kStoreIndexed || i.kind == kFpStore;
}

constexpr Costs kCosts = costs({
    {kMultiplyAdd, {.issue = 2}},      // MLA, MLS
    {kMultiplyLong, {.issue = 4}},     // 3 to 5
    {kMultiplyAddLong, {.issue = 5}},  // 4 to 7
    {kDivide, {.issue = 6}},           // 2 to 12
    {kLoad, {.latency = 2}},           // 2 with the tail
    {kLoadNarrow, {.latency = 2}},
    {kLoadDouble, {.issue = 3, .latency = 3}},
    {kLoadMultiple, {.words_per_cycle = 1}},
    {kStoreIndexed, {.issue = 2}},
    {kStoreDouble, {.issue = 3}},
    {kStoreMultiple, {.words_per_cycle = 1}},
    {kTableBranch, {.issue = 2}},
    {kSystem, {.issue = 2}},
    {kBarrier, {.issue = 4}},
});

}  // namespace

int cortex_m34_tail(const Instruction& instruction, const Instruction* next) {
  if (!is_single_load(instruction)) return 0;
  if (next == nullptr || !can_follow_load(*next)) return 1;
  return (instruction.writes & next->address_reads) != 0;
}

double cortex_m34_taken(std::span<const Instruction> code, const Instruction* target) {
  return 1 + is_indirect(code.back()) + is_split(target);
}

constinit const CoreTiming kCortexM3 = [] {
  CoreTiming core;
  core.info = {.core = "cortex-m3",
               .source = "ARM DDI 0337I, table 3-1; operand-dependent figures typical",
               .stated_error = 0.15,
               .peak_macs_per_cycle = 0.5,  // MLA takes two
               .peak_bytes_per_cycle = 4};
  core.costs = kCosts;
  core.tail = cortex_m34_tail;
  core.taken = cortex_m34_taken;
  core.address_early = 1;
  core.store_late = 1;
  return core;
}();

}  // namespace mote::timing
