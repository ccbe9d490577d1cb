// SPDX-License-Identifier: Apache-2.0
#include "boards/counts.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

template <typename T>
std::string raw(const T& row) {
  return std::string(reinterpret_cast<const char*>(&row), sizeof row);
}

std::string raw_header() {
  return raw(mote_dump_header{MOTE_DUMP_MAGIC});
}

std::string raw_block(uint32_t address, uint32_t bytes, uint32_t instructions) {
  return raw(mote_dump_block{address, bytes, instructions, 0, 0});
}

Bytes bytes_of(const std::string& dump) {
  return Bytes(dump.begin(), dump.end());
}

/// Two blocks, the first running twice in a row, then the second.
Bytes small_dump(uint32_t edge_to = 1, uint32_t end = MOTE_DUMP_EXITED) {
  std::string dump = raw_header() + raw(mote_dump_segment{11, MOTE_DUMP_NO_MARK, end, 1, 2, 3, 0});
  dump += raw_block(0x100, 8, 4) + raw_block(0x200, 6, 3);
  dump += raw(mote_dump_edge{MOTE_DUMP_NO_BLOCK, 0, 1}) + raw(mote_dump_edge{0, 0, 1});
  return bytes_of(dump + raw(mote_dump_edge{0, edge_to, 1}));
}

/// The same run, with mark 5 at the second execution of the first block and a miss there.
Bytes marked_dump(uint32_t first_mark = MOTE_DUMP_NO_MARK, uint32_t miss_block = 0,
                  uint64_t second_instructions = 7) {
  std::string dump =
      raw_header() + raw(mote_dump_segment{4, first_mark, MOTE_DUMP_GOES_ON, 0, 1, 1, 0});
  dump += raw_block(0x100, 8, 4) + raw(mote_dump_edge{MOTE_DUMP_NO_BLOCK, 0, 1});
  dump += raw(mote_dump_segment{second_instructions, 5, MOTE_DUMP_EXITED, 1, 1, 2, 1});
  dump += raw_block(0x200, 6, 3);
  dump += raw(mote_dump_edge{0, 1, 1}) + raw(mote_dump_edge{0, 0, 1});
  return bytes_of(dump + raw(mote_dump_misses{miss_block, 0, 8, 9}));
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
  EXPECT_EQ(counts->edges[1].to, 1u);
  EXPECT_EQ(counts->edges[2].from, MOTE_DUMP_NO_BLOCK);
}

TEST(Counts, SegmentsAddUpToTheWholeRun) {
  auto whole = read_counts(small_dump());
  auto parts = read_counts(marked_dump());
  ASSERT_TRUE(whole.ok() && parts.ok());
  EXPECT_EQ(whole->segments.size(), 1u);
  EXPECT_EQ(parts->instructions, whole->instructions);
  ASSERT_EQ(parts->edges.size(), whole->edges.size());
  for (size_t i = 0; i < parts->edges.size(); ++i) {
    EXPECT_EQ(parts->edges[i].from, whole->edges[i].from);
    EXPECT_EQ(parts->edges[i].to, whole->edges[i].to);
    EXPECT_EQ(parts->edges[i].count, whole->edges[i].count);
  }
  EXPECT_EQ(parts->blocks[0].executions, 2u);
}

TEST(Counts, ASegmentHasItsMarkItsCountsAndItsMisses) {
  auto counts = read_counts(marked_dump());
  ASSERT_TRUE(counts.ok());
  ASSERT_EQ(counts->segments.size(), 2u);
  EXPECT_EQ(counts->segments[0].mark, MOTE_DUMP_NO_MARK);
  EXPECT_EQ(counts->segments[0].instructions, 4u);
  EXPECT_TRUE(counts->segments[0].misses.empty());
  const Segment& second = counts->segments[1];
  EXPECT_EQ(second.mark, 5u);
  EXPECT_EQ(second.instructions, 7u);
  EXPECT_EQ(second.edges.size(), 2u);
  ASSERT_EQ(second.misses.size(), 1u);
  EXPECT_EQ(second.misses[0].fetch_misses, 8u);
  EXPECT_EQ(second.misses[0].read_misses, 9u);
}

TEST(Counts, TheLimitIsTold) {
  auto counts = read_counts(small_dump(1, MOTE_DUMP_INSTRUCTION_LIMIT));
  ASSERT_TRUE(counts.ok());
  EXPECT_TRUE(counts->limit_reached);
  counts = read_counts(small_dump(1, MOTE_DUMP_ROW_LIMIT));
  ASSERT_TRUE(counts.ok());
  EXPECT_TRUE(counts->too_many_segments);
}

TEST(Counts, DamagedDumpsAreRefused) {
  Bytes whole = marked_dump();
  ASSERT_TRUE(read_counts(whole).ok());
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_FALSE(read_counts(Bytes(whole.begin(), whole.begin() + static_cast<long>(n))).ok()) << n;
  }
  whole.push_back(0);
  EXPECT_FALSE(read_counts(whole).ok()) << "more behind the last segment";
  whole[0] ^= 1;
  EXPECT_FALSE(read_counts(whole).ok()) << "another format";
  EXPECT_FALSE(read_counts(small_dump(2)).ok()) << "an edge to no block";
  EXPECT_FALSE(read_counts(marked_dump(MOTE_DUMP_NO_MARK, 2)).ok()) << "a miss of no block";
  EXPECT_FALSE(read_counts(marked_dump(0)).ok()) << "a first segment with a mark";
  EXPECT_FALSE(read_counts(marked_dump(MOTE_DUMP_NO_MARK, 0, 8)).ok()) << "sums that differ";
  EXPECT_FALSE(read_counts(bytes_of(raw_header())).ok()) << "no segment";
  EXPECT_FALSE(read_counts(small_dump(1, MOTE_DUMP_GOES_ON)).ok()) << "no end";
}

TEST(Counts, SegmentsAreThereAsSoonAsTheirLastByteIs) {
  Bytes dump = marked_dump();
  auto whole = read_counts(dump);
  CountsStream stream;
  std::vector<size_t> came;
  for (size_t i = 0; i < dump.size(); ++i) {
    stream.feed(&dump[i], 1);
    auto segment = stream.next();
    ASSERT_TRUE(segment.ok());
    if (!*segment) continue;
    EXPECT_EQ((*segment)->instructions, whole->segments[came.size()].instructions);
    EXPECT_EQ(stream.counts().blocks.size(), came.size() + 1) << "a new block in each";
    came.push_back(i);
  }
  EXPECT_TRUE(stream.finished() && stream.empty());
  ASSERT_EQ(came.size(), 2u);
  EXPECT_EQ(came[1], dump.size() - 1);
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
