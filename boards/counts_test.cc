// SPDX-License-Identifier: Apache-2.0
#include "boards/counts.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

template <typename T>
std::string raw(const T& row) {
  return std::string(reinterpret_cast<const char*>(&row), sizeof row);
}

/// Two blocks, the first running twice in a row, then the second.
Bytes small_dump(uint32_t edge_to = 1, uint32_t end = MOTE_DUMP_EXITED) {
  std::string dump = raw(mote_dump_header{MOTE_DUMP_MAGIC, 11, end, 1, 2, 3});
  dump += raw(mote_dump_block{0x100, 8, 4, 0, 2}) + raw(mote_dump_block{0x200, 6, 3, 0, 1});
  dump += raw(mote_dump_edge{MOTE_DUMP_NO_BLOCK, 0, 1}) + raw(mote_dump_edge{0, 0, 1});
  dump += raw(mote_dump_edge{0, edge_to, 1});
  return Bytes(dump.begin(), dump.end());
}

TEST(Counts, BlocksAndEdgesAreRead) {
  auto counts = read_counts(small_dump());
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->instructions, 11u);
  EXPECT_FALSE(counts->limit_reached);
  EXPECT_EQ(counts->last_address, 0x200u);
  ASSERT_EQ(counts->blocks.size(), 2u);
  EXPECT_EQ(counts->blocks[0].executions, 2u);
  ASSERT_EQ(counts->edges.size(), 3u);
  EXPECT_EQ(counts->edges[2].to, 1u);
}

TEST(Counts, TheLimitIsTold) {
  auto counts = read_counts(small_dump(1, MOTE_DUMP_INSTRUCTION_LIMIT));
  ASSERT_TRUE(counts.ok());
  EXPECT_TRUE(counts->limit_reached);
}

TEST(Counts, DamagedDumpsAreRefused) {
  Bytes whole = small_dump();
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_FALSE(read_counts(Bytes(whole.begin(), whole.begin() + static_cast<long>(n))).ok()) << n;
  }
  EXPECT_FALSE(read_counts(small_dump(2)).ok());
  whole[0] ^= 1;
  EXPECT_FALSE(read_counts(whole).ok());
}

TEST(Counts, FunctionsAreSortedByInstructions) {
  ExecutionCounts counts;
  counts.blocks = {
      {0x100, 8, 4, 0, 2}, {0x200, 6, 3, 0, 10}, {0x108, 4, 2, 0, 1}, {0x900, 2, 1, 0, 1}};
  Elf elf;
  elf.functions = {{0x100, 0x20, "small"}, {0x200, 0x20, "big"}};
  auto functions = count_functions(counts, elf);
  ASSERT_EQ(functions.size(), 3u);
  EXPECT_EQ(functions[0].name, "big");
  EXPECT_EQ(functions[0].instructions, 30u);
  EXPECT_EQ(functions[1].name, "small");
  EXPECT_EQ(functions[1].instructions, 10u);
  EXPECT_EQ(functions[2].name, "(no symbol)");
}

}  // namespace
}  // namespace mote
