// SPDX-License-Identifier: Apache-2.0
// Cortex-M0 and Cortex-M0+: every instruction takes its own time, nothing overlaps. Multiplication
// is a choice of the chip's maker, 1 cycle or 32; both models take the fast one, which the RP2040,
// STM32G0 and nRF51 have.
#include "boards/timing/core_timing.h"

namespace mote::timing {
namespace {

using enum Class;

// ARM DDI 0432C (Cortex-M0), table 3-1, and ARM DDI 0484C (Cortex-M0+), table 3-1, agree on these.
// `system` are MRS, MSR and barriers: 4 and 3.
constexpr Costs cortex_m0_costs(uint8_t system) {
  return costs({
      {kLoad, {.issue = 2}},
      {kLoadNarrow, {.issue = 2}},
      {kLoadMultiple, {.words_per_cycle = 1}},
      {kStore, {.issue = 2}},
      {kStoreIndexed, {.issue = 2}},
      {kStoreMultiple, {.words_per_cycle = 1}},
      {kMultiply, {.issue = 1}},
      {kSystem, {.issue = system}},
      {kBarrier, {.issue = system}},
  });
}

/// M0: B 3, BX 3, BLX 3, BL 4; POP with PC 4 + N, which is 1 + N and 3.
double cortex_m0_taken(std::span<const Instruction> code, const Instruction*) {
  bool slow = code.back().kind == kCall || code.back().kind == kLoadMultiple;
  return slow ? 3 : 2;
}

/// M0+, whose pipeline is a stage shorter: B 2, BX 2, BLX 2, BL 3; POP with PC 3 + N.
double cortex_m0plus_taken(std::span<const Instruction> code, const Instruction*) {
  bool slow = code.back().kind == kCall || code.back().kind == kLoadMultiple;
  return slow ? 2 : 1;
}

constexpr CoreTiming cortex_m0(std::string_view name, std::string_view source) {
  CoreTiming core;
  core.info = {.core = name,
               .source = source,
               .stated_error = 0.15,
               .peak_macs_per_cycle = 1,    // MULS; the addition takes a cycle of its own
               .peak_bytes_per_cycle = 2};  // LDR takes two
  return core;
}

}  // namespace

constinit const CoreTiming kCortexM0 = [] {
  CoreTiming core = cortex_m0("cortex-m0", "ARM DDI 0432C, table 3-1, fast multiplier");
  core.costs = cortex_m0_costs(4);
  core.taken = cortex_m0_taken;
  return core;
}();

constinit const CoreTiming kCortexM0Plus = [] {
  CoreTiming core = cortex_m0("cortex-m0plus", "ARM DDI 0484C, table 3-1, fast multiplier");
  core.costs = cortex_m0_costs(3);
  core.taken = cortex_m0plus_taken;
  return core;
}();

}  // namespace mote::timing
