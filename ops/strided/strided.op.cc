// SPDX-License-Identifier: Apache-2.0
#include "ops/strided/strided.op.h"

#include <algorithm>

#include "base/fixed_point.h"
#include "ir/graph.h"

namespace mote {

Strides row_major_strides(const Shape& shape) {
  Strides strides{};
  int32_t stride = 1;
  for (int d = shape.rank - 1; d >= 0; --d) {
    strides[static_cast<size_t>(d)] = stride;
    stride = wrapping_mul(stride, shape[d]);  // shapes may not be verified yet
  }
  return strides;
}

Strides broadcast_strides(const Shape& from, const Shape& to) {
  Strides own = row_major_strides(from), strides{};
  for (int d = 0; d < from.rank; ++d) {
    size_t target = static_cast<size_t>(to.rank - from.rank + d);
    strides[target] = from[d] == 1 ? 0 : own[static_cast<size_t>(d)];
  }
  return strides;
}

Result<Shape> broadcast_shape(const Shape& a, const Shape& b) {
  Shape result = a.rank >= b.rank ? a : b;
  const Shape& shorter = a.rank >= b.rank ? b : a;
  for (int i = 0; i < shorter.rank; ++i) {
    int32_t& dim = result[result.rank - 1 - i];
    if (dim != shorter.back(i) && dim != 1 && shorter.back(i) != 1) {
      return fail("shapes {} and {} can't be broadcast to one another", shape_text(a),
                  shape_text(b));
    }
    dim = std::max(dim, shorter.back(i));
  }
  return result;
}

}  // namespace mote
