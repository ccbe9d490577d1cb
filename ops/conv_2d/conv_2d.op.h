// SPDX-License-Identifier: Apache-2.0
// CONV_2D's kernels, for records of other operators that are convolutions too.
#ifndef MOTE_OPS_CONV_2D_CONV_2D_OP_H_
#define MOTE_OPS_CONV_2D_CONV_2D_OP_H_

#include <vector>

#include "ir/lowering.h"
#include "ops/conv_2d/conv_2d.h"

namespace mote {

/// The steps of an int8 convolution whose input 0 is the input and input 1 the filter, int8 or
/// uint8, with the kernel that suits the target.
void lower_conv_2d_int8(Lowering& node, const Conv2dInt8Params& params,
                        const std::vector<ChannelRequantization>& channels);
/// The same for int16 activations; input 2 is the bias, if there is one.
void lower_conv_2d_int16(Lowering& node, const Conv2dInt16Params& params,
                         const std::vector<QuantizedMultiplier>& multipliers);
/// The same for floats; input 2 is the bias, if there is one.
void lower_conv_2d_float32(Lowering& node, const Conv2dFloat32Params& params);
/// All that they may call.
std::vector<const KernelInfo*> conv_2d_integer_kernels();
std::vector<const KernelInfo*> conv_2d_int16_kernels();  // are among those
std::vector<const KernelInfo*> conv_2d_float32_kernels();

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_CONV_2D_OP_H_
