// SPDX-License-Identifier: Apache-2.0
// An instruction as a timing model sees it: a class, the registers it reads and writes, and which
// of those it reads earlier or later than others. What it computes is left out.
#ifndef MOTE_BOARDS_TIMING_INSTRUCTION_H_
#define MOTE_BOARDS_TIMING_INSTRUCTION_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mote::timing {

/// What decides an instruction's cost. "Narrow" are byte and halfword loads; "Indexed" stores add
/// two registers for the address; Fp…64 is double precision; Vector… are MVE.
enum class Class : uint8_t {
  kUnknown,
  kAlu,              // one result from registers or constants, or none
  kShift,            // a shift or rotation alone
  kAluShifted,       // an operation whose second operand is shifted on the way
  kExtend,           // sign and zero extension, byte reversal, bit fields
  kSimd,             // parallel and saturating arithmetic (DSP extension)
  kMultiply,         // 32-bit result
  kMultiplyAdd,      // and an addend, also SMLAD and its family
  kMultiplyLong,     // 64-bit result
  kMultiplyAddLong,  // and an addend
  kDivide,
  kLoad,
  kLoadNarrow,
  kLoadDouble,
  kLoadMultiple,  // `registers` words
  kStore,
  kStoreIndexed,
  kStoreDouble,
  kStoreMultiple,
  kBranch,  // to a constant address
  kConditionalBranch,
  kCall,
  kIndirectBranch,  // to an address in a register
  kIndirectCall,
  kTableBranch,
  kLoopStart,  // DLS, WLS
  kLoopEnd,    // LE
  kIfThen,     // IT
  kNop,        // hints
  kSystem,
  kBarrier,
  kFpAlu,  // addition, conversion, comparison
  kFpMultiply,
  kFpMultiplyAdd,  // two roundings: VMLA
  kFpFused,        // one rounding: VFMA
  kFpDivide,       // and square root
  kFpMove,         // between registers of any kind
  kFpLoad,
  kFpLoadDouble,
  kFpLoadMultiple,
  kFpStore,
  kFpStoreDouble,
  kFpStoreMultiple,
  kFpAlu64,
  kFpMultiply64,
  kFpMultiplyAdd64,
  kFpDivide64,
  kVectorLoad,
  kVectorGather,
  kVectorStore,
  kVectorScatter,
  kVectorAlu,       // integer pipe, result after a beat
  kVectorReduce,    // integer pipe, result later
  kVectorMultiply,  // multiplications and multiply-accumulates
  kVectorFloat,
  kVectorCompare,
  kVectorMove,  // to and from core registers
  kVectorPredicate,
  kCount,
};

inline constexpr size_t kClasses = static_cast<size_t>(Class::kCount);

/// A set of registers: r0 to r15 (x0 to x31 on RISC-V, which has neither of the others), s0 to s31
/// (d and q registers are several of them), flags and VPR.
using Registers = uint64_t;
inline constexpr int kFirstFp = 16;
inline constexpr Registers kStackPointer = Registers{1} << 13;
inline constexpr Registers kLinkRegister = Registers{1} << 14;
inline constexpr Registers kProgramCounter = Registers{1} << 15;
inline constexpr Registers kFlags = Registers{1} << 48;
inline constexpr Registers kPredicate = Registers{1} << 49;
inline constexpr int kRegisterCount = 50;

struct Instruction {
  uint32_t address = 0;
  uint8_t bytes = 2;
  uint8_t registers = 0;  // transferred by kLoadMultiple and its like, in words
  Class kind = Class::kUnknown;
  std::string_view mnemonic = "?";
  Registers writes = 0;
  Registers updates = 0;        // of these: base registers of loads and stores
  Registers reads = 0;          // all, but the PC, which is always there
  Registers address_reads = 0;  // of these: needed to form an address
  Registers shifted_reads = 0;  // go through a shifter first
  Registers addend_reads = 0;   // are added at the end of a multiplication
};

using Code = std::vector<Instruction>;

/// Whether it goes elsewhere by loading or computing the PC.
inline bool writes_pc(const Instruction& i) {
  return (i.writes & kProgramCounter) != 0;
}

}  // namespace mote::timing

#endif  // MOTE_BOARDS_TIMING_INSTRUCTION_H_
