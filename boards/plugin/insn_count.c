// SPDX-License-Identifier: MIT
// A QEMU plugin that counts, for every translated block of a single-core guest, how often control
// came to it from which other block. That edge count is all that is updated while the guest runs;
// executions of a block are the sum over its incoming edges, and instructions are executions times
// the block's length. Arguments: out=FILE (required), limit=N instructions (0 or absent: none).
// The dump, written when QEMU exits or the limit is reached, is described in dump_format.h.
//
// Exactness: a block is counted when it starts. A semihosting BKPT, like every instruction that
// always traps, ends its block, so it costs no accuracy. A memory access that faults in the middle
// of a block counts the block's remaining instructions too; mote's firmware exits on faults, so
// this can only concern the last block of a failed run. The limit is checked at each block's start:
// a run stops within one block of it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boards/plugin/dump_format.h"
#include "boards/plugin/qemu_api.h"

#define EXPORT __attribute__((visibility("default")))
#define HOT_EDGES 2

struct block;

struct edge {
  struct block* to;
  uint64_t count;
  struct edge* next;
};

struct block {
  struct edge hot[HOT_EDGES];  // the first successors seen: all that a plain branch needs
  struct edge* others;         // the rest, latest used first
  uint32_t address;
  uint32_t bytes;
  uint32_t instructions;
  uint32_t index;
  uint64_t executions;  // filled in at the end
  struct block* next_in_bucket;
  struct block* next;  // in order of translation
};

enum { BUCKETS = 4096 };

static struct block origin = {.index = MOTE_DUMP_NO_BLOCK};
static struct block* last = &origin;
static struct block* buckets[BUCKETS];
static struct block* first_block;
static struct block** end_of_blocks = &first_block;
static uint32_t block_count;
static uint64_t instructions;
static uint64_t limit = UINT64_MAX;
static const char* out_path;

EXPORT int qemu_plugin_version = 1;

static void* allocate(size_t bytes) {
  void* memory = calloc(1, bytes);
  if (memory == NULL) {
    fputs("mote: the instruction counter is out of memory\n", stderr);
    _exit(1);
  }
  return memory;
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

static struct edge* edge_between(struct block* from, struct block* to) {
  for (int i = 0; i < HOT_EDGES; ++i) {
    if (from->hot[i].to == NULL) from->hot[i].to = to;
    if (from->hot[i].to == to) return &from->hot[i];
  }
  return other_edge(from, to);
}

typedef void (*edge_visitor)(struct block* from, struct edge* edge, void* context);

static void visit_edges_of(struct block* from, edge_visitor visit, void* context) {
  for (int i = 0; i < HOT_EDGES; ++i) {
    if (from->hot[i].count > 0) visit(from, &from->hot[i], context);
  }
  for (struct edge* edge = from->others; edge != NULL; edge = edge->next) {
    if (edge->count > 0) visit(from, edge, context);
  }
}

static void visit_edges(edge_visitor visit, void* context) {
  visit_edges_of(&origin, visit, context);
  for (struct block* block = first_block; block != NULL; block = block->next) {
    visit_edges_of(block, visit, context);
  }
}

static void add_executions(struct block* from, struct edge* edge, void* context) {
  (void)from;
  edge->to->executions += edge->count;
  ++*(uint32_t*)context;
}

static void write_edge(struct block* from, struct edge* edge, void* context) {
  struct mote_dump_edge row = {from->index, edge->to->index, edge->count};
  fwrite(&row, sizeof row, 1, context);
}

static void write_blocks(FILE* file) {
  for (struct block* block = first_block; block != NULL; block = block->next) {
    struct mote_dump_block row = {block->address, block->bytes, block->instructions, 0,
                                  block->executions};
    fwrite(&row, sizeof row, 1, file);
  }
}

static void dump(enum mote_dump_end end) {
  uint32_t edges = 0;
  visit_edges(add_executions, &edges);
  FILE* file = fopen(out_path, "wb");
  if (file == NULL) {
    perror(out_path);
    _exit(1);
  }
  struct mote_dump_header header = {
      .magic = MOTE_DUMP_MAGIC,
      .instructions = instructions,
      .end = end,
      .last_block = last->index,
      .blocks = block_count,
      .edges = edges,
  };
  fwrite(&header, sizeof header, 1, file);
  write_blocks(file);
  visit_edges(write_edge, file);
  int failed = ferror(file);
  if (fclose(file) != 0 || failed) {
    perror(out_path);
    _exit(1);
  }
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void* userdata) {
  (void)id;
  (void)userdata;
  dump(MOTE_DUMP_EXITED);
}

static void stop_at_limit(void) {
  fprintf(stderr, "mote: stopped after %llu instructions, at 0x%08x: the limit is %llu\n",
          (unsigned long long)instructions, last->address, (unsigned long long)limit);
  dump(MOTE_DUMP_INSTRUCTION_LIMIT);
  _exit(1);
}

// Runs before every execution of a block: the one path whose speed matters.
static void on_block(unsigned int vcpu, void* userdata) {
  (void)vcpu;
  struct block* block = userdata;
  struct block* from = last;
  last = block;
  instructions += block->instructions;
  if (__builtin_expect(from->hot[0].to == block, 1)) {
    ++from->hot[0].count;
  } else {
    ++edge_between(from, block)->count;
  }
  if (__builtin_expect(instructions >= limit, 0)) stop_at_limit();
}

// The record of a block, kept over retranslations of the same code.
static struct block* block_at(uint32_t address, uint32_t bytes, uint32_t n_instructions) {
  struct block** bucket = &buckets[(address >> 1) % BUCKETS];
  for (struct block* block = *bucket; block != NULL; block = block->next_in_bucket) {
    if (block->address == address && block->bytes == bytes &&
        block->instructions == n_instructions) {
      return block;
    }
  }
  struct block* fresh = allocate(sizeof *fresh);
  fresh->address = address;
  fresh->bytes = bytes;
  fresh->instructions = n_instructions;
  fresh->index = block_count++;
  fresh->next_in_bucket = *bucket;
  *bucket = fresh;
  *end_of_blocks = fresh;
  end_of_blocks = &fresh->next;
  return fresh;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  (void)id;
  size_t n = qemu_plugin_tb_n_insns(tb);
  if (n == 0) return;
  struct qemu_plugin_insn* final = qemu_plugin_tb_get_insn(tb, n - 1);
  uint64_t address = qemu_plugin_tb_vaddr(tb);
  uint64_t bytes = qemu_plugin_insn_vaddr(final) + qemu_plugin_insn_size(final) - address;
  struct block* block = block_at((uint32_t)address, (uint32_t)bytes, (uint32_t)n);
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, block);
}

// Takes one NAME=VALUE argument; false if it's none of ours.
static bool take_argument(const char* argument) {
  if (strncmp(argument, "out=", 4) == 0) {
    out_path = strdup(argument + 4);
    return out_path != NULL;
  }
  if (strncmp(argument, "limit=", 6) == 0) {
    char* end;
    limit = strtoull(argument + 6, &end, 10);
    if (limit == 0) limit = UINT64_MAX;
    return *end == 0 && end != argument + 6;
  }
  return false;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc,
                               char** argv) {
  if (!info->system_emulation || info->system.max_vcpus < 1 || info->system.smp_vcpus != 1) {
    fputs("mote: the instruction counter needs a machine with one core\n", stderr);
    return 1;
  }
  for (int i = 0; i < argc; ++i) {
    if (!take_argument(argv[i])) {
      fprintf(stderr, "mote: the instruction counter doesn't know \"%s\"\n", argv[i]);
      return 1;
    }
  }
  if (out_path == NULL) {
    fputs("mote: the instruction counter needs out=FILE\n", stderr);
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
  return 0;
}
