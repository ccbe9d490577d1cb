// SPDX-License-Identifier: Apache-2.0
#include "boards/counts.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>

namespace mote {
namespace {

Error damaged() {
  return fail("the instruction counts that the QEMU plugin wrote are damaged");
}

/// Takes rows off a stream. REQUIRES: they are there.
class Rows {
 public:
  explicit Rows(const uint8_t* at) : at_(at) {}

  template <typename Row>
  Row take() {
    Row row;
    std::memcpy(&row, at_, sizeof row);
    at_ += sizeof row;
    return row;
  }
  template <typename Row>
  void take(uint32_t count, std::vector<Row>* rows) {
    for (uint32_t i = 0; i < count; ++i) rows->push_back(take<Row>());
  }

 private:
  const uint8_t* at_;
};

uint64_t bytes_behind(const mote_dump_segment& row) {
  return uint64_t{row.blocks} * sizeof(Block) + uint64_t{row.edges} * sizeof(BlockEdge) +
         uint64_t{row.misses} * sizeof(BlockMisses);
}

bool indices_fit(const Segment& segment, size_t blocks) {
  for (const BlockEdge& edge : segment.edges) {
    bool from_start = edge.from == MOTE_DUMP_NO_BLOCK;
    if ((!from_start && edge.from >= blocks) || edge.to >= blocks) return false;
  }
  return std::all_of(segment.misses.begin(), segment.misses.end(),
                     [&](const BlockMisses& row) { return row.block < blocks; });
}

uint64_t instructions_of(const Segment& segment, const std::vector<Block>& blocks) {
  uint64_t sum = 0;
  for (const BlockEdge& edge : segment.edges) sum += edge.count * blocks[edge.to].instructions;
  return sum;
}

std::vector<BlockEdge> sum_of_edges(const std::vector<Segment>& segments) {
  std::unordered_map<uint64_t, uint64_t> sums;
  for (const Segment& segment : segments) {
    for (const BlockEdge& edge : segment.edges)
      sums[uint64_t{edge.from} << 32 | edge.to] += edge.count;
  }
  std::vector<BlockEdge> edges;
  edges.reserve(sums.size());
  for (const auto& [key, count] : sums) {
    edges.push_back({static_cast<uint32_t>(key >> 32), static_cast<uint32_t>(key), count});
  }
  std::sort(edges.begin(), edges.end(), [](const BlockEdge& a, const BlockEdge& b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  return edges;
}

}  // namespace

void add_up_segments(ExecutionCounts* counts) {
  counts->edges = sum_of_edges(counts->segments);
  counts->instructions = 0;
  for (const BlockEdge& edge : counts->edges) {
    Block& block = counts->blocks[edge.to];
    block.executions += edge.count;
    counts->instructions += edge.count * block.instructions;
  }
}

void CountsStream::feed(const uint8_t* data, size_t bytes) {
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(at_));
  at_ = 0;
  waiting_.insert(waiting_.end(), data, data + bytes);
}

Result<std::optional<Segment>> CountsStream::next() {
  auto has = [&](uint64_t bytes) { return bytes <= waiting_.size() - at_; };
  if (!begun_) {
    if (!has(sizeof(mote_dump_header))) return std::optional<Segment>();
    if (Rows(waiting_.data()).take<mote_dump_header>().magic != MOTE_DUMP_MAGIC) return damaged();
    at_ += sizeof(mote_dump_header);
    begun_ = true;
  }
  if (finished_ || !has(sizeof(mote_dump_segment))) return std::optional<Segment>();
  Rows rows(waiting_.data() + at_);
  auto row = rows.take<mote_dump_segment>();
  if (!has(sizeof row + bytes_behind(row))) return std::optional<Segment>();
  at_ += sizeof row + bytes_behind(row);

  Segment segment;
  segment.mark = row.mark;
  segment.instructions = row.instructions;
  rows.take(row.blocks, &counts_.blocks);
  rows.take(row.edges, &segment.edges);
  rows.take(row.misses, &segment.misses);
  bool in_order = (row.mark == MOTE_DUMP_NO_MARK) == first_;
  first_ = false;
  if (!in_order || !indices_fit(segment, counts_.blocks.size()) ||
      segment.instructions != instructions_of(segment, counts_.blocks)) {
    return damaged();
  }
  finished_ = row.end != MOTE_DUMP_GOES_ON;
  counts_.limit_reached = row.end == MOTE_DUMP_INSTRUCTION_LIMIT;
  counts_.too_many_segments = row.end == MOTE_DUMP_ROW_LIMIT;
  if (row.last_block < counts_.blocks.size()) {
    counts_.last_address = counts_.blocks[row.last_block].address;
  }
  return std::optional(std::move(segment));
}

Result<ExecutionCounts> read_counts(const Bytes& dump) {
  CountsStream stream;
  stream.feed(dump.data(), dump.size());
  std::vector<Segment> segments;
  while (!stream.finished()) {
    MOTE_TRY(std::optional<Segment> segment, stream.next());
    if (!segment) return damaged();
    segments.push_back(std::move(*segment));
  }
  if (!stream.empty()) return damaged();
  ExecutionCounts counts = stream.counts();
  counts.segments = std::move(segments);
  add_up_segments(&counts);
  return counts;
}

std::vector<FunctionCount> count_functions(const ExecutionCounts& counts, const Elf& elf) {
  std::map<std::string, uint64_t> by_name;
  for (const Block& block : counts.blocks) {
    if (block.executions == 0) continue;
    const ElfFunction* function = elf.function_at(block.address);
    by_name[function ? function->name : "(no symbol)"] += block.instructions * block.executions;
  }
  std::vector<FunctionCount> functions;
  for (const auto& [name, instructions] : by_name) functions.push_back({name, instructions});
  std::stable_sort(functions.begin(), functions.end(),
                   [](const FunctionCount& a, const FunctionCount& b) {
                     return a.instructions > b.instructions;
                   });
  return functions;
}

}  // namespace mote
