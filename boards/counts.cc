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

/// Takes rows off a dump, and remembers whether there were enough.
class DumpReader {
 public:
  explicit DumpReader(const Bytes& dump) : dump_(dump) {}

  template <typename Row>
  Row take() {
    Row row = {};
    if (!has(sizeof row)) return row;
    std::memcpy(&row, dump_.data() + at_, sizeof row);
    at_ += sizeof row;
    return row;
  }
  template <typename Row>
  std::vector<Row> take(uint32_t count) {
    std::vector<Row> rows;
    if (!has(uint64_t{count} * sizeof(Row))) return rows;
    rows.resize(count);
    if (count > 0) std::memcpy(rows.data(), dump_.data() + at_, count * sizeof(Row));
    at_ += count * sizeof(Row);
    return rows;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && at_ == dump_.size(); }

 private:
  bool has(uint64_t bytes) { return ok_ = ok_ && bytes <= dump_.size() - at_; }

  const Bytes& dump_;
  size_t at_ = 0;
  bool ok_ = true;
};

Segment take_segment(DumpReader* reader) {
  auto row = reader->take<mote_dump_segment>();
  Segment segment;
  segment.mark = row.mark;
  segment.instructions = row.instructions;
  segment.edges = reader->take<BlockEdge>(row.edges);
  segment.misses = reader->take<BlockMisses>(row.misses);
  return segment;
}

bool indices_fit(const Segment& segment, size_t blocks) {
  for (const BlockEdge& edge : segment.edges) {
    bool from_start = edge.from == MOTE_DUMP_NO_BLOCK;
    if ((!from_start && edge.from >= blocks) || edge.to >= blocks) return false;
  }
  return std::all_of(segment.misses.begin(), segment.misses.end(),
                     [&](const BlockMisses& row) { return row.block < blocks; });
}

/// Whether the first segment is the one that no mark began, and no other is.
bool begin_with_marks(const std::vector<Segment>& segments) {
  for (size_t i = 0; i < segments.size(); ++i) {
    if ((segments[i].mark == MOTE_DUMP_NO_MARK) != (i == 0)) return false;
  }
  return !segments.empty();
}

uint64_t instructions_of(const Segment& segment, const std::vector<Block>& blocks) {
  uint64_t sum = 0;
  for (const BlockEdge& edge : segment.edges) sum += edge.count * blocks[edge.to].instructions;
  return sum;
}

/// Adds up the segments and compares with what the plugin itself added up.
bool sums_agree(ExecutionCounts* counts, uint64_t instructions) {
  std::vector<Block> told = counts->blocks;
  for (Block& block : counts->blocks) block.executions = 0;
  for (const Segment& segment : counts->segments) {
    if (segment.instructions != instructions_of(segment, told)) return false;
  }
  add_up_segments(counts);
  return counts->instructions == instructions &&
         std::equal(told.begin(), told.end(), counts->blocks.begin(),
                    [](const Block& a, const Block& b) { return a.executions == b.executions; });
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

Result<ExecutionCounts> read_counts(const Bytes& dump) {
  DumpReader reader(dump);
  auto header = reader.take<mote_dump_header>();
  if (!reader.ok() || header.magic != MOTE_DUMP_MAGIC) return damaged();
  ExecutionCounts counts;
  counts.limit_reached = header.end == MOTE_DUMP_INSTRUCTION_LIMIT;
  counts.too_many_segments = header.end == MOTE_DUMP_ROW_LIMIT;
  for (uint32_t i = 0; i < header.segments && reader.ok(); ++i) {
    counts.segments.push_back(take_segment(&reader));
  }
  counts.blocks = reader.take<Block>(header.blocks);
  if (!reader.at_end() || !begin_with_marks(counts.segments)) return damaged();
  for (const Segment& segment : counts.segments) {
    if (!indices_fit(segment, header.blocks)) return damaged();
  }
  if (!sums_agree(&counts, header.instructions)) return damaged();
  if (header.last_block < header.blocks) {
    counts.last_address = counts.blocks[header.last_block].address;
  }
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
