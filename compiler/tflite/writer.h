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

/// The version written for a node. TensorFlow's own tools compute the lowest runtime that could run
/// it from a table per operator; here types decide, which never asks for more than runtimes of 2020
/// have, except where the type itself is newer: operators on float32, uint8 and 32-bit integers
/// alone are version 1 (or the lowest that exists), with int8 at most 4 (what the convolutions and
/// FULLY_CONNECTED need), with any other type the newest that the record knows.
int operator_version(const Graph& graph, const Node& node);

}  // namespace mote

#endif  // MOTE_COMPILER_TFLITE_WRITER_H_
