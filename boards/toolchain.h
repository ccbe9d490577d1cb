// SPDX-License-Identifier: Apache-2.0
// Compiles and links firmware for a machine, from sources that the program carries. Objects are
// kept in a cache by the hash of everything that went into them, so that only what is new is
// compiled.
#ifndef MOTE_BOARDS_TOOLCHAIN_H_
#define MOTE_BOARDS_TOOLCHAIN_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "boards/elf.h"
#include "boards/link_map.h"
#include "boards/machine.h"

namespace mote {

/// File contents by root-relative path: sources (.cc, .S), headers (.h, .inc, .ld) and what .S
/// files include. The folder above them is on the include path.
using SourceSet = std::map<std::string, std::string>;

struct BuildOptions {
  SourceSet files;
  std::string optimization = "-O2";
  uint32_t stack_bytes = 16384;
  unsigned jobs = 0;  // compilers at a time; 0: as many as there are cores
};

/// Compiles all .cc and .S files of the set but other cores' start-up sources, links them with the
/// machine's linker script (which the set must hold) and writes `elf`. Unused functions are
/// dropped. Gives the pieces that it is made of, with the set's paths as sources; what is from the
/// compiler's own library has "libgcc" for one. Errors: the compiler is missing, doesn't compile
/// (with its messages), or the firmware doesn't fit the machine's memory.
Result<std::vector<LinkPiece>> build_firmware(const Machine& machine, const BuildOptions& options,
                                              const std::filesystem::path& elf);

/// Compiles one source of the set and says what it takes. Errors: as above.
Result<ElfSizes> compiled_sizes(const Machine& machine, const BuildOptions& options,
                                const std::string& source);

/// $XDG_CACHE_HOME/mote or ~/.cache/mote, made if missing.
Result<std::filesystem::path> cache_folder();

}  // namespace mote

#endif  // MOTE_BOARDS_TOOLCHAIN_H_
