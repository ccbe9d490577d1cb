// SPDX-License-Identifier: Apache-2.0
// The host's side of interpolated tables (base/interpolation.h).
#ifndef MOTE_OPS_UNARY_INTERPOLATION_OP_H_
#define MOTE_OPS_UNARY_INTERPOLATION_OP_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "ir/graph.h"

namespace mote {

/// The table of a function of reals between quantised int16 values, in float as TFLite fills it
/// (LUTPopulate): an entry is moved by half of what the line to the next one misses in the middle.
std::vector<int16_t> interpolation_table(float input_scale, int32_t input_zero_point,
                                         float output_scale,
                                         const std::function<float(float)>& function);

}  // namespace mote

#endif  // MOTE_OPS_UNARY_INTERPOLATION_OP_H_
