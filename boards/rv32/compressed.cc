// SPDX-License-Identifier: Apache-2.0
// Every compressed instruction is short for a 32-bit one; compressed.inc says which. Here are its
// scattered immediates.
#include "boards/rv32/encode.h"

namespace mote::rv32 {
namespace {

constexpr uint32_t kZero = 0, kRa = 1, kSp = 2;

}  // namespace

uint32_t expand(uint16_t half) {
  using enum Op;
  const uint32_t rd = bits(half, 11, 7, 0), rs2 = bits(half, 6, 2, 0);
  const uint32_t rdp = 8 + bits(half, 4, 2, 0), rs1p = 8 + bits(half, 9, 7, 0);
  const uint32_t shift = bits(half, 12, 12, 5) | bits(half, 6, 2, 0);
  const uint32_t imm6 = sign_extended(shift, 26);
  const uint32_t addi4spn_imm =
      bits(half, 12, 11, 4) | bits(half, 10, 7, 6) | bits(half, 6, 6, 2) | bits(half, 5, 5, 3);
  const uint32_t addi16sp_imm =
      sign_extended(bits(half, 12, 12, 9) | bits(half, 6, 6, 4) | bits(half, 5, 5, 6) |
                        bits(half, 4, 3, 7) | bits(half, 2, 2, 5),
                    22);
  const uint32_t word_offset = bits(half, 12, 10, 3) | bits(half, 6, 6, 2) | bits(half, 5, 5, 6);
  const uint32_t lwsp_offset = bits(half, 12, 12, 5) | bits(half, 6, 4, 2) | bits(half, 3, 2, 6);
  const uint32_t swsp_offset = bits(half, 12, 9, 2) | bits(half, 8, 7, 6);
  const uint32_t branch_offset =
      sign_extended(bits(half, 12, 12, 8) | bits(half, 11, 10, 3) | bits(half, 6, 5, 6) |
                        bits(half, 4, 3, 1) | bits(half, 2, 2, 5),
                    23);
  const uint32_t jump_offset = sign_extended(
      bits(half, 12, 12, 11) | bits(half, 11, 11, 4) | bits(half, 10, 9, 8) | bits(half, 8, 8, 10) |
          bits(half, 7, 7, 6) | bits(half, 6, 6, 7) | bits(half, 5, 3, 1) | bits(half, 2, 2, 5),
      20);
#define RVC(mnemonic, match, mask, legal, expansion) \
  if ((half & mask) == match) return (legal) ? expansion : 0;
#include "boards/rv32/compressed.inc"
#undef RVC
  return 0;
}

}  // namespace mote::rv32
