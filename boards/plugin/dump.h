// SPDX-License-Identifier: MIT
// Writes the stream of dump_format.h: each segment when it ends, so that memory doesn't grow with
// their number.
#ifndef MOTE_BOARDS_PLUGIN_DUMP_H_
#define MOTE_BOARDS_PLUGIN_DUMP_H_

#include <stdbool.h>
#include <stdint.h>

#include "boards/plugin/blocks.h"
#include "boards/plugin/dump_format.h"

// Opens the file or FIFO that takes the stream. With a second path (else null), of a FIFO, the
// guest waits after each segment until a byte comes from there: somebody reads the counts as it
// runs. False, with a reason on standard error, if that can't be.
bool open_dump(const char* path, const char* answers);

// Ends the current segment: writes it and sets its counts to zero. `last` is the block that was
// running. False when there are too many rows to go on. Ends QEMU if the stream can't be written.
bool write_segment(uint32_t mark, uint64_t instructions, const struct block* last,
                   enum mote_dump_end end);

#endif  // MOTE_BOARDS_PLUGIN_DUMP_H_
