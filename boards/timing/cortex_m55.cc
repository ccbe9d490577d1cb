// SPDX-License-Identifier: Apache-2.0
// Cortex-M55 with MVE. A vector instruction takes two beats of 64 bits in its pipe; the next one
// starts with the second beat if it goes to another pipe, so a load and a multiply-accumulate
// overlap. The figures are those of LLVM's ARMScheduleM55.td (contributed by Arm), which follows
// the Cortex-M55 software optimization guide. Low-overhead loops: LE costs nothing but in the first
// round, where it is an ordinary branch; that is counted with DLS or WLS. Vector gathers are taken
// to bring one word a cycle.
#include "boards/timing/core_timing.h"

namespace mote::timing {
namespace {

using enum Class;

constexpr Cost vector_cost(Pipe pipe, uint8_t latency, uint8_t busy = 2) {
  return {.issue = 1, .latency = latency, .pipe = pipe, .busy = busy};
}

constexpr Costs kCosts = costs({
    {kAluShifted, {.latency = 2}},
    {kSimd, {.latency = 2}},
    {kMultiply, {.latency = 2}},
    {kMultiplyAdd, {.latency = 2}},
    {kMultiplyLong, {.latency = 2}},
    {kMultiplyAddLong, {.latency = 2}},
    {kDivide, {.issue = 6}},
    {kLoad, {.latency = 2}},
    {kLoadNarrow, {.latency = 2}},
    {kLoadDouble, {.latency = 2}},
    {kLoadMultiple, {.issue = 0, .words_per_cycle = 2}},
    {kStoreMultiple, {.issue = 0, .words_per_cycle = 2}},
    {kTableBranch, {.issue = 2}},
    {kLoopStart, {.issue = 3}},  // with the first LE's jump
    {kLoopEnd, {.issue = 0}},
    {kSystem, {.issue = 2}},
    {kBarrier, {.issue = 4}},
    {kFpAlu, {.latency = 2, .pipe = Pipe::kVectorFloat}},
    {kFpMultiply, {.latency = 2, .pipe = Pipe::kVectorFloat}},
    {kFpMultiplyAdd, {.latency = 4, .pipe = Pipe::kVectorFloat}},
    {kFpFused, {.latency = 2, .pipe = Pipe::kVectorFloat}},
    {kFpDivide, {.latency = 16, .pipe = Pipe::kVectorFloat, .busy = 14}},
    {kFpMove, {.latency = 2, .pipe = Pipe::kVectorFloat}},
    {kFpLoad, {.latency = 2, .pipe = Pipe::kVectorMemory}},
    {kFpLoadDouble, {.latency = 2, .pipe = Pipe::kVectorMemory}},
    {kFpLoadMultiple, {.issue = 0, .words_per_cycle = 2}},
    {kFpStore, {.pipe = Pipe::kVectorMemory}},
    {kFpStoreDouble, {.pipe = Pipe::kVectorMemory}},
    {kFpStoreMultiple, {.issue = 0, .words_per_cycle = 2}},
    {kFpAlu64, {.latency = 15, .pipe = Pipe::kVectorFloat, .busy = 13}},
    {kFpMultiply64, {.latency = 21, .pipe = Pipe::kVectorFloat, .busy = 19}},
    {kFpMultiplyAdd64, {.latency = 36, .pipe = Pipe::kVectorFloat, .busy = 34}},
    {kFpDivide64, {.latency = 30, .pipe = Pipe::kVectorFloat, .busy = 28}},
    {kVectorLoad, vector_cost(Pipe::kVectorMemory, 1)},
    {kVectorGather, vector_cost(Pipe::kVectorMemory, 4, 4)},
    {kVectorStore, vector_cost(Pipe::kVectorMemory, 1)},
    {kVectorScatter, vector_cost(Pipe::kVectorMemory, 4, 4)},
    {kVectorAlu, vector_cost(Pipe::kVectorInteger, 1)},
    {kVectorReduce, vector_cost(Pipe::kVectorInteger, 3)},
    {kVectorMultiply, vector_cost(Pipe::kVectorFloat, 2)},
    {kVectorFloat, vector_cost(Pipe::kVectorFloat, 2)},
    {kVectorCompare, vector_cost(Pipe::kVectorFloat, 1)},
    {kVectorMove, vector_cost(Pipe::kVectorFloat, 1)},
});

/// What can issue beside another 16-bit instruction.
bool is_light(const Instruction& i) {
  bool adds = i.mnemonic == "adds" || i.mnemonic == "subs" || i.mnemonic == "movs";
  bool moves = i.mnemonic == "mov" || i.kind == kNop || i.kind == kIfThen;
  return adds || moves || (i.kind == kExtend && i.mnemonic.substr(1, 2) == "xt") ||
         i.kind == kBranch || i.kind == kConditionalBranch;
}

bool may_pair(const Instruction& older, const Instruction& younger) {
  return older.bytes == 2 && younger.bytes == 2 && !is_branch(older) &&
         (is_light(older) || is_light(younger));
}

double taken(std::span<const Instruction> code, const Instruction*) {
  return code.back().kind == kLoopEnd ? 0 : 2 + is_indirect(code.back());
}

}  // namespace

constinit const CoreTiming kCortexM55 = [] {
  CoreTiming core;
  core.info = {.core = "cortex-m55",
               .source = "LLVM ARMScheduleM55.td, after Arm's software optimization guide",
               .stated_error = 0.25,
               .peak_macs_per_cycle = 8,    // VMLADAV.S8: 16 in two beats
               .peak_bytes_per_cycle = 8};  // VLDRB: 16 in two beats
  core.costs = kCosts;
  core.may_pair = may_pair;
  core.taken = taken;
  core.addend_late = 1;
  core.store_late = 1;
  return core;
}();

}  // namespace mote::timing
