// SPDX-License-Identifier: Apache-2.0
// Looks for the one rounding that does what the several of a quantised sum do.
#ifndef MOTE_OPS_ELEMENTWISE_BINARY_LINEAR_OP_H_
#define MOTE_OPS_ELEMENTWISE_BINARY_LINEAR_OP_H_

#include <optional>

#include "ops/elementwise_binary/elementwise_binary.h"

namespace mote {

/// Params of linear_int8() that give the same as scaled_int8() with these for every a and b; none
/// if none were found near the real coefficients, or for kBinarySquaredDifference.
std::optional<LinearInt8Params> find_linear(const ScaledInt8Params& params);

}  // namespace mote

#endif  // MOTE_OPS_ELEMENTWISE_BINARY_LINEAR_OP_H_
