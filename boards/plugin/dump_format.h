// SPDX-License-Identifier: MIT
// The stream in which the counter leaves its counts, little-endian and without padding:
//   one struct mote_dump_header,
//   then for each segment one struct mote_dump_segment, and behind it
//     its `blocks` times struct mote_dump_block: those first translated since the segment before,
//     its `edges` times struct mote_dump_edge and its `misses` times struct mote_dump_misses, each
//     in no particular order.
// The last segment is the one whose `end` isn't MOTE_DUMP_GOES_ON. Blocks are numbered in the order
// in which they come.
// A block is straight-line code as QEMU translated it. Blocks may overlap: a jump into the middle
// of one makes another, and a block ends at a page's end as well as at a branch. So an edge was a
// taken branch exactly when to.address != from.address + from.bytes.
// A segment is the part of the run from one mark to the next. Counts in it are of this part alone,
// so sums over all segments are those of the whole run.
// C and C++ read it.
#ifndef MOTE_BOARDS_PLUGIN_DUMP_FORMAT_H_
#define MOTE_BOARDS_PLUGIN_DUMP_FORMAT_H_

#include <stdint.h>

#define MOTE_DUMP_MAGIC 0x33434d45544f4dull  // "MOTEMC3" and a zero
#define MOTE_DUMP_NO_BLOCK 0xffffffffu
#define MOTE_DUMP_NO_MARK 0xffffffffu

// Edges and misses of all segments together, at most: some 400 MB. A run with more is stopped, if
// nobody takes its segments as they come.
#define MOTE_DUMP_MAX_ROWS (1u << 24)

enum mote_dump_end {
  MOTE_DUMP_GOES_ON = 0,            // another segment follows
  MOTE_DUMP_EXITED = 1,             // QEMU ended by itself: the firmware exited
  MOTE_DUMP_INSTRUCTION_LIMIT = 2,  // the plugin stopped it
  MOTE_DUMP_ROW_LIMIT = 3,          // the plugin stopped it: MOTE_DUMP_MAX_ROWS
};

struct mote_dump_header {
  uint64_t magic;
};

struct mote_dump_segment {
  uint64_t instructions;
  uint32_t mark;        // index of the mark that began it, or MOTE_DUMP_NO_MARK for the first one
  uint32_t end;         // enum mote_dump_end
  uint32_t last_block;  // the block that was running, or MOTE_DUMP_NO_BLOCK
  uint32_t blocks;
  uint32_t edges;
  uint32_t misses;
};

struct mote_dump_edge {
  uint32_t from;  // a block's index, or MOTE_DUMP_NO_BLOCK for the start of the run
  uint32_t to;    // a block's index
  uint64_t count;
};

struct mote_dump_misses {
  uint32_t block;  // an index
  uint32_t reserved;
  uint64_t fetch_misses;
  uint64_t read_misses;
};

struct mote_dump_block {
  uint32_t address;
  uint32_t bytes;
  uint32_t instructions;
  uint32_t reserved;
  uint64_t executions;  // 0 in the stream: the sum over its incoming edges
};

#endif  // MOTE_BOARDS_PLUGIN_DUMP_FORMAT_H_
