// SPDX-License-Identifier: MIT
// A block's fetches are those of all its lines in order, made when it starts; then come its reads.
// In a cache for both, that is a little earlier than the core fetches. Reads are those of the
// data that instructions load, constants beside the code among them.
#include "boards/plugin/follow.h"

#include <stdio.h>
#include <stdlib.h>

#include "boards/plugin/cache.h"

enum { MAX_CACHES = 8, FETCHES = 1, READS = 2 };

static struct mote_cache caches[MAX_CACHES];
static struct mote_cache* fetch_caches[MAX_CACHES];
static struct mote_cache* read_caches[MAX_CACHES];
static unsigned cache_count, fetch_count, read_count;

// The number of trailing zeros of a power of two.
static uint32_t log2_of(uint32_t power) {
  uint32_t n = 0;
  while ((power >> n) > 1) ++n;
  return n;
}

bool add_cache(const char* text) {
  unsigned kind, first, bytes, line_bytes, sets, ways;
  if (cache_count == MAX_CACHES ||
      sscanf(text, "%x:%x:%x:%x:%x:%x", &kind, &first, &bytes, &line_bytes, &sets, &ways) != 6 ||
      line_bytes == 0 || sets == 0 || ways == 0) {
    return false;
  }
  struct mote_cache* cache = &caches[cache_count++];
  *cache = (struct mote_cache){.origin = first,
                               .bytes = bytes,
                               .line_shift = log2_of(line_bytes),
                               .set_mask = sets - 1,
                               .ways = ways,
                               .lines = calloc((size_t)sets * ways, sizeof(uint32_t))};
  if (kind & FETCHES) fetch_caches[fetch_count++] = cache;
  if (kind & READS) read_caches[read_count++] = cache;
  return cache->lines != NULL;
}

static void on_fetch(unsigned int vcpu, void* userdata) {
  (void)vcpu;
  struct block* block = userdata;
  block->fetch_misses += mote_cache_misses(block->fetched_through, block->address, block->bytes);
}

static void on_read(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address,
                    void* userdata) {
  (void)vcpu;
  if (qemu_plugin_mem_is_store(info)) return;
  struct block* block = userdata;
  for (unsigned i = 0; i < read_count; ++i) {
    if (!mote_cache_covers(read_caches[i], (uint32_t)address)) continue;
    uint32_t bytes = 1u << qemu_plugin_mem_size_shift(info);
    block->read_misses += mote_cache_misses(read_caches[i], (uint32_t)address, bytes);
  }
}

// QEMU 7.2 takes "reads" for writes and the other way round, so all accesses are asked for.
void follow_block(struct qemu_plugin_tb* tb, size_t n, struct block* block) {
  for (unsigned i = 0; i < fetch_count; ++i) {
    if (!mote_cache_covers(fetch_caches[i], block->address)) continue;
    block->fetched_through = fetch_caches[i];
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_fetch, QEMU_PLUGIN_CB_NO_REGS, block);
    break;
  }
  for (size_t i = 0; read_count > 0 && i < n; ++i) {
    qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(tb, i), on_read,
                                     QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, block);
  }
}
