// SPDX-License-Identifier: Apache-2.0
// What the QEMU plugin counted: straight pieces of code, how often each ran and which followed
// which; and the attribution of those counts to functions. Counts are exact and repeat exactly.
#ifndef MOTE_BOARDS_COUNTS_H_
#define MOTE_BOARDS_COUNTS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "boards/elf.h"
#include "boards/plugin/dump_format.h"

namespace mote {

/// A straight piece of code (address, bytes, instructions) and its executions. Blocks may overlap.
using Block = mote_dump_block;

/// How often (count) block `to` ran right after block `from`; both are indices into `blocks`, and
/// from is MOTE_DUMP_NO_BLOCK for the first block of the run. It was a taken branch unless `to`
/// starts where `from` ends.
using BlockEdge = mote_dump_edge;

/// How often a block's instruction fetches and data reads missed the caches that the run followed.
using BlockMisses = mote_dump_misses;

/// The part of a run from one mark to the next (RunOptions::marks). Counts are of this part alone;
/// an edge belongs to the part in which its `to` ran. With calls as marks, the segments part where
/// the called function begins: what called it lies in the segment before, what follows its return
/// in its own.
struct Segment {
  uint32_t mark = MOTE_DUMP_NO_MARK;  // index of the mark that began it; of the first, none
  uint64_t instructions = 0;
  std::vector<BlockEdge> edges;
  std::vector<BlockMisses> misses;  // of blocks that had any; empty without caches to follow
};

struct ExecutionCounts {
  uint64_t instructions = 0;
  std::vector<Block> blocks;
  std::vector<BlockEdge> edges;    // of the whole run, sorted by from and to
  std::vector<Segment> segments;   // in the order of time; at least one
  bool limit_reached = false;      // the run was stopped at its limit of instructions
  bool too_many_segments = false;  // it was stopped: more counts than MOTE_DUMP_MAX_ROWS
  uint32_t last_address = 0;       // of the block that ran last; 0 if none did
};

/// Takes a segment when it has ended, with the blocks so far.
using SegmentListener = std::function<void(const ExecutionCounts&, const Segment&)>;

struct FunctionCount {
  std::string name;
  uint64_t instructions = 0;
};

/// Takes the plugin's stream (boards/plugin/dump_format.h) as it comes.
class CountsStream {
 public:
  /// Adds bytes of the stream.
  void feed(const uint8_t* data, size_t bytes);
  /// The next whole segment, or nothing until more is fed. Its indices are those of counts()'s
  /// blocks. Errors: damaged.
  Result<std::optional<Segment>> next();
  /// Whether the last segment has been taken. Only its stream's end is to follow.
  bool finished() const { return finished_; }
  bool empty() const { return at_ == waiting_.size(); }
  /// Blocks, and how the run ended once that is known; without segments and sums.
  const ExecutionCounts& counts() const { return counts_; }

 private:
  bool begun_ = false, finished_ = false, first_ = true;
  Bytes waiting_;
  size_t at_ = 0;  // in waiting_
  ExecutionCounts counts_;
};

/// Reads a whole stream. Errors: damaged.
Result<ExecutionCounts> read_counts(const Bytes& dump);

/// Sets edges, instructions and the blocks' executions of the whole run to the sums over its
/// segments. REQUIRES: the edges' indices are those of blocks; executions are 0.
void add_up_segments(ExecutionCounts* counts);

/// Instructions by function, most first, equals by name. A block belongs to the function that holds
/// its first instruction; inlined code counts for its host, code without a symbol for "(no
/// symbol)".
std::vector<FunctionCount> count_functions(const ExecutionCounts& counts, const Elf& elf);

}  // namespace mote

#endif  // MOTE_BOARDS_COUNTS_H_
