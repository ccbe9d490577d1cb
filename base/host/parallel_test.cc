// SPDX-License-Identifier: Apache-2.0
#include "base/host/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace mote {
namespace {

TEST(Parallel, EachItemIsDoneOnce) {
  std::vector<int> done(1000);
  Result<void> result = for_each_in_parallel(done.size(), 4, [&](size_t worker, size_t item) {
    EXPECT_LT(worker, 4u);
    ++done[item];
    return Result<void>{};
  });
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(done, std::vector<int>(1000, 1));
}

TEST(Parallel, AWorkersItemsFollowEachOther) {
  std::vector<int> busy(3);
  Result<void> result = for_each_in_parallel(500, busy.size(), [&](size_t worker, size_t) {
    bool alone = ++busy[worker] == 1;
    --busy[worker];
    return alone ? Result<void>{} : fail("worker {} is busy", worker);
  });
  EXPECT_TRUE(result.ok());
}

// Item 20 fails at once; item 10 only after that, wherever there are two threads.
TEST(Parallel, TheFirstItemsErrorIsReportedAndLaterItemsAreLeft) {
  std::atomic<bool> later_failed{false};
  std::atomic<int> begun{0};
  Result<void> result = for_each_in_parallel(100000, 2, [&](size_t, size_t item) -> Result<void> {
    ++begun;
    while (item == 10 && !later_failed) {
    }
    if (item != 10 && item != 20) return {};
    if (item == 20) later_failed = true;
    return fail("item {}", item);
  });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "item 10");
  EXPECT_LT(begun, 100000);
}

TEST(Parallel, NoMoreJobsThanItems) {
  EXPECT_EQ(job_count(8, 3), 3u);
  EXPECT_EQ(job_count(2, 3), 2u);
  EXPECT_EQ(job_count(5, 0), 1u);
  EXPECT_GE(job_count(0, 100), 1u);
}

}  // namespace
}  // namespace mote
