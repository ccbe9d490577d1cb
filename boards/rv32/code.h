// SPDX-License-Identifier: Apache-2.0
// Code in the form in which it runs: straight pieces, decoded when they are first reached, each
// linked to the pieces that followed it. The counts on these links are all that a run records; they
// give executions of pieces, instructions and taken branches exactly.
#ifndef MOTE_BOARDS_RV32_CODE_H_
#define MOTE_BOARDS_RV32_CODE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "boards/counts.h"
#include "boards/rv32/instruction.h"
#include "boards/rv32/memory.h"

namespace mote::rv32 {

struct Piece;

/// That `to`, which starts at `address`, ran `*count` times after the piece that holds the link.
struct Link {
  uint32_t address = 1;  // odd: nothing starts there
  Piece* to = nullptr;
  uint64_t* count = nullptr;
};

struct Piece {
  uint32_t index = 0;  // among all pieces
  uint32_t address = 0;
  uint32_t bytes = 0;
  uint32_t instructions = 0;          // without the one behind the last that can't run
  std::vector<Instruction> code;      // ends with one that ends a block
  Link links[2];                      // the two successors seen first, or lately
  uint32_t next_link = 0;             // to be replaced
  uint32_t age = 0;                   // Code's when it was decoded or last found unchanged
  uint32_t mark = MOTE_DUMP_NO_MARK;  // index of the mark at its address
};

class Code {
 public:
  /// `memory` stays the caller's and must outlive this.
  explicit Code(const Memory& memory);

  /// Begins a segment of the counts whenever control comes to one of these addresses.
  /// REQUIRES: nothing was decoded yet.
  void set_marks(const std::vector<uint32_t>& marks);

  /// The piece that starts there. Memory that isn't there gives one whose first instruction is
  /// Op::no_memory.
  Piece* piece_at(uint32_t address);
  /// The first `instructions` of a piece, which a trap cut short, as a piece to count by.
  Piece* beginning(const Piece& piece, uint32_t instructions);

  /// How often `to` followed `from` (null: the start of the run).
  uint64_t* edge(const Piece* from, const Piece* to);
  /// The link from a piece to the one at `address`, or null if it has none or lost it.
  const Link* known_link(const Piece& from, uint32_t address) const {
    for (const Link& known : from.links) {
      if (known.address == address) return &known;
    }
    return nullptr;
  }
  /// Makes it; returns its count. A piece at a mark is never linked, so that nobody comes there
  /// unnoticed. REQUIRES: `to` has no mark.
  uint64_t* new_link(Piece* from, Piece* to);

  /// RunOptions::on_segment.
  void set_on_segment(SegmentListener listener) { on_segment_ = std::move(listener); }
  /// Ends the current segment of the counts, which had these misses, and begins the one of this
  /// mark.
  void begin_segment(uint32_t mark, std::vector<BlockMisses> misses);

  /// Looks at memory anew from now on; counts stay.
  void forget();
  /// Whether there are more pieces or links than a sane program has.
  bool too_much() const { return pieces_.size() > kMaxPieces || edges_.size() > kMaxEdges; }
  /// Whether the segments' counts have outgrown what a dump of QEMU's plugin may hold.
  bool too_many_segments() const { return rows_ >= MOTE_DUMP_MAX_ROWS; }

  /// Ends the current segment, for the listener or for counts().
  void end_segment(std::vector<BlockMisses> misses);
  /// What was counted: blocks, edges and instructions. `misses` are the current segment's.
  ExecutionCounts counts(std::vector<BlockMisses> misses) const;

 private:
  static constexpr size_t kMaxPieces = 1u << 18, kMaxEdges = 1u << 22;

  Piece decode_piece(uint32_t address) const;
  Piece* add(Piece piece);
  Instruction fetch(uint32_t pc) const;
  uint32_t mark_at(uint32_t address) const;
  Segment counted_segment(std::vector<BlockMisses> misses) const;
  void add_new_blocks(ExecutionCounts* counts) const;

  const Memory& memory_;
  uint32_t age_ = 0;
  std::deque<Piece> pieces_;
  std::vector<Piece*> linked_;                                  // those that may have links
  std::unordered_map<uint32_t, Piece*> by_address_;             // the latest there
  std::map<std::pair<uint32_t, uint32_t>, Piece*> beginnings_;  // by piece index and instructions
  std::unordered_map<uint32_t, uint32_t> marks_;                // indices by address
  /// Of the current segment: from in the upper half, to in the lower. Only counts change, and
  /// pointers to them stay.
  std::unordered_map<uint64_t, uint64_t> edges_;
  std::vector<Segment> segments_;  // that have ended and nobody listened to
  SegmentListener on_segment_;
  ExecutionCounts heard_;  // blocks only: those that the listener knows
  uint32_t segment_mark_ = MOTE_DUMP_NO_MARK;
  uint64_t rows_ = 0;
};

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_CODE_H_
