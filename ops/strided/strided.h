// SPDX-License-Identifier: Apache-2.0
// Nested loops over tensors whose elements don't follow each other: broadcasting, transposing,
// slicing and reducing are all a matter of one stride per dimension and operand, which the compiler
// works out (strided.op.h). A stride may be 0 (broadcast) or negative (reversed).
#ifndef MOTE_OPS_STRIDED_STRIDED_H_
#define MOTE_OPS_STRIDED_STRIDED_H_

#include "base/kernel.h"
#include "base/shape.h"

namespace mote {

/// kMaxRank loops, outermost first, unused ones of length 1 at the front. strides[i][d] is how many
/// elements operand i moves for one step along dimension d.
template <int kOperands>
struct StridedLoops {
  int32_t dims[kMaxRank];
  int32_t strides[kOperands][kMaxRank];

  int32_t row_length() const { return dims[kMaxRank - 1]; }
  int32_t row_stride(int operand) const { return strides[operand][kMaxRank - 1]; }
};

/// Walks all but the innermost loop; the kernel writes the innermost one itself:
///
///     Walk<2> at(loops);
///     do {
///       … operand i's row starts at element at.offset(i) …
///     } while (at.next_row());
template <int kOperands>
class Walk {
 public:
  // Loops instead of initialisers: GCC makes calls of memset out of those.
  explicit Walk(const StridedLoops<kOperands>& loops) : loops_(loops) {
    for (int32_t& offset : offsets_) offset = 0;
    for (int32_t& index : indices_) index = 0;
  }

  int32_t offset(int operand) const { return offsets_[operand]; }

  /// Goes to the next row; false after the last.
  bool next_row() {
    for (int d = kMaxRank - 2; d >= 0; --d) {
      if (++indices_[d] < loops_.dims[d]) {
        for (int i = 0; i < kOperands; ++i) offsets_[i] += loops_.strides[i][d];
        return true;
      }
      for (int i = 0; i < kOperands; ++i) {
        offsets_[i] -= (loops_.dims[d] - 1) * loops_.strides[i][d];
      }
      indices_[d] = 0;
    }
    return false;
  }

 private:
  const StridedLoops<kOperands>& loops_;
  int32_t offsets_[kOperands];
  int32_t indices_[kMaxRank - 1];
};

/// The lowest and highest element that one operand's walk touches, relative to its start.
struct Reach {
  int64_t low, high;
};

/// False where dims or strides make no sense or an offset wouldn't fit into int32_t.
inline bool reach_of(const int32_t* dims, const int32_t* strides, Reach* reach) {
  *reach = {0, 0};
  for (int d = 0; d < kMaxRank; ++d) {
    if (dims[d] < 1) return false;
    int64_t extent = int64_t{dims[d] - 1} * strides[d];
    if (extent < -INT32_MAX || extent > INT32_MAX) return false;
    (extent < 0 ? reach->low : reach->high) += extent;
  }
  return reach->high <= INT32_MAX && reach->low >= -INT32_MAX;
}

/// Whether operand number i of the loops, starting at element `offset` of `memory`, stays inside.
template <typename T, int kOperands>
bool check_strided(const StridedLoops<kOperands>& loops, int i, int32_t offset,
                   const Operand& memory) {
  Reach reach;
  return reach_of(loops.dims, loops.strides[i], &reach) && offset + reach.low >= 0 &&
         memory.holds<T>(offset + reach.high + 1);
}

/// Whether `memory` holds one T for each turn of the loops.
template <typename T, int kOperands>
bool holds_all(const StridedLoops<kOperands>& loops, const Operand& memory) {
  const int32_t* d = loops.dims;
  static_assert(kMaxRank == 6, "one argument for each dimension");
  return memory.holds<T>(d[0], d[1], d[2], d[3], d[4], d[5]);
}

}  // namespace mote

#endif  // MOTE_OPS_STRIDED_STRIDED_H_
