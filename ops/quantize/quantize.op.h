// SPDX-License-Identifier: Apache-2.0
// What other records use of DEQUANTIZE.
#ifndef MOTE_OPS_QUANTIZE_QUANTIZE_OP_H_
#define MOTE_OPS_QUANTIZE_QUANTIZE_OP_H_

#include "ir/lowering.h"
#include "ops/quantize/quantize.h"

namespace mote {

const KernelInfo& dequantize_kernel();

/// Emits the step that makes floats of `tensor`'s elements, which lie at `from`. REQUIRES: the
/// tensor is int8 or uint8 with one scale.
void emit_dequantize(Lowering& node, const Tensor& tensor, Value from, Value to);

}  // namespace mote

#endif  // MOTE_OPS_QUANTIZE_QUANTIZE_OP_H_
