// SPDX-License-Identifier: Apache-2.0
// One tensor of a .tflite file as a tensor of the graph.
#ifndef MOTE_COMPILER_TFLITE_TENSOR_READER_H_
#define MOTE_COMPILER_TFLITE_TENSOR_READER_H_

#include "compiler/tflite/constants.h"
#include "ir/graph.h"

namespace mote::tflite {

/// Name, type, shape, quantisation and, for a constant, data. Zero points may be fewer than scales
/// in the file (none, or one for all); in the graph they are as many. Errors: what mote doesn't
/// compute with (element types, sparse and external tensors, block quantisation), a shape
/// with too many dimensions, elements or unknown sizes, data of another length than the shape's.
/// They name no tensor; see tensor_text().
Result<Tensor> read_tensor(const tflite_schema::Tensor& tensor, Constants& constants);

/// Errors: more elements than the largest tensor has. Sizes must be at least 1.
Result<void> check_elements(const Shape& shape);
/// Whether the file leaves the shape open: rank 0 without saying that it is meant.
bool shape_unknown(const tflite_schema::Tensor& tensor);

/// "tensor 5 'conv1/w'", for messages.
std::string tensor_text(const tflite_schema::SubGraph& subgraph, int32_t index);
/// A name as messages show it: quoted, cut where it is very long, without control characters.
std::string quoted(std::string_view name);
std::string quoted(const flatbuffers::String* name);

}  // namespace mote::tflite

#endif  // MOTE_COMPILER_TFLITE_TENSOR_READER_H_
