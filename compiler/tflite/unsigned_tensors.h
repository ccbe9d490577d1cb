// SPDX-License-Identifier: Apache-2.0
// Models of before 2019 have activations of uint8. With 128 subtracted from values and zero points
// they are int8 ones, and most operators' kernels give the same results for both, less 128.
#ifndef MOTE_COMPILER_TFLITE_UNSIGNED_TENSORS_H_
#define MOTE_COMPILER_TFLITE_UNSIGNED_TENSORS_H_

#include "base/host/result.h"
#include "ir/record.h"

namespace mote::tflite {

/// Lets operators compute in int8 what the graph has in uint8, where that is exact; others keep
/// uint8. A QUANTIZE stands wherever values change between the two, so the graph's inputs and
/// outputs keep their types. Errors: an operator that has no uint8 form here, and whose int8 form
/// rounds differently.
Result<void> sign_tensors(Graph* graph, const OperatorBook& book);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_UNSIGNED_TENSORS_H_
