// SPDX-License-Identifier: Apache-2.0
#include "base/host/quantize_multiplier.h"

#include <cmath>

namespace mote {

QuantizedMultiplier quantize_multiplier(double real) {
  if (!(real > 0)) return {0, 0};
  int shift = 0;
  int64_t fixed = std::llround(std::frexp(real, &shift) * static_cast<double>(int64_t{1} << 31));
  if (fixed == int64_t{1} << 31) {
    fixed /= 2;
    ++shift;
  }
  if (shift < -31) return {0, 0};
  if (shift > 30) return {kInt32Max, 30};
  return {static_cast<int32_t>(fixed), shift};
}

}  // namespace mote
