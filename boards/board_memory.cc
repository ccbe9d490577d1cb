// SPDX-License-Identifier: Apache-2.0
#include "boards/board_memory.h"

namespace mote {
namespace {

/// The caches of known shape in front of the board's flash.
std::vector<const BoardCache*> flash_caches(const Board& board) {
  std::vector<const BoardCache*> caches;
  for (const BoardMemory& memory : board.memories) {
    if (memory.kind != "flash") continue;
    for (const BoardCache& cache : board.caches) {
      if (cache.known && cache.serves(memory.name)) caches.push_back(&cache);
    }
    break;
  }
  return caches;
}

}  // namespace

std::vector<CacheModel> followed_caches(const Board& board, const Machine& machine) {
  std::vector<CacheModel> models;
  for (const BoardCache* cache : flash_caches(board)) {
    uint64_t sets = cache->bytes / (cache->line_bytes * cache->ways);
    models.push_back({.fetches = cache->instructions,
                      .reads = cache->data,
                      .origin = machine.flash_origin,
                      .bytes = machine.flash_bytes,
                      .line_bytes = static_cast<uint32_t>(cache->line_bytes),
                      .sets = static_cast<uint32_t>(sets),
                      .ways = static_cast<uint32_t>(cache->ways)});
  }
  return models;
}

MissCosts miss_costs(const Board& board) {
  MissCosts costs;
  for (const BoardCache* cache : flash_caches(board)) {
    if (cache->instructions) costs.fetch = cache->miss_cycles;
    if (cache->data) costs.read = cache->miss_cycles;
  }
  return costs;
}

}  // namespace mote
