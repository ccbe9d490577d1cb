// SPDX-License-Identifier: Apache-2.0
// State and control flow need one kernel of their own: what a reset fills variables with.
// Everything else is a copy or a step of the plan that isn't a kernel call.
#ifndef MOTE_OPS_CONTROL_CONTROL_H_
#define MOTE_OPS_CONTROL_CONTROL_H_

#include "base/kernel.h"

namespace mote {

struct FillBytesParams {
  int32_t bytes;
  int32_t value;  // 0 to 255
};

/// Gives each byte of the output the value.
void fill_bytes(const FillBytesParams& params, void* output);
bool check_fill_bytes(const FillBytesParams& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_CONTROL_CONTROL_H_
