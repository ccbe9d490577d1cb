// SPDX-License-Identifier: Apache-2.0
// Element types: the format's and mote's.
#ifndef MOTE_COMPILER_TFLITE_ELEMENT_TYPE_H_
#define MOTE_COMPILER_TFLITE_ELEMENT_TYPE_H_

#include "base/dtype.h"
#include "base/host/result.h"
#include "compiler/tflite/tflite_generated.h"

namespace mote::tflite {

/// Errors: a type that mote doesn't compute with (strings, complex numbers, …), by name or number.
Result<DType> dtype_of(tflite_schema::TensorType type);
/// Every DType has a TensorType.
tflite_schema::TensorType tensor_type_of(DType dtype);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_ELEMENT_TYPE_H_
