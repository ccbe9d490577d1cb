// SPDX-License-Identifier: Apache-2.0
// Reads .onnx files: ONNX's own operators as opset 18 and those before it have them (an attribute
// that mote doesn't know is refused, so an old meaning can't slip through), float models and
// quantised ones in either form (QuantizeLinear/DequantizeLinear around operators, or QLinear
// operators). Pictures come in as NCHW and are brought to NHWC once: the graph computes on NHWC,
// and a TRANSPOSE is left only where the model's own inputs and outputs, or a change of shape, need
// one.
#ifndef MOTE_COMPILER_ONNX_READER_H_
#define MOTE_COMPILER_ONNX_READER_H_

#include <string>
#include <vector>

#include "base/host/file.h"
#include "ir/record.h"

namespace mote {

struct OnnxModel {
  Graph graph;                     // verified
  std::vector<std::string> notes;  // what the reader decided for the user, a sentence each
};

/// The file's graph. `name` is the file's path: it starts every message, and its stem is the
/// graph's name. Inputs and outputs keep ONNX's shapes, types and names; other tensors may be
/// permuted. Quantised values are int8, ONNX's uint8 by a zero point that is 128 lower.
///
/// Errors: one sentence that says where (node, tensor) and what is wrong; all operators that mote
/// doesn't have are listed at once. Never crashes on any bytes.
Result<OnnxModel> read_onnx(const Bytes& file, const std::string& name, const OperatorBook& book);

/// Whether the bytes are an ONNX model, whatever mote thinks of it. ONNX has no magic number.
bool is_onnx(const Bytes& file);

}  // namespace mote

#endif  // MOTE_COMPILER_ONNX_READER_H_
