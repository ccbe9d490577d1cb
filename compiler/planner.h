// SPDX-License-Identifier: Apache-2.0
// The memory planner: gives every buffer an offset in one arena such that buffers that live at the
// same time don't overlap. Finding the smallest arena is NP-hard (dynamic storage allocation); mote
// runs several greedy orders and a short seeded search, keeps the best and prints the lower bound
// beside it.
#ifndef MOTE_COMPILER_PLANNER_H_
#define MOTE_COMPILER_PLANNER_H_

#include <cstdint>
#include <string>
#include <vector>

namespace mote {

/// A buffer that lives from step `first` to step `last`, both included.
struct Buffer {
  uint32_t bytes = 0;
  int first = 0;
  int last = 0;
};

struct Placement {
  std::vector<uint32_t> offsets;  // one per buffer, multiples of the alignment
  uint32_t bytes = 0;             // largest offset + bytes
  std::string algorithm;
};

/// The largest sum of bytes that live at one step: no arena is smaller. Here and in Placement,
/// sizes that 32 bits don't hold are UINT32_MAX.
uint32_t lower_bound_bytes(const std::vector<Buffer>& buffers);

/// The best placement of all algorithms; the first one in case of a tie. Deterministic.
Placement place(const std::vector<Buffer>& buffers, uint32_t alignment = 16);

/// Each algorithm's own placement, for comparison. The last one is the search, which starts from
/// the best of the others.
std::vector<Placement> place_with_each(const std::vector<Buffer>& buffers, uint32_t alignment = 16);

}  // namespace mote

#endif  // MOTE_COMPILER_PLANNER_H_
