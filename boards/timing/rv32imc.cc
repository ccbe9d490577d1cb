// SPDX-License-Identifier: Apache-2.0
// A plain RV32IMC core, with the ESP32-C3's in mind: four stages, one instruction a cycle, a
// multiplier of one cycle. Espressif publishes no cycle table; the branch and load figures are
// those that such a pipeline has (a load's result a cycle later, fetching anew two cycles after a
// branch is taken, one after a direct jump), the division is a bit a cycle. Held against the chip's
// published CoreMark (docs/timing.md).
#include "boards/timing/core_timing.h"

namespace mote::timing {
namespace {

using enum Class;

constexpr Costs kCosts = costs({
    {kDivide, {.issue = 34, .latency = 34}},
    {kLoad, {.latency = 2}},
    {kLoadNarrow, {.latency = 2}},
    {kMultiplyLong, {.issue = 2, .latency = 2}},
    {kSystem, {.issue = 3}},
    {kBarrier, {.issue = 3}},
});

double taken(std::span<const Instruction> code, const Instruction*) {
  bool direct = code.back().kind == kBranch || code.back().kind == kCall;
  return direct ? 1 : 2;
}

}  // namespace

constinit const CoreTiming kRv32imc = [] {
  CoreTiming core;
  core.info = {.core = "rv32imc",
               .source = "a four-stage in-order pipeline, checked with the ESP32-C3's CoreMark",
               .stated_error = 0.15,
               .peak_macs_per_cycle = 1,  // mul; the addition takes a cycle of its own
               .peak_bytes_per_cycle = 4};
  core.thumb = false;
  core.costs = kCosts;
  core.taken = taken;
  return core;
}();

}  // namespace mote::timing
