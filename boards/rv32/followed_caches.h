// SPDX-License-Identifier: Apache-2.0
// The caches that a run on the simulator follows, with the arithmetic of boards/plugin/cache.h, and
// what missed them since the last time somebody asked, by piece of code.
#ifndef MOTE_BOARDS_RV32_FOLLOWED_CACHES_H_
#define MOTE_BOARDS_RV32_FOLLOWED_CACHES_H_

#include <cstdint>
#include <vector>

#include "boards/plugin/cache.h"
#include "boards/run.h"

namespace mote::rv32 {

class FollowedCaches {
 public:
  FollowedCaches() = default;
  /// REQUIRES: check_caches() allows them.
  explicit FollowedCaches(const std::vector<CacheModel>& models);

  bool any() const { return !caches_.empty(); }

  /// A piece is about to run; reads that follow are its own.
  void fetch(uint32_t piece, uint32_t address, uint32_t bytes) {
    if (piece >= counts_.size()) counts_.resize(piece + 1);
    now_ = &counts_[piece];
    for (Cache& cache : caches_) {
      if (!cache.fetches || !mote_cache_covers(&cache.state, address)) continue;
      now_->fetch_misses += mote_cache_misses(&cache.state, address, bytes);
    }
  }
  void read(uint32_t address, uint32_t bytes) {
    for (Cache& cache : caches_) {
      if (!cache.reads || !mote_cache_covers(&cache.state, address)) continue;
      now_->read_misses += mote_cache_misses(&cache.state, address, bytes);
    }
  }

  /// What missed since the last forget().
  std::vector<BlockMisses> misses() const;
  void forget();

 private:
  struct Cache {
    bool fetches = false, reads = false;
    mote_cache state = {};
  };
  struct Misses {
    uint64_t fetch_misses = 0, read_misses = 0;
  };

  std::vector<Cache> caches_;
  std::vector<std::vector<uint32_t>> lines_;  // of each cache
  std::vector<Misses> counts_;                // by piece
  Misses* now_ = nullptr;
};

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_FOLLOWED_CACHES_H_
