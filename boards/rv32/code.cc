// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/code.h"

#include <algorithm>
#include <iterator>

namespace mote::rv32 {
namespace {

constexpr uint32_t kMaxInstructions = 64;  // of a piece

bool ends_piece(Op op) {
  return op >= Op::illegal || ends_block(instruction_rows()[static_cast<size_t>(op)].format);
}

}  // namespace

Code::Code(const Memory& memory) : memory_(memory) {}

void Code::set_marks(const std::vector<uint32_t>& marks) {
  for (uint32_t i = 0; i < marks.size(); ++i) marks_.emplace(marks[i], i);
}

uint32_t Code::mark_at(uint32_t address) const {
  auto found = marks_.find(address);
  return found == marks_.end() ? MOTE_DUMP_NO_MARK : found->second;
}

Instruction Code::fetch(uint32_t pc) const {
  uint16_t low = 0, high = 0;
  if (!memory_.load(pc, &low)) return {.op = Op::no_memory, .imm = pc, .pc = pc, .next = pc};
  if (instruction_bytes(low) == 4 && !memory_.load(pc + 2, &high)) {
    return {.op = Op::no_memory, .imm = pc + 2, .pc = pc, .next = pc};
  }
  return decode(uint32_t{high} << 16 | low, pc);
}

Piece Code::decode_piece(uint32_t address) const {
  Piece piece;
  piece.address = address;
  piece.age = age_;
  piece.mark = mark_at(address);
  uint32_t pc = address;
  for (bool done = false; !done;) {
    Instruction instruction = fetch(pc);
    bool at_mark = pc != address && mark_at(pc) != MOTE_DUMP_NO_MARK;
    if (piece.instructions == kMaxInstructions || at_mark) {
      instruction = {.op = Op::block_end, .pc = pc, .next = pc};
    }
    piece.code.push_back(instruction);
    pc = instruction.next;
    done = ends_piece(instruction.op);
    piece.instructions += instruction.op < Op::illegal;
  }
  piece.bytes = pc - address;
  return piece;
}

Piece* Code::add(Piece piece) {
  piece.index = static_cast<uint32_t>(pieces_.size());
  return &pieces_.emplace_back(std::move(piece));
}

Piece* Code::piece_at(uint32_t address) {
  Piece*& piece = by_address_[address];
  if (piece && piece->age == age_) return piece;
  Piece fresh = decode_piece(address);
  if (piece && piece->code == fresh.code) {
    piece->age = age_;
  } else {
    piece = add(std::move(fresh));
  }
  return piece;
}

Piece* Code::beginning(const Piece& piece, uint32_t instructions) {
  Piece*& found = beginnings_[{piece.index, instructions}];
  if (found) return found;
  Piece part;
  part.address = piece.address;
  part.bytes = piece.code[instructions].pc - piece.address;
  part.instructions = instructions;
  return found = add(std::move(part));
}

uint64_t* Code::edge(const Piece* from, const Piece* to) {
  uint32_t from_index = from ? from->index : MOTE_DUMP_NO_BLOCK;
  return &edges_[uint64_t{from_index} << 32 | to->index];
}

uint64_t* Code::new_link(Piece* from, Piece* to) {
  if (from->next_link == 0) linked_.push_back(from);
  Link& link = from->links[from->next_link++ % std::size(from->links)];
  link = {to->address, to, edge(from, to)};
  return link.count;
}

Segment Code::counted_segment(std::vector<BlockMisses> misses) const {
  Segment segment;
  segment.misses = std::move(misses);
  segment.mark = segment_mark_;
  for (const auto& [key, count] : edges_) {
    if (count == 0) continue;
    uint32_t to = static_cast<uint32_t>(key);
    segment.edges.push_back({static_cast<uint32_t>(key >> 32), to, count});
    segment.instructions += count * pieces_[to].instructions;
  }
  return segment;
}

void Code::add_new_blocks(ExecutionCounts* counts) const {
  for (size_t i = counts->blocks.size(); i < pieces_.size(); ++i) {
    counts->blocks.push_back({.address = pieces_[i].address,
                              .bytes = pieces_[i].bytes,
                              .instructions = pieces_[i].instructions,
                              .reserved = 0,
                              .executions = 0});
  }
}

void Code::end_segment(std::vector<BlockMisses> misses) {
  Segment ended = counted_segment(std::move(misses));
  if (on_segment_) {
    add_new_blocks(&heard_);
    on_segment_(heard_, ended);
    return;
  }
  rows_ += ended.edges.size() + ended.misses.size() + 1;
  segments_.push_back(std::move(ended));
}

void Code::begin_segment(uint32_t mark, std::vector<BlockMisses> misses) {
  end_segment(std::move(misses));
  for (auto& [key, count] : edges_) count = 0;
  segment_mark_ = mark;
}

void Code::forget() {
  ++age_;
  for (Piece* piece : linked_) {
    std::fill(std::begin(piece->links), std::end(piece->links), Link());
    piece->next_link = 0;
  }
  linked_.clear();
}

ExecutionCounts Code::counts(std::vector<BlockMisses> misses) const {
  ExecutionCounts counts;
  add_new_blocks(&counts);
  counts.segments = segments_;
  counts.segments.push_back(counted_segment(std::move(misses)));
  add_up_segments(&counts);
  return counts;
}

}  // namespace mote::rv32
