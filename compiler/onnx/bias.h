// SPDX-License-Identifier: Apache-2.0
// The bias of a layer: floats as they are; for int8 layers int32 in the scale that input and filter
// make, whether the model gives them so or as floats.
#ifndef MOTE_COMPILER_ONNX_BIAS_H_
#define MOTE_COMPILER_ONNX_BIAS_H_

#include "compiler/onnx/op.h"

namespace mote::onnx_import {

/// Operand i as a vector of `channels`; kAbsent if there is none. Errors: another number of
/// elements; for int8: not a constant.
Result<TensorId> bias_of(Op& op, int i, TensorId input, TensorId filter, int channels);

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_BIAS_H_
