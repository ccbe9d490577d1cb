// SPDX-License-Identifier: Apache-2.0
// CONV_2D's kernels, for records of other operators that are convolutions too.
#ifndef MOTE_OPS_CONV_2D_CONV_2D_OP_H_
#define MOTE_OPS_CONV_2D_CONV_2D_OP_H_

#include "ir/kernel_info.h"
#include "ops/conv_2d/conv_2d.h"

namespace mote {

const KernelInfo& conv_2d_int8_kernel();
const KernelInfo& conv_2d_float32_kernel();

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_CONV_2D_OP_H_
