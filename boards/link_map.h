// SPDX-License-Identifier: Apache-2.0
// Reads the map that GNU ld writes (-Map): which piece of memory came from which object. Unlike
// symbols it also knows literal pools, alignment gaps and data without a name, so the pieces of a
// section add up to the section.
#ifndef MOTE_BOARDS_LINK_MAP_H_
#define MOTE_BOARDS_LINK_MAP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/host/result.h"

namespace mote {

/// Consecutive bytes of an output section from one input section.
struct LinkPiece {
  std::string section;  // the output section: ".text", ".rodata", ".data", ".bss", ".noinit"
  std::string input;    // the input section, ".text.mote_main"; "*fill*" for a gap
  uint32_t address = 0;
  uint32_t bytes = 0;
  std::string source;  // the object's path as the linker had it; empty for a gap
};

/// The pieces of all sections that are at an address but debug information, without empty ones.
/// Errors: it's no map.
Result<std::vector<LinkPiece>> read_link_map(const std::string& text);

}  // namespace mote

#endif  // MOTE_BOARDS_LINK_MAP_H_
