// SPDX-License-Identifier: Apache-2.0
// Cortex-M4 with FPU (ARM DDI 0439D, tables 3-1, 3-2 and 7-1): the Cortex-M3 with a multiplier that
// does everything in one cycle, two 16-bit products included.
#include "boards/timing/cortex_m34.h"

namespace mote::timing {
namespace {

using enum Class;

constexpr Costs kCosts = costs({
    {kDivide, {.issue = 6}},  // 2 to 12
    {kLoad, {.latency = 2}},  // 2 with the tail
    {kLoadNarrow, {.latency = 2}},
    {kLoadDouble, {.issue = 3, .latency = 3}},
    {kLoadMultiple, {.words_per_cycle = 1}},
    {kStoreIndexed, {.issue = 2}},
    {kStoreDouble, {.issue = 3}},
    {kStoreMultiple, {.words_per_cycle = 1}},
    {kTableBranch, {.issue = 2}},
    {kSystem, {.issue = 2}},
    {kBarrier, {.issue = 4}},
    {kFpAlu, {.latency = 2}},
    {kFpMultiply, {.latency = 2}},
    {kFpMultiplyAdd, {.issue = 3, .latency = 4}},
    {kFpFused, {.issue = 3, .latency = 4}},
    {kFpDivide, {.issue = 14, .latency = 14}},
    {kFpLoad, {.latency = 2}},
    {kFpLoadDouble, {.issue = 3, .latency = 3}},
    {kFpLoadMultiple, {.words_per_cycle = 1}},
    {kFpStore, {.issue = 2}},
    {kFpStoreDouble, {.issue = 3}},
    {kFpStoreMultiple, {.words_per_cycle = 1}},
});

}  // namespace

constinit const CoreTiming kCortexM4 = [] {
  CoreTiming core;
  core.info = {.core = "cortex-m4",
               .source = "ARM DDI 0439D, tables 3-1, 3-2 and 7-1; divisions typical",
               .stated_error = 0.15,
               .peak_macs_per_cycle = 2,  // SMLAD
               .peak_bytes_per_cycle = 4};
  core.costs = kCosts;
  core.tail = cortex_m34_tail;
  core.taken = cortex_m34_taken;
  core.address_early = 1;
  core.store_late = 1;
  return core;
}();

}  // namespace mote::timing
