// SPDX-License-Identifier: Apache-2.0
// What a .tflite file must be before anything looks inside: whole, of the right format and version,
// and not built to make a small file fill the memory.
#ifndef MOTE_COMPILER_TFLITE_FILE_CHECKS_H_
#define MOTE_COMPILER_TFLITE_FILE_CHECKS_H_

#include "base/host/file.h"
#include "compiler/tflite/tflite_generated.h"

namespace mote::tflite {

/// The file's model; every offset in it has been checked. Errors: not a .tflite file, damaged or
/// cut off, a version other than 3, no subgraph.
Result<const tflite_schema::Model*> open_model(const Bytes& file);

/// What reading the subgraph once copies, without constants.
uint64_t bytes_copied(const tflite_schema::SubGraph& subgraph);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_FILE_CHECKS_H_
