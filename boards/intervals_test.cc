// SPDX-License-Identifier: Apache-2.0
#include "boards/intervals.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

using Intervals = std::vector<std::vector<size_t>>;

ExecutionCounts with_marks(const std::vector<uint32_t>& marks) {
  ExecutionCounts counts;
  counts.segments.emplace_back();
  for (uint32_t mark : marks) {
    counts.segments.emplace_back();
    counts.segments.back().mark = mark;
  }
  return counts;
}

TEST(Intervals, AreFromOneMarkToTheOther) {
  // start, from, from (nested), to, between, from, to
  auto counts = with_marks({0, 0, 1, 0, 1});
  EXPECT_EQ(find_intervals(counts, 0, 1), (Intervals{{1, 2}, {4}}));
}

TEST(Intervals, WithoutAnEndGoToTheEndOfTheRun) {
  EXPECT_EQ(find_intervals(with_marks({0, 0}), 0, {}), (Intervals{{1, 2}}));
  EXPECT_EQ(find_intervals(with_marks({1, 1}), {}, 1), (Intervals{{0}}));
  EXPECT_EQ(find_intervals(with_marks({}), {}, {}), (Intervals{{0}}));
}

TEST(Intervals, FromAFunctionToItselfAreFromCallToCall) {
  EXPECT_EQ(find_intervals(with_marks({0, 0, 0}), 0, 0), (Intervals{{1}, {2}}));
}

TEST(Intervals, ThatNeverEndAreNone) {
  EXPECT_EQ(find_intervals(with_marks({0}), 0, 1), Intervals{});
}

TEST(WithoutParameters, LeavesAnonymousNamespaces) {
  EXPECT_EQ(without_parameters("a::(anonymous namespace)::f(int, b(*)(c))"),
            "a::(anonymous namespace)::f");
  EXPECT_EQ(without_parameters("main"), "main");
}

TEST(FindFunction, TakesNamesWithAndWithoutParameters) {
  Elf elf;
  elf.functions = {{0x10, 4, "ns::run(int)"},
                   {0x20, 4, "main"},
                   {0x30, 4, "twice(int)"},
                   {0x40, 4, "twice(char)"}};
  EXPECT_EQ((*find_function(elf, "main", "f"))->address, 0x20u);
  EXPECT_EQ((*find_function(elf, "ns::run", "f"))->address, 0x10u);
  EXPECT_EQ((*find_function(elf, "twice(char)", "f"))->address, 0x40u);
  EXPECT_NE(find_function(elf, "twice", "f").error().message.find("several"), std::string::npos);
  EXPECT_NE(find_function(elf, "RUN", "f").error().message.find("ns::run(int)"), std::string::npos);
}

}  // namespace
}  // namespace mote
