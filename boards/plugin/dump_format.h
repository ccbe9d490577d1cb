// SPDX-License-Identifier: MIT
// The file in which insn_count.c leaves its counts, little-endian and without padding:
//   one struct mote_dump_header,
//   `blocks` times struct mote_dump_block, in the order of their first translation,
//   `edges` times struct mote_dump_edge, in no particular order.
// A block is straight-line code as QEMU translated it. Blocks may overlap: a jump into the middle
// of one makes another, and a block ends at a page's end as well as at a branch. So an edge was a
// taken branch exactly when to.address != from.address + from.bytes.
// C and C++ read it.
#ifndef MOTE_BOARDS_PLUGIN_DUMP_FORMAT_H_
#define MOTE_BOARDS_PLUGIN_DUMP_FORMAT_H_

#include <stdint.h>

#define MOTE_DUMP_MAGIC 0x31434d45544f4dull  // "MOTEMC1" and a zero
#define MOTE_DUMP_NO_BLOCK 0xffffffffu
#define MOTE_DUMP_NO_MARK 0xffffffffu

enum mote_dump_end {
  MOTE_DUMP_EXITED = 0,             // QEMU ended by itself: the firmware exited
  MOTE_DUMP_INSTRUCTION_LIMIT = 1,  // the plugin stopped it
};

struct mote_dump_header {
  uint64_t magic;
  uint64_t instructions;  // executed in all
  uint32_t end;           // enum mote_dump_end
  uint32_t last_block;    // the block that was running, or MOTE_DUMP_NO_BLOCK
  uint32_t blocks;
  uint32_t edges;
};

struct mote_dump_block {
  uint32_t address;
  uint32_t bytes;
  uint32_t instructions;
  uint32_t reserved;
  uint64_t executions;
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

#endif  // MOTE_BOARDS_PLUGIN_DUMP_FORMAT_H_
