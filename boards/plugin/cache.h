// SPDX-License-Identifier: MIT
// The arithmetic of a cache: which lines it holds after a series of accesses. Set-associative, the
// least recently used line out. Each set is a row of line numbers, the most recently used first, so
// that a hit on the same line as before costs one comparison. A line's number is its address
// divided by the line's bytes, plus 1: 0 stands for an empty place.
// C and C++ use it.
#ifndef MOTE_BOARDS_PLUGIN_CACHE_H_
#define MOTE_BOARDS_PLUGIN_CACHE_H_

#include <stdbool.h>
#include <stdint.h>

struct mote_cache {
  uint32_t origin, bytes;  // the addresses behind it
  uint32_t line_shift;     // a line has 1 << line_shift bytes, at least 2
  uint32_t set_mask;       // sets - 1, and sets are a power of two
  uint32_t ways;
  uint32_t* lines;  // sets * ways; zeros at the start
};

// Whether accesses of this address go through the cache.
static inline bool mote_cache_covers(const struct mote_cache* cache, uint32_t address) {
  return address - cache->origin < cache->bytes;
}

// Puts a line first into its set, in place of the one that was at `place`.
static inline void mote_cache_insert(uint32_t* set, uint32_t line, uint32_t place) {
  for (; place > 0; --place) set[place] = set[place - 1];
  set[0] = line;
}

// Whether an access to the line with this number misses. The line is in the cache afterwards.
static inline bool mote_cache_misses_line(struct mote_cache* cache, uint32_t line) {
  uint32_t* set = cache->lines + ((line - 1) & cache->set_mask) * cache->ways;
  if (set[0] == line) return false;
  uint32_t place = 1;
  while (place < cache->ways && set[place] != line) ++place;
  bool missed = place >= cache->ways;
  mote_cache_insert(set, line, missed ? cache->ways - 1 : place);
  return missed;
}

// How many lines an access to these bytes misses. REQUIRES: bytes > 0.
static inline uint32_t mote_cache_misses(struct mote_cache* cache, uint32_t address,
                                         uint32_t bytes) {
  uint32_t misses = 0;
  uint32_t last = ((address + bytes - 1) >> cache->line_shift) + 1;
  for (uint32_t line = (address >> cache->line_shift) + 1; line <= last; ++line) {
    misses += mote_cache_misses_line(cache, line);
  }
  return misses;
}

#endif  // MOTE_BOARDS_PLUGIN_CACHE_H_
