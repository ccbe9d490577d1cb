// SPDX-License-Identifier: Apache-2.0
// ONNX's constants and types as mote's.
#ifndef MOTE_COMPILER_ONNX_TENSOR_READER_H_
#define MOTE_COMPILER_ONNX_TENSOR_READER_H_

#include <string>
#include <vector>

#include "base/host/result.h"
#include "compiler/onnx/proto.h"
#include "ir/graph.h"

namespace mote::onnx_import {

/// A name from the file in messages: quoted, of bounded length, without control characters.
std::string in_quotes(const std::string& name);

/// Errors: a type that mote has no tensors of (strings, complex numbers, bfloat16).
Result<DType> dtype_of(int onnx_type);

/// A dimension list as a shape. Errors: too many dimensions or elements, or a dimension below 0.
/// Dimensions of 0 are fine: empty lists of axes have them.
Result<Shape> shape_of(const std::vector<int64_t>& dims);

/// An initialiser or the value of a Constant. Errors: kept in another file, of the wrong size.
Result<Tensor> read_tensor(const ::onnx::TensorProto& stored);

/// The elements of a constant of integers or booleans. Errors: another type.
Result<std::vector<int64_t>> integers_of(const Tensor& tensor);
/// The elements of a constant as reals; quantised ones by their scales. Errors: a type without
/// numbers.
Result<std::vector<float>> reals_of(const Tensor& tensor);

}  // namespace mote::onnx_import

#endif  // MOTE_COMPILER_ONNX_TENSOR_READER_H_
