// SPDX-License-Identifier: MIT
// The blocks that QEMU translated and, in each, how often control went from it to which other one.
// Records are kept over retranslations of the same code and never freed.
#ifndef MOTE_BOARDS_PLUGIN_BLOCKS_H_
#define MOTE_BOARDS_PLUGIN_BLOCKS_H_

#include <stdint.h>

#define HOT_EDGES 2

struct block;
struct mote_cache;

struct edge {
  struct block* to;
  uint64_t count;  // in the current segment
  struct edge* next;
};

struct block {
  struct edge hot[HOT_EDGES];  // the first successors seen: all that a plain branch needs
  struct edge* others;         // the rest, latest used first
  uint32_t address;
  uint32_t bytes;
  uint32_t instructions;
  uint32_t index;
  struct mote_cache* fetched_through;  // unless the caches' misses aren't counted there
  uint64_t fetch_misses, read_misses;  // in the current segment
  struct block* next_in_bucket;
  struct block* next;  // in order of translation
};

// Stands for the start of the run, before the first block; not among the others.
extern struct block origin;

// In order of translation.
extern struct block* first_block;
extern uint32_t block_count;

// The record of a block, made if there is none.
struct block* block_at(uint32_t address, uint32_t bytes, uint32_t instructions);

// The edge between two blocks, made if there is none.
struct edge* edge_between(struct block* from, struct block* to);

// Calls `visit` for every edge that was taken in the current segment.
typedef void (*edge_visitor)(struct block* from, struct edge* edge, void* context);
void visit_edges(edge_visitor visit, void* context);

#endif  // MOTE_BOARDS_PLUGIN_BLOCKS_H_
