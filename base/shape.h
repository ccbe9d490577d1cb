// SPDX-License-Identifier: Apache-2.0
// Tensor shapes: up to kMaxRank dimensions, outermost first, all static. A scalar has rank 0 and
// one element. Images and feature maps are NHWC, weights as TFLite lays them out.
#ifndef MOTE_BASE_SHAPE_H_
#define MOTE_BASE_SHAPE_H_

#include <stdint.h>

namespace mote {

constexpr int kMaxRank = 6;

struct Shape {
  int32_t dims[kMaxRank] = {};
  int32_t rank = 0;

  constexpr Shape() = default;
  /// REQUIRES: at most kMaxRank dimensions.
  template <typename... Dims>
  constexpr explicit Shape(int32_t first, Dims... rest)
      : dims{first, static_cast<int32_t>(rest)...}, rank(1 + sizeof...(rest)) {
    static_assert(1 + sizeof...(rest) <= kMaxRank, "too many dimensions");
  }

  constexpr int32_t operator[](int i) const { return dims[i]; }
  constexpr int32_t& operator[](int i) { return dims[i]; }
  /// Dimension i counted from the back: back(0) is the innermost one. REQUIRES: i < rank.
  constexpr int32_t back(int i) const { return dims[rank - 1 - i]; }
  /// REQUIRES: rank < kMaxRank.
  constexpr void push_back(int32_t dim) { dims[rank++] = dim; }

  /// Number of elements; 1 for a scalar. Saturates at kTooManyElements instead of overflowing.
  static constexpr int64_t kTooManyElements = int64_t{1} << 40;
  constexpr int64_t elements() const { return product(0, rank); }
  /// Product of dimensions [from, to).
  constexpr int64_t product(int from, int to) const {
    int64_t n = 1;
    for (int i = from; i < to; ++i) {
      if (dims[i] > 0 && n > kTooManyElements / dims[i]) {
        n = kTooManyElements;
      } else {
        n *= dims[i];
      }
    }
    return n;
  }

  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    if (a.rank != b.rank) return false;
    for (int i = 0; i < a.rank; ++i) {
      if (a.dims[i] != b.dims[i]) return false;
    }
    return true;
  }
  friend constexpr bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }
};

}  // namespace mote

#endif  // MOTE_BASE_SHAPE_H_
