// SPDX-License-Identifier: Apache-2.0
// The definition of ZeroCrossings. This is what runs on the device.
#include "ops/zero_crossings/zero_crossings.h"

namespace mote {
namespace {

int32_t crossings_of_frame(const ZeroCrossingsParams& p, const int16_t* samples) {
  int32_t crossings = 0, side = 0;
  for (int32_t i = 0; i < p.frame_length; ++i) {
    int32_t here = samples[i] >= p.threshold ? 1 : samples[i] <= -p.threshold ? -1 : 0;
    if (here == 0) continue;
    crossings += here == -side;
    side = here;
  }
  return crossings;
}

}  // namespace

void zero_crossings_int16(const ZeroCrossingsParams& p, const int16_t* samples, int32_t* counts) {
  for (int32_t f = 0; f < p.frames; ++f) {
    counts[f] = crossings_of_frame(p, samples + f * p.frame_length);
  }
}

/// What the kernel relies on; asked once, when an image is opened.
bool check_zero_crossings_int16(const ZeroCrossingsParams& p, const Operand* operands) {
  return operands[0].holds<int16_t>(p.frames, p.frame_length) &&
         operands[1].holds<int32_t>(p.frames) && all_within(1, 32767, p.threshold);
}

}  // namespace mote
