// SPDX-License-Identifier: Apache-2.0
// The one comparator: says whether two ways of running gave the same tensor, and where the first
// difference is. Integers must be identical; floats may differ by a relative tolerance.
#ifndef MOTE_IR_COMPARATOR_H_
#define MOTE_IR_COMPARATOR_H_

#include <optional>
#include <string>

#include "ir/graph.h"

namespace mote {

/// The allowance for floats: |a - b| <= relative · max(|a|, |b|, 1e-6). NaN equals NaN.
constexpr double kFloatTolerance = 1e-5;

struct FloatTolerance {
  double relative = kFloatTolerance;
  /// Relative to the largest |expected| of the tensor: for sums that are rounded otherwise. Their
  /// errors are as large as their terms make them, whatever the terms leave of each other.
  bool of_largest = false;
};

struct Difference {
  int64_t element = 0;  // index of the first differing element, row-major
  int64_t count = 0;    // how many elements differ
  double expected = 0;  // the first one's values
  double actual = 0;
  double largest = 0;  // largest absolute difference of any element
};

/// Compares `actual` with `expected`, both as `tensor` says; nothing if they agree. Bytes that are
/// missing count as differing.
std::optional<Difference> compare(const Tensor& tensor, const Bytes& expected, const Bytes& actual,
                                  FloatTolerance tolerance = {});

/// "element 17 [0,1,3,1]: expected 12, got 13 (5 of 640 differ, at most by 2)".
std::string describe(const Tensor& tensor, const Difference& difference);

/// Element `index` of a tensor's bytes as a number. REQUIRES: it is in range.
double element_value(DType dtype, const Bytes& bytes, int64_t index);

}  // namespace mote

#endif  // MOTE_IR_COMPARATOR_H_
