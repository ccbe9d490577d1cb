// SPDX-License-Identifier: Apache-2.0
// What a model takes of a device's memory, by part, exactly, and whether a board has that much.
// What is there for the virtual board's sake only (start-up, semihosting) is listed but not
// counted.
#ifndef MOTE_ENGINES_FOOTPRINT_H_
#define MOTE_ENGINES_FOOTPRINT_H_

#include "boards/target.h"
#include "engines/board_firmware.h"

namespace mote {

/// Bytes of one part of the firmware by kind of section.
struct FlashPart {
  std::string room;  // "ops", "runtime", "base", "model", "compiler library", "harness"
  std::string part;  // "conv_2d", "image", …
  uint64_t text = 0, rodata = 0, data = 0, bss = 0;
  bool harness = false;  // not counted

  uint64_t flash_bytes() const { return text + rodata + data; }
};

struct Footprint {
  std::vector<FlashPart> parts;  // largest flash first
  uint64_t image_bytes = 0;      // the model
  uint64_t image_ram_bytes = 0;  // of it, copied to RAM when the firmware starts
  uint64_t code_bytes = 0;       // .text, .rodata and .data without the model
  uint64_t arena_bytes = 0;
  uint64_t variables_bytes = 0;  // .data and .bss
  uint64_t stack_bytes = 0;      // peak, measured

  uint64_t flash_bytes() const { return image_bytes + code_bytes; }
  uint64_t ram_bytes() const {
    return arena_bytes + image_ram_bytes + variables_bytes + stack_bytes;
  }
};

Footprint footprint(const ModelFirmware& firmware, const ImageModel& model, uint32_t stack_bytes);

/// Why the footprint doesn't fit the board: memory, needed, there, too many, and what needs it;
/// empty if it fits or the target is a bare core.
std::string misfit(const Footprint& footprint, const BoardTarget& target);

}  // namespace mote

#endif  // MOTE_ENGINES_FOOTPRINT_H_
