// SPDX-License-Identifier: Apache-2.0
// QLinear operators written out: QLinearConv is Conv between DequantizeLinear and QuantizeLinear,
// and so on. The importer then knows one form of quantised models.
#ifndef MOTE_COMPILER_ONNX_QLINEAR_H_
#define MOTE_COMPILER_ONNX_QLINEAR_H_

#include "base/host/result.h"
#include "compiler/onnx/proto.h"

namespace mote::onnx_import {

/// Replaces the QLinear operators of the graph. Errors: a missing operand; scales of a QLinearConv
/// with bias that aren't constants.
Result<void> expand_qlinear(::onnx::GraphProto* graph);

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_QLINEAR_H_
