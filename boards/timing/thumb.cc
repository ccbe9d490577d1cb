// SPDX-License-Identifier: Apache-2.0
// Reads Thumb code by the table thumb.inc. A row's operands are spelt as letters, each a field of
// the encoding; this file knows the fields.
#include <algorithm>
#include <bit>

#include "boards/timing/decode.h"

namespace mote::timing {
namespace {

struct Row {
  std::string_view mnemonic;
  uint32_t value, mask;
  Class kind;
  std::string_view operands;
};

using enum Class;

constexpr Row kHalfwordRows[] = {
#define T16(...) {__VA_ARGS__},
#define T32(...)
#include "boards/timing/thumb.inc"
#undef T16
#undef T32
};

constexpr Row kWordRows[] = {
#define T16(...)
#define T32(...) {__VA_ARGS__},
#include "boards/timing/thumb.inc"
#undef T16
#undef T32
};

const Row* find_row(std::span<const Row> rows, uint32_t code) {
  for (const Row& row : rows) {
    if ((code & row.mask) == row.value) return &row;
  }
  return nullptr;
}

constexpr uint32_t bits(uint32_t code, int low, int count) {
  return (code >> low) & ((1u << count) - 1);
}

constexpr Registers core(uint32_t number) {
  return Registers{1} << number;
}

constexpr Registers fp(uint32_t first, uint32_t count) {
  return ((Registers{1} << count) - 1) << (kFirstFp + first) & (kFlags - 1);
}

constexpr Registers vector(uint32_t number) {
  return fp(4 * number, 4);
}

/// A floating-point register: four bits and a fifth, which is the upper one of d registers.
constexpr Registers fp_field(uint32_t code, int low, int fifth, bool is_double) {
  uint32_t four = bits(code, low, 4), one = bits(code, fifth, 1);
  return is_double ? fp(2 * (one << 4 | four) & 31, 2) : fp(four << 1 | one, 1);
}

constexpr bool is_double(uint32_t code) {
  return bits(code, 8, 4) == 0xb;
}

/// A list from Fd on; of d registers the lowest bit of the count means nothing.
constexpr Registers fp_list(uint32_t code) {
  Registers first = fp_field(code, 12, 22, is_double(code));
  uint32_t number = static_cast<uint32_t>(std::countr_zero(first)) - kFirstFp;
  uint32_t count = bits(code, 0, 8) & ~uint32_t{is_double(code)};
  return fp(number, std::min(count, 32 - number));
}

constexpr Registers halfword_field(char letter, uint32_t code) {
  switch (letter) {
    case '0':
      return core(bits(code, 0, 3));
    case '3':
      return core(bits(code, 3, 3));
    case '6':
      return core(bits(code, 6, 3));
    case '8':
      return core(bits(code, 8, 3));
    case 'D':
      return core(bits(code, 0, 3) | bits(code, 7, 1) << 3);
    case 'M':
      return core(bits(code, 3, 4));
    case 'l':
      return bits(code, 0, 8);
    case 'R':
      return bits(code, 8, 1) ? kLinkRegister : 0;
    case 'P':
      return bits(code, 8, 1) ? kProgramCounter : 0;
    case 'p':
      return kStackPointer;
    case 'r':
      return kLinkRegister;
    case 'f':
      return kFlags;
    default:
      return 0;
  }
}

/// n, t, d, m: Rn, Rt, Rd, Rm. e, o: an even register in Rn's place, an odd one in Rm's. w, x, G:
/// the base if it is updated (bit 21, bit 8). g: the base of widening MVE loads. L: a list. E, H:
/// where MVE reductions go. X, Y, Z, V: floating-point Fd, Fn, Fm, a list from Fd; A, F: Fm as s
/// and d register, C, B: likewise Fd. Q, N, K: MVE's Qd, Qn, Qm. S: flags if bit 20 says so.
constexpr Registers word_field(char letter, uint32_t code) {
  switch (letter) {
    case 'n':
      return core(bits(code, 16, 4));
    case 't':
      return core(bits(code, 12, 4));
    case 'd':
      return core(bits(code, 8, 4));
    case 'm':
      return core(bits(code, 0, 4));
    case 'e':
      return core(bits(code, 17, 3) << 1);
    case 'o':
      return core(bits(code, 1, 3) << 1 | 1);
    case 'w':
      return bits(code, 21, 1) ? core(bits(code, 16, 4)) : 0;
    case 'x':
      return bits(code, 8, 1) ? core(bits(code, 16, 4)) : 0;
    case 'g':
      return core(bits(code, 16, 3));
    case 'G':
      return bits(code, 21, 1) ? core(bits(code, 16, 3)) : 0;
    case 'L':
      return bits(code, 0, 16);
    case 'E':
      return core(bits(code, 13, 3) << 1);
    case 'H':
      return core(bits(code, 20, 3) << 1 | 1);
    case 'X':
      return fp_field(code, 12, 22, is_double(code));
    case 'Y':
      return fp_field(code, 16, 7, is_double(code));
    case 'Z':
      return fp_field(code, 0, 5, is_double(code));
    case 'A':
      return fp_field(code, 0, 5, false);
    case 'B':
      return fp_field(code, 12, 22, true);
    case 'C':
      return fp_field(code, 12, 22, false);
    case 'F':
      return fp_field(code, 0, 5, true);
    case 'V':
      return fp_list(code);
    case 'Q':
      return vector(bits(code, 13, 3));
    case 'N':
      return vector(bits(code, 17, 3));
    case 'K':
      return vector(bits(code, 1, 3));
    case 'S':
      return bits(code, 20, 1) ? kFlags : 0;
    case 'f':
      return kFlags;
    case 'r':
      return kLinkRegister;
    case 'v':
      return kPredicate;
    default:
      return 0;
  }
}

void add_operands(std::string_view operands, uint32_t code, Instruction* out) {
  bool reading = false;
  char mark = 0;
  for (char letter : operands) {
    if (letter == '=') {
      reading = true;
    } else if (letter == '@' || letter == '^' || letter == '+' || letter == '!') {
      mark = letter;
    } else {
      Registers field = out->bytes == 2 ? halfword_field(letter, code) : word_field(letter, code);
      (reading ? out->reads : out->writes) |= field;
      if (mark == '!') out->updates |= field;
      if (mark == '@') out->address_reads |= field;
      if (mark == '^') out->shifted_reads |= field;
      if (mark == '+') out->addend_reads |= field;
      mark = 0;
    }
  }
  out->reads &= ~kProgramCounter;
  out->address_reads &= ~kProgramCounter;
}

constexpr Class double_precision(Class kind) {
  switch (kind) {
    case kFpAlu:
      return kFpAlu64;
    case kFpMultiply:
      return kFpMultiply64;
    case kFpMultiplyAdd:
    case kFpFused:
      return kFpMultiplyAdd64;
    case kFpDivide:
      return kFpDivide64;
    default:
      return kind;
  }
}

uint8_t transferred(const Instruction& instruction, uint32_t code) {
  switch (instruction.kind) {
    case kLoadMultiple:
    case kStoreMultiple:
      return static_cast<uint8_t>(std::popcount(bits(code, 0,
                                                     instruction.bytes == 4 ? 16
                                                     : code >> 12 == 0xb    ? 9
                                                                            : 8)));
    case kFpLoadMultiple:
    case kFpStoreMultiple:
      return static_cast<uint8_t>(bits(code, 0, 8));
    default:
      return 0;
  }
}

/// What the table's rows can't tell.
void settle_class(uint32_t code, Instruction* out) {
  bool wide = out->bytes == 4;
  if (wide && (code & 0x70f0) == 0 && (out->kind == kAluShifted || out->kind == kShift) &&
      code >> 25 == 0x75) {
    out->kind = kAlu;
    out->shifted_reads = 0;
  }
  if (wide && bits(code, 8, 4) == 0xb) out->kind = double_precision(out->kind);
  if (writes_pc(*out) && (out->kind == kAlu || out->kind == kShift)) out->kind = kIndirectBranch;
  out->registers = transferred(*out, code);
}

Instruction decode_one(uint32_t code, uint8_t bytes, uint32_t address) {
  Instruction out{.address = address, .bytes = bytes};
  const Row* row = bytes == 2 ? find_row(kHalfwordRows, code) : find_row(kWordRows, code);
  if (row == nullptr) return out;
  out.kind = row->kind;
  out.mnemonic = row->mnemonic;
  add_operands(row->operands, code, &out);
  settle_class(code, &out);
  return out;
}

/// Inside an IT block instructions depend on the flags, and short ones leave them alone.
void make_conditional(Instruction* instruction) {
  instruction->reads |= kFlags;
  if (instruction->bytes == 2 && instruction->writes != kFlags) instruction->writes &= ~kFlags;
}

}  // namespace

Code decode_thumb(std::span<const uint8_t> bytes, uint32_t address) {
  Code code;
  int conditional = 0;
  for (size_t at = 0; at + 2 <= bytes.size();) {
    uint32_t first = bytes[at] | uint32_t{bytes[at + 1]} << 8;
    bool wide = first >> 11 >= 0x1d;
    if (wide && at + 4 > bytes.size()) break;
    uint32_t word = wide ? first << 16 | bytes[at + 2] | uint32_t{bytes[at + 3]} << 8 : first;
    uint32_t here = address + static_cast<uint32_t>(at);
    code.push_back(decode_one(word, wide ? 4 : 2, here));
    if (conditional > 0) {
      make_conditional(&code.back());
      --conditional;
    }
    if (code.back().kind == kIfThen) conditional = 4 - std::countr_zero(first & 15);
    at += wide ? 4 : 2;
  }
  return code;
}

}  // namespace mote::timing
