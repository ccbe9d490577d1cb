// SPDX-License-Identifier: MIT
#include "boards/plugin/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE* file;
static char* part_path;
static const char* final_path;
static uint32_t segments;
static uint64_t rows;

static void give_up(void) {
  perror(part_path);
  _exit(1);
}

static void write_row(const void* row, size_t bytes) {
  if (fwrite(row, bytes, 1, file) != 1) give_up();
}

bool open_dump(const char* path) {
  size_t room = strlen(path) + sizeof ".part";
  part_path = malloc(room);
  if (part_path == NULL) return false;
  snprintf(part_path, room, "%s.part", path);
  final_path = path;
  file = fopen(part_path, "wb");
  if (file == NULL) {
    perror(part_path);
    return false;
  }
  struct mote_dump_header unfinished = {0};
  return fwrite(&unfinished, sizeof unfinished, 1, file) == 1;
}

static void count_edge(struct block* from, struct edge* edge, void* context) {
  (void)from;
  edge->to->executions += edge->count;
  ++*(uint32_t*)context;
}

static void take_edge(struct block* from, struct edge* edge, void* context) {
  (void)context;
  struct mote_dump_edge row = {from->index, edge->to->index, edge->count};
  write_row(&row, sizeof row);
  edge->count = 0;
}

static uint32_t blocks_with_misses(void) {
  uint32_t count = 0;
  for (struct block* block = first_block; block != NULL; block = block->next) {
    count += (block->fetch_misses | block->read_misses) != 0;
  }
  return count;
}

static void take_misses(void) {
  for (struct block* block = first_block; block != NULL; block = block->next) {
    if ((block->fetch_misses | block->read_misses) == 0) continue;
    struct mote_dump_misses row = {block->index, 0, block->fetch_misses, block->read_misses};
    write_row(&row, sizeof row);
    block->fetch_misses = block->read_misses = 0;
  }
}

bool write_segment(uint32_t mark, uint64_t instructions) {
  struct mote_dump_segment row = {.instructions = instructions, .mark = mark};
  visit_edges(count_edge, &row.edges);
  row.misses = blocks_with_misses();
  write_row(&row, sizeof row);
  visit_edges(take_edge, NULL);
  take_misses();
  ++segments;
  rows += row.edges + row.misses + 1;
  return rows < MOTE_DUMP_MAX_ROWS;
}

static void write_blocks(void) {
  for (struct block* block = first_block; block != NULL; block = block->next) {
    struct mote_dump_block row = {block->address, block->bytes, block->instructions, 0,
                                  block->executions};
    write_row(&row, sizeof row);
  }
}

void finish_dump(enum mote_dump_end end, uint64_t instructions, const struct block* last) {
  write_blocks();
  struct mote_dump_header header = {
      .magic = MOTE_DUMP_MAGIC,
      .instructions = instructions,
      .end = end,
      .last_block = last->index,
      .blocks = block_count,
      .segments = segments,
  };
  rewind(file);
  write_row(&header, sizeof header);
  if (fclose(file) != 0 || rename(part_path, final_path) != 0) give_up();
}
