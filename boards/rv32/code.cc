// SPDX-License-Identifier: Apache-2.0
#include "boards/rv32/code.h"

#include <algorithm>

namespace mote::rv32 {
namespace {

constexpr uint32_t kMaxInstructions = 64;  // of a piece

bool ends_piece(Op op) {
  return op >= Op::illegal || ends_block(instruction_rows()[static_cast<size_t>(op)].format);
}

}  // namespace

Code::Code(const Memory& memory) : memory_(memory) {}

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
  uint32_t pc = address;
  for (bool done = false; !done;) {
    Instruction instruction = fetch(pc);
    if (piece.instructions == kMaxInstructions) {
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
  uint64_t from_key = from ? uint64_t{from->index} + 1 : 0;
  return &edges_[from_key << 32 | to->index];
}

const Link* Code::new_link(Piece* from, uint32_t address) {
  if (from->next_link == 0) linked_.push_back(from);
  Link& link = from->links[from->next_link++ % std::size(from->links)];
  Piece* to = piece_at(address);
  link = {address, to, edge(from, to)};
  return &link;
}

void Code::forget() {
  ++age_;
  for (Piece* piece : linked_) {
    std::fill(std::begin(piece->links), std::end(piece->links), Link());
    piece->next_link = 0;
  }
  linked_.clear();
}

ExecutionCounts Code::counts() const {
  ExecutionCounts counts;
  for (const Piece& piece : pieces_) {
    counts.blocks.push_back({.address = piece.address,
                             .bytes = piece.bytes,
                             .instructions = piece.instructions,
                             .reserved = 0,
                             .executions = 0});
  }
  for (const auto& [key, count] : edges_) {
    if (count == 0) continue;
    uint32_t from = key >> 32 == 0 ? MOTE_DUMP_NO_BLOCK : static_cast<uint32_t>(key >> 32) - 1;
    uint32_t to = static_cast<uint32_t>(key);
    counts.edges.push_back({from, to, count});
    counts.blocks[to].executions += count;
    counts.instructions += count * counts.blocks[to].instructions;
  }
  std::sort(counts.edges.begin(), counts.edges.end(), [](const BlockEdge& a, const BlockEdge& b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  return counts;
}

}  // namespace mote::rv32
