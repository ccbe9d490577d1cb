// SPDX-License-Identifier: Apache-2.0
// Cortex-M33. Arm publishes no cycle table; these are measurements on an RP2350 (r1p0) by
// github.com/jnk0le/random, "pipeline cycle test/doc/cortex_m33.md", and for floating-point
// division and double transfers the Cortex-M4's figures. Two 16-bit instructions issue together if
// the second one is a branch, IT or NOP.
#include "boards/timing/core_timing.h"

namespace mote::timing {
namespace {

using enum Class;

constexpr Costs kCosts = costs({
    {kAluShifted, {.latency = 2}},
    {kSimd, {.latency = 2}},
    {kMultiply, {.latency = 2}},
    {kMultiplyAdd, {.latency = 2}},
    {kMultiplyLong, {.latency = 2}},
    {kMultiplyAddLong, {.latency = 2}},
    {kDivide, {.issue = 6}},  // 2 to 12, as on Cortex-M4
    {kLoad, {.latency = 2}},
    {kLoadNarrow, {.latency = 2}},
    {kLoadDouble, {.issue = 2, .latency = 3}},
    {kLoadMultiple, {.issue = 0, .words_per_cycle = 1}},
    {kStoreDouble, {.issue = 2}},
    {kStoreMultiple, {.issue = 0, .words_per_cycle = 1}},
    {kTableBranch, {.issue = 2}},
    {kSystem, {.issue = 2}},
    {kBarrier, {.issue = 4}},
    {kFpAlu, {.latency = 2, .pipe = Pipe::kFp}},
    {kFpMultiply, {.latency = 2, .pipe = Pipe::kFp}},
    {kFpMultiplyAdd, {.latency = 3, .pipe = Pipe::kFp, .busy = 3}},
    {kFpFused, {.latency = 3, .pipe = Pipe::kFp, .busy = 3}},
    {kFpDivide, {.issue = 14, .latency = 14, .pipe = Pipe::kFp, .busy = 14}},
    {kFpLoad, {.latency = 2}},
    {kFpLoadDouble, {.issue = 2, .latency = 3}},
    {kFpLoadMultiple, {.issue = 0, .words_per_cycle = 1}},
    {kFpStoreDouble, {.issue = 2}},
    {kFpStoreMultiple, {.issue = 0, .words_per_cycle = 1}},
});

bool may_pair(const Instruction& older, const Instruction& younger) {
  bool second = younger.kind == kBranch || younger.kind == kConditionalBranch ||
                younger.kind == kIfThen || younger.kind == kNop;
  return second && older.bytes == 2 && younger.bytes == 2 && !is_branch(older);
}

/// MULS, the only multiplication that sets flags, takes two cycles.
int tail(const Instruction& instruction, const Instruction*) {
  return instruction.kind == kMultiply && (instruction.writes & kFlags) != 0;
}

/// A branch takes one cycle more if the instruction before it has just set the flags that it tests.
double taken(std::span<const Instruction> code, const Instruction*) {
  bool tests = code.back().kind == kConditionalBranch && code.size() > 1 &&
               (code[code.size() - 2].writes & kFlags) != 0;
  bool paired = code.size() > 1 && may_pair(code[code.size() - 2], code.back());
  return 1 + (tests && paired) + is_indirect(code.back());
}

}  // namespace

constinit const CoreTiming kCortexM33 = [] {
  CoreTiming core;
  core.info = {.core = "cortex-m33",
               .source = "measurements on an RP2350 (jnk0le/random); divisions as on Cortex-M4",
               .stated_error = 0.15,
               .peak_macs_per_cycle = 2,  // SMLAD
               .peak_bytes_per_cycle = 4};
  core.costs = kCosts;
  core.may_pair = may_pair;
  core.tail = tail;
  core.taken = taken;
  core.addend_late = 1;
  core.store_late = 1;
  return core;
}();

}  // namespace mote::timing
