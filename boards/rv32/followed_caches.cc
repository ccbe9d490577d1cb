// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/followed_caches.h"

#include <algorithm>
#include <bit>

namespace mote::rv32 {

FollowedCaches::FollowedCaches(const std::vector<CacheModel>& models) {
  for (const CacheModel& model : models) {
    lines_.emplace_back(size_t{model.sets} * model.ways);
    Cache& cache = caches_.emplace_back();
    cache.fetches = model.fetches;
    cache.reads = model.reads;
    cache.state = {.origin = model.origin,
                   .bytes = model.bytes,
                   .line_shift = static_cast<uint32_t>(std::countr_zero(model.line_bytes)),
                   .set_mask = model.sets - 1,
                   .ways = model.ways,
                   .lines = lines_.back().data()};
  }
}

std::vector<BlockMisses> FollowedCaches::misses() const {
  std::vector<BlockMisses> rows;
  for (uint32_t piece = 0; piece < counts_.size(); ++piece) {
    const Misses& m = counts_[piece];
    if (m.fetch_misses + m.read_misses == 0) continue;
    rows.push_back({piece, 0, m.fetch_misses, m.read_misses});
  }
  return rows;
}

void FollowedCaches::forget() {
  std::fill(counts_.begin(), counts_.end(), Misses());
}

}  // namespace mote::rv32
