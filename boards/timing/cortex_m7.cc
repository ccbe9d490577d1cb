// SPDX-License-Identifier: Apache-2.0
// Cortex-M7: two instructions a cycle, in order. Arm publishes no cycle table; this follows LLVM's
// ARMScheduleM7.td and the measurements on an STM32H743 and an STM32H730 of
// github.com/jnk0le/random, "pipeline cycle test/doc/cortex_m7.md", and
// quinapalus.com/cm7cycles.html. Left out: the second, later ALU, which lets some dependent pairs
// issue together; bank conflicts of two loads; the slots that short code needs to line up;
// unaligned accesses.
#include "boards/timing/core_timing.h"

namespace mote::timing {
namespace {

using enum Class;

constexpr Costs kCosts = costs({
    {kSimd, {.latency = 2}},
    {kMultiply, {.latency = 2, .pipe = Pipe::kMultiply}},
    {kMultiplyAdd, {.latency = 2, .pipe = Pipe::kMultiply}},
    {kMultiplyLong, {.latency = 2, .pipe = Pipe::kMultiply}},
    {kMultiplyAddLong, {.latency = 2, .pipe = Pipe::kMultiply}},
    {kDivide, {.issue = 7}},
    {kLoadNarrow, {.latency = 2}},
    {kLoadDouble, {.latency = 2}},
    {kLoadMultiple, {.issue = 0, .words_per_cycle = 2}},
    {kStoreMultiple, {.issue = 0, .words_per_cycle = 2}},
    {kTableBranch, {.issue = 2}},
    {kSystem, {.issue = 3}},
    {kBarrier, {.issue = 3}},
    {kFpAlu, {.latency = 3, .pipe = Pipe::kFp}},
    {kFpMultiply, {.latency = 3, .pipe = Pipe::kFp}},
    {kFpMultiplyAdd, {.latency = 6, .pipe = Pipe::kFp}},
    {kFpFused, {.latency = 5, .pipe = Pipe::kFp}},
    {kFpDivide, {.issue = 16, .latency = 16, .pipe = Pipe::kFp, .busy = 16}},
    {kFpMove, {.latency = 3}},
    {kFpLoadDouble, {.latency = 2}},
    {kFpLoadMultiple, {.issue = 0, .words_per_cycle = 2}},
    {kFpStoreMultiple, {.issue = 0, .words_per_cycle = 2}},
    {kFpAlu64, {.latency = 4, .pipe = Pipe::kFp, .busy = 2}},
    {kFpMultiply64, {.latency = 7, .pipe = Pipe::kFp, .busy = 5}},
    {kFpMultiplyAdd64, {.latency = 11, .pipe = Pipe::kFp, .busy = 8}},
    {kFpDivide64, {.issue = 30, .latency = 30, .pipe = Pipe::kFp, .busy = 30}},
});

bool issues_alone(const Instruction& i) {
  switch (i.kind) {
    case kDivide:
    case kLoadDouble:
    case kLoadMultiple:
    case kStoreDouble:
    case kStoreMultiple:
    case kTableBranch:
    case kSystem:
    case kBarrier:
    case kFpDivide64:
    case kFpLoadDouble:
    case kFpLoadMultiple:
    case kFpStoreDouble:
    case kFpStoreMultiple:
    case kUnknown:
      return true;
    default:
      return false;
  }
}

bool is_store(const Instruction& i) {
  return i.kind == kStore || i.kind == kStoreIndexed || i.kind == kFpStore;
}
bool multiplies(const Instruction& i) {
  return i.kind >= kMultiply && i.kind <= kMultiplyAddLong;
}
/// Bit fields, extensions and the DSP extension but for multiplications share one unit.
bool is_bitwise(const Instruction& i) {
  return i.kind == kExtend || i.kind == kSimd;
}
bool shifts_operand(const Instruction& i) {
  return i.kind == kAluShifted || is_bitwise(i);
}

bool may_pair(const Instruction& older, const Instruction& younger) {
  if (issues_alone(older) || issues_alone(younger)) return false;
  if (is_branch(older) && (older.kind != kConditionalBranch || is_branch(younger))) return false;
  if (is_store(older) && is_store(younger)) return false;
  if ((multiplies(older) && is_store(younger)) || (is_store(older) && multiplies(younger))) {
    return false;
  }
  if (is_bitwise(younger)) return false;
  return !(shifts_operand(older) && shifts_operand(younger));
}

/// A branch that is predicted costs no more than its slot; see `mispredict`.
double taken(std::span<const Instruction>, const Instruction*) {
  return 0;
}

}  // namespace

constinit const CoreTiming kCortexM7 = [] {
  CoreTiming core;
  core.info = {.core = "cortex-m7",
               .source = "LLVM ARMScheduleM7.td; measurements of jnk0le/random and quinapalus.com",
               .stated_error = 0.20,
               .peak_macs_per_cycle = 2,    // SMLAD, one a cycle
               .peak_bytes_per_cycle = 8};  // two loads of a word
  core.costs = kCosts;
  core.may_pair = may_pair;
  core.taken = taken;
  core.address_early = 1;
  core.shift_early = 1;
  core.addend_late = 1;
  core.mispredict = 8;
  core.store_late = 2;
  return core;
}();

}  // namespace mote::timing
