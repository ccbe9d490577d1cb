// SPDX-License-Identifier: Apache-2.0
// A bare hart for tests: a program of instruction words in RAM, which ends with the trap of an
// ebreak.
#ifndef MOTE_BOARDS_RV32_RV32_TEST_SUPPORT_H_
#define MOTE_BOARDS_RV32_RV32_TEST_SUPPORT_H_

#include <gtest/gtest.h>

#include <vector>

#include "boards/rv32/encode.h"
#include "boards/rv32/hart.h"

namespace mote::rv32 {

inline constexpr uint32_t kFlash = 0x20000000, kRam = 0x80000000, kMemoryBytes = 0x10000;
/// Where test programs keep data.
inline constexpr uint32_t kData = kRam + 0x8000;
inline constexpr uint32_t kZero = 0, kA0 = 10, kA1 = 11, kA2 = 12;
inline constexpr uint32_t kNop = 0x00000013, kEbreak = 0x00100073;

class TestMachine {
 public:
  explicit TestMachine(const std::vector<uint32_t>& program) {
    uint32_t address = kRam;
    for (uint32_t word : program) {
      memory_.store(address, word);
      address += 4;
    }
    memory_.store(address, kEbreak);
  }

  Stop run(uint64_t limit = 1000000) { return hart.run(limit); }

  /// Runs the program with two arguments; a0 at its end.
  uint32_t result(uint32_t a1 = 0, uint32_t a2 = 0) {
    hart.set_reg(kA1, a1);
    hart.set_reg(kA2, a2);
    EXPECT_EQ(run(), Stop::kTrap);
    EXPECT_EQ(hart.trap().cause, Cause::kBreakpoint);
    return static_cast<uint32_t>(hart.reg(kA0));
  }
  uint32_t word(uint32_t address) const {
    uint32_t value = 0;
    EXPECT_TRUE(memory_.load(address, &value));
    return value;
  }
  const Memory& memory() const { return memory_; }

 private:
  std::vector<uint8_t> flash_ = std::vector<uint8_t>(kMemoryBytes);
  std::vector<uint8_t> ram_ = std::vector<uint8_t>(kMemoryBytes);
  Memory memory_{{kFlash, kMemoryBytes, flash_.data()}, {kRam, kMemoryBytes, ram_.data()}};

 public:
  Hart hart{memory_, kRam};
};

/// lui and addi that put a constant into a register.
inline std::vector<uint32_t> load_constant(uint32_t rd, uint32_t value) {
  return {u_type(Op::lui, rd, value + 0x800), i_type(Op::addi, rd, rd, value)};
}

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_RV32_TEST_SUPPORT_H_
