// SPDX-License-Identifier: MIT
// A QEMU plugin that counts, for every translated block of a single-core guest, how often control
// came to it from which other block. That edge count is all that is updated while the guest runs;
// executions of a block are the sum over its incoming edges, and instructions are executions times
// the block's length. Arguments: out=FILE (required), answers=FIFO (see dump.h), limit=N
// instructions (0 or absent: none), marks=A:B:… hexadecimal addresses, cache=… (repeatable, see
// follow.h). What it writes is described in dump_format.h.
//
// Exactness: a block is counted when it starts. A semihosting BKPT, like every instruction that
// always traps, ends its block, so it costs no accuracy. A memory access that faults in the middle
// of a block counts the block's remaining instructions too; mote's firmware exits on faults, so
// this can only concern the last block of a failed run. The limit is checked at each block's start:
// a run stops within one block of it.
//
// Marks: whenever the instruction at a mark is about to run, a segment ends and another begins.
// Marks are functions' first instructions. A call starts a block there, so the segments part
// exactly; where code falls into a mark in the middle of a block, the rest of this block counts
// for the segment before. Blocks without marks cost nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boards/plugin/blocks.h"
#include "boards/plugin/dump.h"
#include "boards/plugin/follow.h"
#include "boards/plugin/qemu_api.h"

#define EXPORT __attribute__((visibility("default")))

enum { MAX_MARKS = 4096 };

static struct block* last = &origin;
static uint64_t instructions;
static uint64_t limit = UINT64_MAX;
static const char *out_path, *answers_path;

static uint32_t marks[MAX_MARKS];
static uint32_t mark_count;
static uint32_t segment_mark = MOTE_DUMP_NO_MARK;
static uint64_t instructions_before_segment;

EXPORT int qemu_plugin_version = 1;

static bool end_segment(enum mote_dump_end end) {
  uint64_t in_segment = instructions - instructions_before_segment;
  instructions_before_segment = instructions;
  return write_segment(segment_mark, in_segment, last, end);
}

static void stop_at_limit(void) {
  fprintf(stderr, "mote: stopped after %llu instructions, at 0x%08x: the limit is %llu\n",
          (unsigned long long)instructions, last->address, (unsigned long long)limit);
  end_segment(MOTE_DUMP_INSTRUCTION_LIMIT);
  _exit(1);
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void* userdata) {
  (void)id;
  (void)userdata;
  end_segment(MOTE_DUMP_EXITED);
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

// Runs before the instruction at a mark and, at a block's start, before on_block().
static void on_mark(unsigned int vcpu, void* userdata) {
  (void)vcpu;
  if (!end_segment(MOTE_DUMP_GOES_ON)) _exit(1);
  segment_mark = (uint32_t)((const uint32_t*)userdata - marks);
}

static void watch_marks(struct qemu_plugin_tb* tb, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    struct qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(tb, i);
    uint32_t address = (uint32_t)qemu_plugin_insn_vaddr(insn);
    uint32_t* mark = marks;
    while (mark < marks + mark_count && *mark != address) ++mark;
    if (mark == marks + mark_count) continue;
    if (i == 0) {
      qemu_plugin_register_vcpu_tb_exec_cb(tb, on_mark, QEMU_PLUGIN_CB_NO_REGS, mark);
    } else {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, QEMU_PLUGIN_CB_NO_REGS, mark);
    }
  }
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  (void)id;
  size_t n = qemu_plugin_tb_n_insns(tb);
  if (n == 0) return;
  struct qemu_plugin_insn* final = qemu_plugin_tb_get_insn(tb, n - 1);
  uint64_t address = qemu_plugin_tb_vaddr(tb);
  uint64_t bytes = qemu_plugin_insn_vaddr(final) + qemu_plugin_insn_size(final) - address;
  struct block* block = block_at((uint32_t)address, (uint32_t)bytes, (uint32_t)n);
  watch_marks(tb, n);
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, block);
  follow_block(tb, n, block);
}

static bool take_marks(const char* list) {
  for (char* end; mark_count < MAX_MARKS; list = end + 1) {
    marks[mark_count++] = (uint32_t)strtoul(list, &end, 16);
    if (end == list) return false;
    if (*end != ':') return *end == 0;
  }
  return false;
}

// Takes one NAME=VALUE argument; false if it's none of ours.
static bool take_argument(const char* argument) {
  if (strncmp(argument, "out=", 4) == 0) {
    out_path = strdup(argument + 4);
    return out_path != NULL;
  }
  if (strncmp(argument, "answers=", 8) == 0) {
    answers_path = strdup(argument + 8);
    return answers_path != NULL;
  }
  if (strncmp(argument, "limit=", 6) == 0) {
    char* end;
    limit = strtoull(argument + 6, &end, 10);
    if (limit == 0) limit = UINT64_MAX;
    return *end == 0 && end != argument + 6;
  }
  if (strncmp(argument, "marks=", 6) == 0) return take_marks(argument + 6);
  if (strncmp(argument, "cache=", 6) == 0) return add_cache(argument + 6);
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
  if (!open_dump(out_path, answers_path)) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
  return 0;
}
