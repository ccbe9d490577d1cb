// SPDX-License-Identifier: Apache-2.0
// Real multipliers into the integers that kernels requantise with. Host only: the device never sees
// a double.
#ifndef MOTE_BASE_HOST_QUANTIZE_MULTIPLIER_H_
#define MOTE_BASE_HOST_QUANTIZE_MULTIPLIER_H_

#include "base/fixed_point.h"

namespace mote {

/// `real` as multiplier · 2^(shift - 31): the fraction of frexp() times 2^31, rounded half away
/// from zero; 0 where `real` is below 2^-32. (TFLite: QuantizeMultiplier.) Saturates where real >=
/// 2^30.
QuantizedMultiplier quantize_multiplier(double real);

}  // namespace mote

#endif  // MOTE_BASE_HOST_QUANTIZE_MULTIPLIER_H_
