// SPDX-License-Identifier: Apache-2.0
// Writes .tflite files that mote, TensorFlow Lite and TFLM read.
#ifndef MOTE_COMPILER_TFLITE_WRITER_H_
#define MOTE_COMPILER_TFLITE_WRITER_H_

#include "base/host/file.h"
#include "ir/graph.h"

namespace mote {

/// The graph as a .tflite file with one subgraph: tensors keep their numbers, constants that share
/// their bytes share a buffer, buffers are aligned to 16 bytes. Reading the file back gives the
/// same graph, attributes that were left to their fallbacks spelled out. Operator versions: see
/// operator_version().
///
/// REQUIRES: verify(graph) passed. Errors: an operator or attribute that the format can't express,
/// constants beyond 2 GB.
Result<Bytes> write_tflite(const Graph& graph);

/// The version written for a node. Runtimes refuse versions above those they know, so it is a low
/// one, decided by types alone: 1 (or the first that exists) on float32, uint8 and int32, the first
/// that takes int8 (TensorFlow 1.14 has them all) where int8 takes part, and the newest that the
/// record knows with any other type. TensorFlow's own tools also raise it for single options
/// (a FULLY_CONNECTED without bias, grouped convolutions); its kernels don't look at it.
int operator_version(const Graph& graph, const Node& node);

}  // namespace mote

#endif  // MOTE_COMPILER_TFLITE_WRITER_H_
