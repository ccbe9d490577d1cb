// SPDX-License-Identifier: Apache-2.0
// Machine code as halfwords, and a whole run made of counts alone.
#ifndef MOTE_BOARDS_TIMING_TIMING_TEST_SUPPORT_H_
#define MOTE_BOARDS_TIMING_TIMING_TEST_SUPPORT_H_

#include <initializer_list>

#include "boards/timing/core_timing.h"
#include "boards/timing/decode.h"

namespace mote::timing {

inline constexpr uint32_t kCodeAddress = 0x1000;

inline Bytes halves_to_bytes(std::initializer_list<uint16_t> halves) {
  Bytes bytes;
  for (uint16_t half : halves) {
    bytes.push_back(half & 255);
    bytes.push_back(half >> 8);
  }
  return bytes;
}

inline Code thumb(std::initializer_list<uint16_t> halves) {
  return decode_thumb(halves_to_bytes(halves), kCodeAddress);
}
inline Code rv32(std::initializer_list<uint16_t> halves) {
  return decode_rv32(halves_to_bytes(halves), kCodeAddress);
}

/// Cycles of straight code, its last branch not taken.
inline double straight(const CoreTiming& core, std::initializer_list<uint16_t> halves) {
  return core.cycles(core.thumb ? thumb(halves) : rv32(halves));
}

/// Cycles of a loop that runs `times` times: this code, whose last instruction jumps to its first.
inline double loop(const CoreTiming& core, std::initializer_list<uint16_t> halves, uint64_t times) {
  Bytes file = halves_to_bytes(halves);
  auto bytes = static_cast<uint32_t>(file.size());
  Elf elf;
  elf.segments = {{kCodeAddress, bytes, 0}};
  size_t instructions = core.thumb ? thumb(halves).size() : rv32(halves).size();
  ExecutionCounts counts;
  counts.blocks = {{kCodeAddress, bytes, static_cast<uint32_t>(instructions), 0, times}};
  Segment segment;
  segment.edges = {{MOTE_DUMP_NO_BLOCK, 0, 1}, {0, 0, times - 1}};
  return CycleEstimator(core, file, elf).cycles(counts, segment, {})[0];
}

}  // namespace mote::timing

#endif  // MOTE_BOARDS_TIMING_TIMING_TEST_SUPPORT_H_
