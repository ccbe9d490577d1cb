// SPDX-License-Identifier: Apache-2.0
// Reads .tflite files. The reader knows the container and no operator: the book's records say what
// each operator's operands, options and rules are.
#ifndef MOTE_COMPILER_TFLITE_READER_H_
#define MOTE_COMPILER_TFLITE_READER_H_

#include <string>

#include "base/host/file.h"
#include "ir/record.h"

namespace mote {

/// The file's graph, verified. `name` is the file's path: it starts every message, and its stem is
/// the graph's name. Tensors keep their numbers and names; those that nothing refers to stay empty.
/// Output shapes that the file leaves open are inferred. A dimension that is only known when
/// running (the batch) has the size the file declares, 1. Left out because they don't change what
/// is computed: the description, metadata, recorded minima and maxima.
///
/// Read is the subgraph of `signature`, or subgraph 0; the subgraphs that its operators call become
/// their bodies. VAR_HANDLE isn't an operator of the graph: the tensor that it gives is the
/// variable.
///
/// Errors: one sentence that says where (subgraph, operator, tensor, buffer), what is wrong and, if
/// that can be known, what to do. Never crashes on any bytes, and never needs more memory than a
/// small multiple of the file's size.
Result<Graph> read_tflite(const Bytes& file, const std::string& name, const OperatorBook& book,
                          const std::string& signature = {});

/// The names of the file's signatures, under which applications call its subgraphs.
Result<std::vector<std::string>> tflite_signatures(const Bytes& file, const std::string& name);

}  // namespace mote

#endif  // MOTE_COMPILER_TFLITE_READER_H_
