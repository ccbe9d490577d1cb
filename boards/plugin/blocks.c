// SPDX-License-Identifier: MIT
// Blocks are found by a hash of their address, edges by their block: almost every branch has one or
// two successors, which lie in the block itself; those of a return are in a list.
#include "boards/plugin/blocks.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "boards/plugin/dump_format.h"

enum { BUCKETS = 4096 };

struct block origin = {.index = MOTE_DUMP_NO_BLOCK};
struct block* first_block;
uint32_t block_count;

static struct block* buckets[BUCKETS];
static struct block** end_of_blocks = &first_block;

static void* allocate(size_t bytes) {
  void* memory = calloc(1, bytes);
  if (memory == NULL) {
    fputs("mote: the instruction counter is out of memory\n", stderr);
    _exit(1);
  }
  return memory;
}

struct block* block_at(uint32_t address, uint32_t bytes, uint32_t instructions) {
  struct block** bucket = &buckets[(address >> 1) % BUCKETS];
  for (struct block* block = *bucket; block != NULL; block = block->next_in_bucket) {
    if (block->address == address && block->bytes == bytes && block->instructions == instructions) {
      return block;
    }
  }
  struct block* fresh = allocate(sizeof *fresh);
  fresh->address = address;
  fresh->bytes = bytes;
  fresh->instructions = instructions;
  fresh->index = block_count++;
  fresh->next_in_bucket = *bucket;
  *bucket = fresh;
  *end_of_blocks = fresh;
  end_of_blocks = &fresh->next;
  return fresh;
}

// The edge to a successor that isn't among the block's hot ones, moved to the front of its list.
static struct edge* other_edge(struct block* from, struct block* to) {
  for (struct edge** link = &from->others; *link != NULL; link = &(*link)->next) {
    struct edge* found = *link;
    if (found->to != to) continue;
    *link = found->next;
    found->next = from->others;
    return from->others = found;
  }
  struct edge* fresh = allocate(sizeof *fresh);
  fresh->to = to;
  fresh->next = from->others;
  return from->others = fresh;
}

struct edge* edge_between(struct block* from, struct block* to) {
  for (int i = 0; i < HOT_EDGES; ++i) {
    if (from->hot[i].to == NULL) from->hot[i].to = to;
    if (from->hot[i].to == to) return &from->hot[i];
  }
  return other_edge(from, to);
}

static void visit_edges_of(struct block* from, edge_visitor visit, void* context) {
  for (int i = 0; i < HOT_EDGES; ++i) {
    if (from->hot[i].count > 0) visit(from, &from->hot[i], context);
  }
  for (struct edge* edge = from->others; edge != NULL; edge = edge->next) {
    if (edge->count > 0) visit(from, edge, context);
  }
}

void visit_edges(edge_visitor visit, void* context) {
  visit_edges_of(&origin, visit, context);
  for (struct block* block = first_block; block != NULL; block = block->next) {
    visit_edges_of(block, visit, context);
  }
}
