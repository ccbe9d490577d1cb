// SPDX-License-Identifier: Apache-2.0
#include "boards/plugin/cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <list>
#include <vector>

namespace mote {
namespace {

constexpr uint32_t kLineBytes = 32;

/// A cache before 64 KiB at 0x1000.
class Cache {
 public:
  Cache(uint32_t sets, uint32_t ways) : lines_(sets * ways) {
    state_ = {.origin = 0x1000,
              .bytes = 0x10000,
              .line_shift = static_cast<uint32_t>(std::countr_zero(kLineBytes)),
              .set_mask = sets - 1,
              .ways = ways,
              .lines = lines_.data()};
  }
  uint32_t misses(uint32_t address, uint32_t bytes = 4) {
    return mote_cache_misses(&state_, address, bytes);
  }
  const mote_cache& state() const { return state_; }

 private:
  std::vector<uint32_t> lines_;
  mote_cache state_;
};

TEST(Cache, ALineMissesOnce) {
  Cache cache(4, 2);
  EXPECT_EQ(cache.misses(0x1000), 1u);
  EXPECT_EQ(cache.misses(0x1000), 0u);
  EXPECT_EQ(cache.misses(0x101c), 0u);
  EXPECT_EQ(cache.misses(0x1020), 1u);
}

TEST(Cache, TheFirstLineOfAllMissesToo) {
  Cache cache(1, 1);
  EXPECT_EQ(cache.misses(0), 1u);
  EXPECT_EQ(cache.misses(0), 0u);
}

TEST(Cache, TheLastLineOfAllIsThere) {
  Cache cache(1, 1);
  EXPECT_EQ(cache.misses(0xffffffe0, 32), 1u);
  EXPECT_EQ(cache.misses(0xfffffffc), 0u);
}

TEST(Cache, AnAccessOverABoundaryTouchesBothLines) {
  Cache cache(4, 2);
  EXPECT_EQ(cache.misses(0x101e, 4), 2u);
  EXPECT_EQ(cache.misses(0x1000, 64), 0u);
  EXPECT_EQ(cache.misses(0x1000, 65), 1u);
}

TEST(Cache, TwoLinesOfOneSetPushEachOtherOutOfADirectMappedCache) {
  Cache cache(4, 1);
  uint32_t misses = 0;
  for (int i = 0; i < 10; ++i) misses += cache.misses(0x1000) + cache.misses(0x1000 + 4 * 32);
  EXPECT_EQ(misses, 20u);
}

TEST(Cache, TwoWaysKeepThemBoth) {
  Cache cache(4, 2);
  uint32_t misses = 0;
  for (int i = 0; i < 10; ++i) misses += cache.misses(0x1000) + cache.misses(0x1000 + 4 * 32);
  EXPECT_EQ(misses, 2u);
}

TEST(Cache, TheLeastRecentlyUsedLineGoes) {
  Cache cache(1, 2);
  cache.misses(0x1000);
  cache.misses(0x1020);
  cache.misses(0x1000);
  EXPECT_EQ(cache.misses(0x1040), 1u) << "in place of 0x1020";
  EXPECT_EQ(cache.misses(0x1000), 0u);
  EXPECT_EQ(cache.misses(0x1020), 1u);
}

TEST(Cache, OneMoreLineThanFitsMissesAlwaysWhenGoingRound) {
  Cache cache(1, 4);
  uint32_t misses = 0;
  for (int i = 0; i < 50; ++i) misses += cache.misses(0x1000 + i % 5 * 32);
  EXPECT_EQ(misses, 50u);
}

TEST(Cache, ItCoversItsRangeOnly) {
  Cache cache(4, 2);
  EXPECT_FALSE(mote_cache_covers(&cache.state(), 0x0fff));
  EXPECT_TRUE(mote_cache_covers(&cache.state(), 0x1000));
  EXPECT_TRUE(mote_cache_covers(&cache.state(), 0x10fff));
  EXPECT_FALSE(mote_cache_covers(&cache.state(), 0x11000));
}

/// The plain definition: a list of lines for each set, the last used in front.
TEST(Cache, ItAgreesWithListsOfLines) {
  for (auto [sets, ways] : {std::pair(1u, 1u), {1u, 8u}, {8u, 1u}, {4u, 4u}}) {
    Cache cache(sets, ways);
    std::vector<std::list<uint32_t>> lists(sets);
    uint32_t random = 1;
    for (int i = 0; i < 5000; ++i) {
      random = random * 1664525 + 1013904223;
      uint32_t line = random >> 26;
      std::list<uint32_t>& list = lists[line % sets];
      auto found = std::find(list.begin(), list.end(), line);
      bool missed = found == list.end();
      if (!missed) list.erase(found);
      list.push_front(line);
      if (list.size() > ways) list.pop_back();
      ASSERT_EQ(cache.misses(line * kLineBytes), missed) << i;
    }
  }
}

}  // namespace
}  // namespace mote
