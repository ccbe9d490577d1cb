// SPDX-License-Identifier: Apache-2.0
// What a run can follow is a matter of shape and of who serves which address.
#include <algorithm>
#include <bit>

#include "boards/run.h"

namespace mote {
namespace {

constexpr size_t kMaxCaches = 8;
constexpr uint64_t kMaxLines = 1u << 16;

/// Errors: a shape that the arithmetic can't follow.
Result<void> check_shape(const CacheModel& cache) {
  if (!std::has_single_bit(cache.line_bytes) || cache.line_bytes < 4) {
    return fail("a cache with lines of {} bytes: they must be a power of two, at least 4",
                cache.line_bytes);
  }
  if (!std::has_single_bit(cache.sets) || cache.ways == 0) {
    return fail("a cache of {} sets with {} ways: sets must be a power of two, ways at least 1",
                cache.sets, cache.ways);
  }
  if (uint64_t{cache.sets} * cache.ways > kMaxLines) {
    return fail("a cache of {} lines: at most {} can be followed",
                uint64_t{cache.sets} * cache.ways, kMaxLines);
  }
  if (cache.bytes == 0 || uint64_t{cache.origin} + cache.bytes > uint64_t{1} << 32) {
    return fail("a cache before {} bytes at 0x{:08x}: there are no such addresses", cache.bytes,
                cache.origin);
  }
  return {};
}

bool compete(const CacheModel& a, const CacheModel& b) {
  bool same_accesses = (a.fetches && b.fetches) || (a.reads && b.reads);
  bool apart = uint64_t{a.origin} + a.bytes <= b.origin || uint64_t{b.origin} + b.bytes <= a.origin;
  return same_accesses && !apart;
}

}  // namespace

Result<void> check_caches(const std::vector<CacheModel>& caches) {
  if (caches.size() > kMaxCaches) {
    return fail("{} caches to follow, there is room for {}", caches.size(), kMaxCaches);
  }
  for (const CacheModel& cache : caches) {
    MOTE_CHECK_OK(check_shape(cache));
    for (const CacheModel& other : caches) {
      if (&cache != &other && compete(cache, other)) {
        return fail("two caches before the address 0x{:08x}: only one can be followed",
                    std::max(cache.origin, other.origin));
      }
    }
  }
  return {};
}

}  // namespace mote
