// SPDX-License-Identifier: Apache-2.0
// Reads what mote needs of 32-bit little-endian ELF files: what to load, functions, and how much
// flash and RAM they take. Every offset is checked; a damaged file gives an Error.
#ifndef MOTE_BOARDS_ELF_H_
#define MOTE_BOARDS_ELF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/host/file.h"

namespace mote {

struct ElfFunction {
  uint32_t address = 0;  // without the Thumb bit
  uint32_t bytes = 0;
  std::string name;  // demangled
};

/// Bytes by kind of section, as `size -A` would group them; unwind tables are left out.
struct ElfSizes {
  uint64_t text = 0;    // code
  uint64_t rodata = 0;  // constants
  uint64_t data = 0;    // initialised variables: flash and RAM
  uint64_t bss = 0;     // RAM only
};

/// A part of the file to put into memory before the start. It lies in the file.
struct ElfSegment {
  uint32_t address = 0;  // physical: where it is stored, not where start-up code moves it
  uint32_t bytes = 0;
  uint32_t offset = 0;  // in the file
};

struct Elf {
  uint32_t entry = 0;
  std::vector<ElfSegment> segments;    // without empty ones
  std::vector<ElfFunction> functions;  // sorted by address
  ElfSizes sizes;

  /// The function that holds this address, or null.
  const ElfFunction* function_at(uint32_t address) const;
};

/// A C++ function's name without its parameters: "mote::(anonymous namespace)::f" of "…::f(int)".
std::string without_parameters(const std::string& name);

/// Errors: not an ELF32 little-endian file, or one whose tables lie outside it. `name` is for
/// messages.
Result<Elf> read_elf(const Bytes& file, const std::string& name);

}  // namespace mote

#endif  // MOTE_BOARDS_ELF_H_
