// SPDX-License-Identifier: Apache-2.0
// How often a sound changes its sign in each frame: a cheap measure of pitch.
#ifndef MOTE_OPS_ZERO_CROSSINGS_ZERO_CROSSINGS_H_
#define MOTE_OPS_ZERO_CROSSINGS_ZERO_CROSSINGS_H_

#include "base/kernel.h"

namespace mote {

/// Samples [frames, frame_length], counts [frames].
struct ZeroCrossingsParams {
  int32_t frames, frame_length;
  int32_t threshold;  // a sample nearer to 0 has no sign: noise doesn't count
};

void zero_crossings_int16(const ZeroCrossingsParams& params, const int16_t* samples,
                          int32_t* counts);
bool check_zero_crossings_int16(const ZeroCrossingsParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_ZERO_CROSSINGS_ZERO_CROSSINGS_H_
