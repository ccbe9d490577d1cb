// SPDX-License-Identifier: Apache-2.0
#include "boards/counts.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace mote {
namespace {

Error damaged() {
  return fail("the instruction counts that the QEMU plugin wrote are damaged");
}

/// The next row of the dump. REQUIRES: it lies within.
template <typename Row>
Row take(const Bytes& dump, size_t* at) {
  Row row;
  std::memcpy(&row, dump.data() + *at, sizeof row);
  *at += sizeof row;
  return row;
}

bool has_sizes_of(const mote_dump_header& header, size_t dump_bytes) {
  uint64_t rows = uint64_t{header.blocks} * sizeof(mote_dump_block) +
                  uint64_t{header.edges} * sizeof(mote_dump_edge);
  return header.magic == MOTE_DUMP_MAGIC && dump_bytes == sizeof header + rows;
}

}  // namespace

Result<ExecutionCounts> read_counts(const Bytes& dump) {
  if (dump.size() < sizeof(mote_dump_header)) return damaged();
  size_t at = 0;
  auto header = take<mote_dump_header>(dump, &at);
  if (!has_sizes_of(header, dump.size())) return damaged();
  ExecutionCounts counts;
  counts.instructions = header.instructions;
  counts.limit_reached = header.end == MOTE_DUMP_INSTRUCTION_LIMIT;
  counts.blocks.resize(header.blocks);
  for (Block& block : counts.blocks) block = take<Block>(dump, &at);
  if (header.last_block < header.blocks) {
    counts.last_address = counts.blocks[header.last_block].address;
  }
  counts.edges.resize(header.edges);
  for (BlockEdge& edge : counts.edges) {
    edge = take<BlockEdge>(dump, &at);
    bool from_start = edge.from == MOTE_DUMP_NO_BLOCK;
    if ((!from_start && edge.from >= header.blocks) || edge.to >= header.blocks) return damaged();
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
