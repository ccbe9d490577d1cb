// SPDX-License-Identifier: MIT
#include "boards/plugin/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE* file;
static int answers_fd = -1;
static const char* dump_path;
static struct block* last_written;
static uint32_t written_blocks;
static uint64_t rows;

static void give_up(void) {
  perror(dump_path);
  _exit(1);
}

static void write_row(const void* row, size_t bytes) {
  if (fwrite(row, bytes, 1, file) != 1) give_up();
}

bool open_dump(const char* path, const char* answers) {
  dump_path = path;
  file = fopen(path, "wb");
  if (file == NULL) {
    perror(path);
    return false;
  }
  if (answers != NULL && (answers_fd = open(answers, O_RDONLY)) < 0) {
    perror(answers);
    return false;
  }
  struct mote_dump_header header = {MOTE_DUMP_MAGIC};
  return fwrite(&header, sizeof header, 1, file) == 1;
}

// Until the reader has seen all that was written.
static void wait_for_answer(void) {
  char answer;
  if (fflush(file) != 0) give_up();
  while (answers_fd >= 0 && read(answers_fd, &answer, 1) != 1) {
    if (errno != EINTR) _exit(1);  // nobody is there any more
  }
}

static void count_edge(struct block* from, struct edge* edge, void* context) {
  (void)from;
  (void)edge;
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

static void write_new_blocks(void) {
  struct block* block = last_written == NULL ? first_block : last_written->next;
  for (; block != NULL; block = block->next) {
    struct mote_dump_block row = {block->address, block->bytes, block->instructions, 0, 0};
    write_row(&row, sizeof row);
    last_written = block;
  }
  written_blocks = block_count;
}

bool write_segment(uint32_t mark, uint64_t instructions, const struct block* last,
                   enum mote_dump_end end) {
  struct mote_dump_segment row = {.instructions = instructions,
                                  .mark = mark,
                                  .end = end,
                                  .last_block = last->index,
                                  .blocks = block_count - written_blocks,
                                  .misses = blocks_with_misses()};
  visit_edges(count_edge, &row.edges);
  rows += row.edges + row.misses + 1;
  bool room = answers_fd >= 0 || rows < MOTE_DUMP_MAX_ROWS;
  if (!room && end == MOTE_DUMP_GOES_ON) row.end = MOTE_DUMP_ROW_LIMIT;
  write_row(&row, sizeof row);
  write_new_blocks();
  visit_edges(take_edge, NULL);
  take_misses();
  if (row.end != MOTE_DUMP_GOES_ON) {
    if (fclose(file) != 0) give_up();
  } else if (answers_fd >= 0) {
    wait_for_answer();
  }
  return room;
}
