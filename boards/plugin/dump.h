// SPDX-License-Identifier: MIT
// Writes the dump of dump_format.h: each segment when it ends, so that memory doesn't grow with
// their number; blocks and header at the end. The file gets its name only when it is complete.
#ifndef MOTE_BOARDS_PLUGIN_DUMP_H_
#define MOTE_BOARDS_PLUGIN_DUMP_H_

#include <stdbool.h>
#include <stdint.h>

#include "boards/plugin/blocks.h"
#include "boards/plugin/dump_format.h"

// Opens PATH.part. False, with a reason on standard error, if that can't be.
bool open_dump(const char* path);

// Ends the current segment: writes it and sets its counts to zero. False when there are too many
// rows to go on.
bool write_segment(uint32_t mark, uint64_t instructions);

// Writes what is missing and closes the file. Ends QEMU if the file can't be written.
void finish_dump(enum mote_dump_end end, uint64_t instructions, const struct block* last);

#endif  // MOTE_BOARDS_PLUGIN_DUMP_H_
